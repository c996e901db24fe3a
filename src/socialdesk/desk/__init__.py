"""The desk: a durable inbox and outbox on a database, for helpdesks that do not want to keep state themselves."""

from socialdesk.desk.desk import AsyncDesk, Desk
from socialdesk.desk.reports import Account, DrainReport, ListingReport, PollReport

__all__ = ["Account", "AsyncDesk", "Desk", "DrainReport", "ListingReport", "PollReport"]
