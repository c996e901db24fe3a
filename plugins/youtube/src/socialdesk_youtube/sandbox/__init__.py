"""YouTube's side of the wire, for tests and demonstrations: no account on the platform is needed.

::

    sandbox = YouTubeSandbox()
    video = sandbox.account.upload("Our new router")
    thread = sandbox.user("ann").comment(video, "Mine is broken")
    sandbox.user("bob").reply(thread, "Mine too")
    response = sandbox.send(request, timeout=10)  # a transport, for sync and async clients
    sandbox.thread(thread)  # what YouTube shows then
    sandbox.user("ann").edit(thread, "Mine was broken")
    sandbox.account.moderate(thread, "heldForReview")  # as in YouTube Studio
    sandbox.quota.units = 100  # what the project may spend in a day

``socialdesk.testing.sandbox.serve(sandbox, port)`` serves it on a port of this machine.
"""

from socialdesk_youtube.sandbox.faults import ProcessingFailure
from socialdesk_youtube.sandbox.state import Channel, Comment, StateError, Video
from socialdesk_youtube.sandbox.youtube import YouTubeSandbox

__all__ = ["Channel", "Comment", "ProcessingFailure", "StateError", "Video", "YouTubeSandbox"]
