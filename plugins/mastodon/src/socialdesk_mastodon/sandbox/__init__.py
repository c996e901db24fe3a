"""The server's side of the wire, for tests and demonstrations: no account on any server is needed.

::

    sandbox = MastodonSandbox()
    ann = sandbox.user("ann@other.example", followers=120)
    complaint = ann.post("@acme my parcel is lost", visibility="unlisted")
    response = sandbox.send(request, timeout=10)  # a transport, for sync and async clients
    sandbox.thread(complaint)  # what stands there then
    ann.message(sandbox.account, "it is number 4711")  # a status that only the two of them see
    sandbox.make = "other"  # from now on it behaves like another make of server

``socialdesk.testing.sandbox.serve(sandbox, port)`` serves it on a port of this machine.
"""

from socialdesk_mastodon.sandbox.mastodon import MastodonSandbox
from socialdesk_mastodon.sandbox.state import Media, Notification, StateError, Status, User

__all__ = ["MastodonSandbox", "Media", "Notification", "StateError", "Status", "User"]
