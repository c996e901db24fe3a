"""X's side of the wire, for tests and demonstrations: no account on the platform is needed.

::

    sandbox = TwitterSandbox()
    ann = sandbox.user("ann", followers=120)
    complaint = ann.post("@acme my parcel is lost")
    response = sandbox.send(request, timeout=10)  # a transport, for sync and async clients
    sandbox.thread(complaint)  # what X shows then
    ann.message(sandbox.account, "it is number 4711")  # a direct message
    sandbox.messages(ann, sandbox.account)  # what they wrote to each other
    sandbox.deliver_to(receive)  # a webhook: WebhookRequest to WebhookAnswer
    sandbox.subscribe(sandbox.add_webhook(), "dm.received", "post.mention.create")
    sandbox.deliveries  # what was delivered to it, and what became of that
    sandbox.uploads.held  # the files that were sent

``socialdesk.testing.sandbox.serve(sandbox, port)`` serves it on a port of this machine.
"""

from socialdesk_twitter.sandbox.deliveries import Pushed
from socialdesk_twitter.sandbox.directs import Conversation, Direct
from socialdesk_twitter.sandbox.state import Media, Post, StateError, User
from socialdesk_twitter.sandbox.subscriptions import Subscription, Webhook
from socialdesk_twitter.sandbox.twitter import TwitterSandbox
from socialdesk_twitter.sandbox.uploads import Upload

__all__ = [
    "Conversation",
    "Direct",
    "Media",
    "Post",
    "Pushed",
    "StateError",
    "Subscription",
    "TwitterSandbox",
    "Upload",
    "User",
    "Webhook",
]
