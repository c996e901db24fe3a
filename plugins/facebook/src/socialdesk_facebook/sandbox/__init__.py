"""Facebook's side of the wire, for tests and demonstrations: no account on the platform is needed.

::

    sandbox = FacebookSandbox()
    post = sandbox.account.post("New opening hours")  # sandbox.account is the Page
    ann = sandbox.user("ann")
    complaint = ann.comment(post, "my parcel is lost")
    response = sandbox.send(request, timeout=10)  # a transport, for sync and async clients
    sandbox.thread(post)  # what Facebook shows under the post then
    ann.post("on your wall"), ann.tag("Acme is late"), ann.rate("never again", positive=False)
    ann.message("it is number 4711")  # in Messenger
    sandbox.messages(ann)  # what they wrote to each other
    sandbox.account.comment(post, "by hand")  # the Page, past the API
    sandbox.deliver_to(receive)  # a webhook: WebhookRequest to WebhookAnswer
    sandbox.subscribe("feed", "mention", "messages")
    sandbox.deliveries  # what was delivered to it, and what became of that

``socialdesk.testing.sandbox.serve(sandbox, port)`` serves it on a port of this machine.
"""

from socialdesk_facebook.sandbox.deliveries import Pushed
from socialdesk_facebook.sandbox.facebook import FacebookSandbox
from socialdesk_facebook.sandbox.faults import SENT_AND_FAILED, GraphError
from socialdesk_facebook.sandbox.inbox import Conversation, Message
from socialdesk_facebook.sandbox.state import Page, Person, StateError
from socialdesk_facebook.sandbox.subscribing import Webhook
from socialdesk_facebook.sandbox.written import Comment, Photo, Post

__all__ = [
    "SENT_AND_FAILED",
    "Comment",
    "Conversation",
    "FacebookSandbox",
    "GraphError",
    "Message",
    "Page",
    "Person",
    "Photo",
    "Post",
    "Pushed",
    "StateError",
    "Webhook",
]
