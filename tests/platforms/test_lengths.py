"""Length on every platform: what count() lets through the platform takes, and plan() cuts so that everything fits."""

from __future__ import annotations

import html

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from socialdesk.connector import Part, Standing
from socialdesk.errors import Rejected
from socialdesk.models import Overflow, Reply
from socialdesk.testing import ConnectorSuite
from tests.platforms.lines import FRAGMENTS, Line, listings

every_listing = pytest.mark.parametrize("suite", listings())
FLAG = "\N{REGIONAL INDICATOR SYMBOL LETTER D}\N{REGIONAL INDICATOR SYMBOL LETTER E}"
UNITS = (
    *("a", "é", "e\N{COMBINING ACUTE ACCENT}", "ß", "荷", "שׁ", "\N{THUMBS UP SIGN}"),
    *(
        "\N{WOMAN}\N{ZERO WIDTH JOINER}\N{PERSONAL COMPUTER}",
        FLAG,
        "&",
        "<",
    ),
)
"""What one character is to people is one to seven code points, one to eleven UTF-16 units and up to 27 bytes."""


class Answering:
    """Somebody complained, and is to be answered."""

    def __init__(self, suite: type[ConnectorSuite]) -> None:
        self.line = Line(suite())
        self.mention = self.line.hear_one()
        self.connector = self.line.suite._connected(self.line.settings, self.line.client.identify())

    def reply(self, text: str, overflow: Overflow = "reject") -> Reply:
        return Reply(idempotency_key="lengths", target=self.mention, text=text, overflow=overflow)

    def planned(self, text: str, overflow: Overflow = "reject") -> tuple[Part, ...] | str:
        """The parts of an answer, or the reason of its refusal."""
        spoken_at = self.mention.created_at
        standing = Standing(now=self.line.sandbox.clock.now(), target=self.mention, last_inbound_at=spoken_at)
        try:
            return self.connector.plan(self.reply(text, overflow), standing)
        except Rejected as error:
            return error.reason

    def longest(self, unit: str) -> int:
        """How many times the unit may stand in an answer."""
        low, high = 1, 20_000
        while low < high:
            middle = (low + high + 1) // 2
            if self.planned(unit * middle) == "too_long":
                high = middle - 1
            else:
                low = middle
        return low


@every_listing
@pytest.mark.parametrize(
    "unit",
    [unit if unit != FLAG else pytest.param(unit, marks=pytest.mark.slow) for unit in UNITS],
    ids=ascii,
)
def test_a_text_of_exactly_the_limit_is_taken_and_a_longer_one_refused(
    suite: type[ConnectorSuite], unit: str
) -> None:
    one = Answering(suite)
    text = unit * one.longest(unit)
    (part,) = one.planned(text)
    assert isinstance(part, Part)
    count = one.connector.count(part.text, part.mode)
    assert count.limit is not None
    assert count.used <= count.limit
    assert one.planned(text + unit) == "too_long"
    assert one.line.client.send(one.reply(text)).state == "sent"
    assert text in html.unescape(one.line.suite.spoken(one.line.sandbox)[-1])


@every_listing
@settings(max_examples=20, deadline=None)
@given(
    words=st.lists(st.sampled_from([*FRAGMENTS, *UNITS]), min_size=1, max_size=400), times=st.integers(1, 12)
)
def test_a_long_text_is_cut_so_that_every_part_fits_and_nothing_is_lost(
    suite: type[ConnectorSuite], words: list[str], times: int
) -> None:
    one = Answering(suite)
    text = " ".join(words * times)
    assume(len(text) < 12_000)
    parts = one.planned(text, "split")
    if isinstance(parts, str):  # where there may be but one, or not so many
        assert parts == "too_long"
        return
    for part in parts:
        count = one.connector.count(part.text, part.mode)
        assert count.limit is None or count.used <= count.limit
    said = "".join("".join(part.text.split()) for part in parts)
    if len(parts) == 1:
        assert "".join(text.split()) in said
    else:
        for word in set(text.split()):
            assert word in said
