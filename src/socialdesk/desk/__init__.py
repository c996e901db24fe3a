"""The desk: a durable inbox and outbox on a database, for helpdesks that do not want to keep state themselves."""

from socialdesk.desk.asyncdesk import AsyncDesk
from socialdesk.desk.desk import Desk
from socialdesk.desk.reports import (
    Account,
    Announced,
    Backfill,
    Charge,
    DrainReport,
    ListingReport,
    PollReport,
    ReceivedReport,
)

__all__ = [
    "Account",
    "Announced",
    "AsyncDesk",
    "Backfill",
    "Charge",
    "Desk",
    "DrainReport",
    "ListingReport",
    "PollReport",
    "ReceivedReport",
]
