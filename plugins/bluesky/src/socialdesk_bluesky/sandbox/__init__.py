"""Bluesky's side of the wire, for tests and demonstrations: no account on the platform is needed.

::

    sandbox = BlueskySandbox()
    ann = sandbox.user("ann")
    complaint = ann.post("@acme my parcel is lost")  # the short name of acme.bsky.social
    response = sandbox.send(request, timeout=10)  # a transport, for sync and async clients
    sandbox.thread(complaint)  # what everybody sees then
    ann.gate(complaint, allow=["mention"])  # who may answer
    ann.block(sandbox.account)
    sandbox.message(ann, sandbox.account, "it is number 4711")  # in private

``socialdesk.testing.sandbox.serve(sandbox, port)`` serves it on a port of this machine.
"""

from socialdesk_bluesky.sandbox.bluesky import BlueskySandbox
from socialdesk_bluesky.sandbox.chats import Chat, Message
from socialdesk_bluesky.sandbox.notifying import Note
from socialdesk_bluesky.sandbox.state import Record, StateError, User

__all__ = ["BlueskySandbox", "Chat", "Message", "Note", "Record", "StateError", "User"]
