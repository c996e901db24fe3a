"""Put a plugin through crashes, pauses and lost answers, with its sandbox on the other end."""

# [stage]
from typing import Any

from socialdesk.testing.simulation import Faults, Stage, simulate
from socialdesk_mastodon.connector import MastodonConnector
from socialdesk_mastodon.sandbox import MastodonSandbox


def complain(sandbox: Any, text: str) -> None:
    sandbox.user("ann@other.example").post(f"@{sandbox.account.username} {text}")


def spoken(sandbox: Any) -> list[str]:
    return [sandbox.world.statuses[number].text for number in sandbox.account.statuses]


stage = Stage(connector=MastodonConnector, platform=MastodonSandbox, complain=complain, spoken=spoken)
# [end]


# [simulate]
def test_nothing_is_said_twice() -> None:
    report = simulate(stage, seeds=range(3))
    assert report.ok, report
    assert report.asked == 0, report


# [end]


# [faults]
def test_a_crash_at_every_tenth_effect_and_clocks_that_differ() -> None:
    faults = Faults(crash=0.1, pause=0, skew=(-200, 0, 200), late=(1, 50))
    report = simulate(stage, seeds=range(2), faults=faults)
    assert report.ok, report


# [end]
