"""Three mentions in the order in which an agent should see them, and a plugin that adds a judgement of its own."""

from __future__ import annotations

from datetime import datetime, timedelta, timezone

# [order]
from socialdesk import Author, ExternalId, Mention
from socialdesk.models import Labels, Metrics
from socialdesk.triage import Triage

triage = Triage(about=("Vela", "Vela Telecom", "@VelaHelp"), namesakes=("vela nova",))
posted = datetime(2026, 11, 20, 12, 0, tzinfo=timezone.utc)


def heard(number: int, text: str, followers: int, reposts: int, minutes: int) -> Mention:
    """What a poll gives."""
    return Mention(
        id=ExternalId("chirp", "post", str(number)),
        kind="mention",
        text=text,
        author=Author(followers=followers),
        metrics=Metrics(reposts=reposts, observed_at=posted + timedelta(minutes=minutes)),
        created_at=posted,
    )


inbox = [
    heard(1, "@VelaHelp do you sell prepaid SIMs?", 120, 0, 5),
    heard(2, "@VelaHelp still no internet, three days now", 85, 1, 5),
    heard(3, "@VelaHelp so that is that", 1_200_000, 2_000, 60),
]
judged = {mention.id: triage.assess(mention) for mention in inbox}
for mention in sorted(inbox, key=lambda mention: -(judged[mention.id].priority or 0)):
    labels = judged[mention.id]
    print(f"{labels.priority:.2f}  {mention.text}  ({'; '.join(labels.reasons)})")

again = triage.assess(heard(2, inbox[1].text, 85, 40, 15), before=inbox[1])
print(f"{again.priority:.2f}  {'; '.join(again.reasons)}")
# [end]

# [hook]
from socialdesk import hookimpl  # noqa: E402  # shown by itself


class KeyAccounts:
    """Customers with a contract of their own are put through to their team."""

    @hookimpl
    def socialdesk_enrich(self, mention: Mention) -> Labels | None:
        if mention.author.handle not in {"northwind", "contoso"}:
            return None
        return Labels(route="key-accounts", priority=0.95, reasons=("a key account",))


# [end]
