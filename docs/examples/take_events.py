"""A helpdesk that opens a ticket for each complaint, from what its desk tells."""

# [tickets]
import sqlite3

from socialdesk import Desk


class Tickets:
    """Where the helpdesk keeps its tickets. ``told`` makes the same event a second time do nothing."""

    def __init__(self, path: str) -> None:
        self.rows = sqlite3.connect(path)
        with self.rows:
            self.rows.execute(
                "CREATE TABLE IF NOT EXISTS ticket (told TEXT PRIMARY KEY, who TEXT, text TEXT)"
            )

    def open(self, told: str, who: str | None, text: str) -> None:
        with self.rows:
            self.rows.execute("INSERT OR IGNORE INTO ticket VALUES (?, ?, ?)", (told, who, text))


# [end]


# [take]
def take(desk: Desk, tickets: Tickets) -> int:
    """Open a ticket for everything new, until nothing is left; gives how many events there were."""
    count = 0
    for event in desk.events("tickets"):
        count += 1
        if event.kind == "created" and event.mention is not None:
            mention = desk.mention(event.mention)
            try:
                tickets.open(event.id, mention.author.handle, mention.text)
            except sqlite3.OperationalError as error:
                event.nack(str(error))  # it comes again in a few seconds, and then later and later
                continue
        event.ack()  # only now is it never told again
    return count


# [end]
