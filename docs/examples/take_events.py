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
        if event.backfilled:
            pass  # said before the account was connected: it is in the inbox, and nobody waits for an answer
        elif event.kind == "created" and event.mention is not None:
            mention = desk.mention(event.mention)
            try:
                tickets.open(event.id, mention.author.handle, mention.text)
            except sqlite3.OperationalError as error:
                event.nack(str(error))  # it comes again in a few seconds, and then later and later
                continue
        event.ack()  # only now is it never told again
    return count


# [end]


# [together]
def take_together(desk: Desk, helpdesk: sqlite3.Connection) -> int:
    """As take(), where the tickets are in the desk's own database: ticket, first answer and ack, or none of them."""
    count = 0
    for event in desk.events("tickets"):
        with helpdesk:  # one transaction for each event: committed here, or rolled back
            here = desk.within(helpdesk)
            if event.kind == "created" and event.mention is not None:
                mention = here.mention(event.mention)
                row = (event.id, mention.author.handle, mention.text)
                helpdesk.execute("INSERT INTO ticket VALUES (?, ?, ?)", row)
                here.reply(mention, "We have it, and look into it.", key=f"received {event.id}")
            here.ack(event)
        count += 1
    return count


# [end]
