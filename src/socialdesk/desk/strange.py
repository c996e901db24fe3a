"""Whether a page looks as if the platform had changed its format."""

from __future__ import annotations

from socialdesk._engine.ingest import Intake
from socialdesk.desk.aside import passed_aside

__all__ = ["what_is_strange"]

STRANGE_FROM = 5
"""How many unreadable items of one page say more than that there are strange items."""


async def what_is_strange(intake: Intake, account_id: str) -> str:
    """Why a page looks as if the platform had changed its format, "" where it does not.

    Single items that cannot be read are set aside and passed. Where most of a page is so, going on would only carry
    everything past that a plugin of tomorrow can read. What was passed before says nothing: a platform may list it
    again and again, and nobody can tell by it that it is old.
    """
    if not _is_much(len(intake.unread), len(intake.page.items)):
        return ""
    passed = await passed_aside(account_id, [item.raw for item in intake.unread])
    count, unread = len(intake.page.items) - passed, len(intake.unread) - passed
    if not _is_much(unread, count):
        return ""
    return (
        f"{unread} of {count} items of a page cannot be read: has the platform changed its format? They are kept, and "
        f"the listing waits where it is. Update the plugin. The first: {intake.unread[0].reason}"
    )


def _is_much(unread: int, count: int) -> bool:
    return unread >= STRANGE_FROM and 2 * unread > count
