"""Tumblr's side of the wire, for tests and demonstrations: no account on the platform is needed.

::

    sandbox = TumblrSandbox()
    kim = sandbox.blog("customer-kim")
    complaint = kim.post("@acme my parcel is lost", tags=["acme"])  # mentions the brand
    news = sandbox.account.post("Our autumn opening hours")
    kim.reply(news, "are you open on sunday?")  # the speech bubble
    kim.reblog(news, "does this include bank holidays?")
    question = kim.ask(sandbox.account, "where is my parcel?")
    response = sandbox.send(request, timeout=10)  # a transport, for sync and async clients
    sandbox.thread(news)  # what Tumblr shows then
    sandbox.advance(hours=1)
    sandbox.replies_vanish = True  # how Tumblr behaves: see the class

``socialdesk.testing.sandbox.serve(sandbox, port)`` serves it on a port of this machine.
"""

from socialdesk_tumblr.sandbox.items import Activity, Note, Post
from socialdesk_tumblr.sandbox.state import Blog, Person, StateError
from socialdesk_tumblr.sandbox.tumblr import TumblrSandbox

__all__ = ["Activity", "Blog", "Note", "Person", "Post", "StateError", "TumblrSandbox"]
