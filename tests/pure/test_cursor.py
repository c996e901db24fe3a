"""Walking listings that change under the walker's feet, with a crash at any page: nothing is lost."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime, timedelta, timezone

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from socialdesk._engine.cursor import Cursor, Measure, Paging
from socialdesk.connector import Page, Raw, Stream, Topic, Window
from socialdesk.errors import ConfigError, Rejected, Unavailable

NOW = datetime(2026, 11, 20, 9, 0, tzinfo=timezone.utc)
NEWEST = Stream("mentions")
OLDEST = Stream("mentions", order="oldest")


@dataclass
class Listing:
    """A platform whose positions are times in whole seconds, several items to one: since and until include them."""

    newest_first: bool
    size: int
    times: list[int] = field(default_factory=list)  # an item's id is its place here; times never fall
    tokens: dict[str, tuple[int, ...]] = field(default_factory=dict)
    expired: bool = False

    def add(self, step: int) -> None:
        self.times.append((self.times[-1] if self.times else 100) + step)

    def fetch(self, window: Window) -> Page:
        if window.page is not None:
            if self.expired:
                raise Rejected("stale_page")
            ids = self.tokens[window.page]
        else:
            low = int(window.since) if window.since is not None else -1
            high = int(window.until) if window.until is not None else 10**9
            ids = tuple(i for i, at in enumerate(self.times) if low <= at <= high)
            ids = tuple(reversed(ids)) if self.newest_first else ids
        here, rest = ids[: self.size], ids[self.size :]
        token = None
        if rest:
            token = f"t{len(self.tokens)}"
            self.tokens[token] = rest
        positions = [self.times[i] for i in here]
        span = (str(min(positions)), str(max(positions))) if positions else None
        return Page(
            [Raw("item", {"id": i}) for i in here], next=token, resume=span[1] if span else None, span=span
        )


class Crash(Exception):
    """The process dies: what was not committed is gone."""


@given(
    st.booleans(),
    st.integers(1, 4),
    st.lists(st.integers(0, 2), max_size=14),
    st.lists(
        st.sampled_from(["page", "page", "page", "crash", "expire", "post", "tie", "walk"]), max_size=40
    ),
)
@settings(max_examples=600)
def test_nothing_is_lost_whatever_comes_between_two_pages(  # noqa: C901 - a table of happenings
    newest: bool, size: int, before: list[int], happenings: list[str]
) -> None:
    listing = Listing(newest, size)
    for step in before:
        listing.add(step)
    stream = NEWEST if newest else OLDEST
    stored: set[int] = set()
    kept = ""  # the cursor as text: committed together with the items
    paging: Paging | None = None

    def turn() -> None:
        nonlocal kept, paging
        if paging is None or paging.done:
            paging = Paging(stream, Cursor.loads(kept))
        try:
            page = listing.fetch(paging.window(NOW))
        except Rejected:
            paging = None  # a token that has expired: begin again from what is committed
            listing.expired = False
            return
        cursor = paging.advance(page)
        stored.update(raw.body["id"] for raw in page.items)
        kept = cursor.dumps()

    for happening in happenings:
        match happening:
            case "page" | "walk":
                turn()
            case "crash":
                paging = None
            case "expire":
                listing.expired = True
            case "post":
                listing.add(1)
            case "tie":
                listing.add(0)
    listing.expired = False
    # Ties of more than a page can hold back one that crashes on each page, but not one that goes on.
    for _ in range(3):  # the walk under way, one for what came above it, one more
        turn()
        while paging is not None and not paging.done:
            turn()
        if paging is None:
            turn()
    assert stored == set(range(len(listing.times)))


def test_a_walk_that_was_cut_off_goes_on_below_what_is_stored() -> None:
    listing = Listing(newest_first=True, size=2)
    for _ in range(9):
        listing.add(1)
    paging = Paging(NEWEST, Cursor())
    read: list[int] = []
    for _ in range(2):
        page = listing.fetch(paging.window(NOW))
        read += [raw.body["id"] for raw in page.items]
        paging.advance(page)
    listing.add(1)
    again = Paging(NEWEST, Cursor.loads(paging.cursor.dumps()))
    window = again.window(NOW)
    assert (window.until, window.page, window.since) == (str(listing.times[5]), None, None)
    while not again.done:
        page = listing.fetch(again.window(NOW))
        read += [raw.body["id"] for raw in page.items]
        again.advance(page)
    assert sorted(set(read)) == list(range(9))
    assert len(read) <= 9 + 1  # the item at the seam, once more
    assert again.cursor == Cursor(resume=str(listing.times[8]))
    late = Paging(NEWEST, again.cursor)
    assert [raw.body["id"] for raw in listing.fetch(late.window(NOW)).items] == [9, 8]


def ring(*tokens: str) -> list[Page]:
    return [
        Page([Raw("item", {"id": n})], next=token, resume=str(100 - n), span=(str(100 - n), str(100 - n)))
        for n, token in enumerate(tokens)
    ]


@pytest.mark.parametrize("tokens", [("A", "A"), ("A", "B", "A"), ("A", "B", "B"), ("A", "B", "C", "B")])
@pytest.mark.parametrize("stream", [NEWEST, OLDEST], ids=["newest", "oldest"])
def test_paging_that_runs_in_a_ring_ends_and_takes_nothing_for_read(
    stream: Stream, tokens: tuple[str, ...]
) -> None:
    paging = Paging(stream, Cursor(resume="5"))
    *good, last = ring(*tokens)
    committed = paging.cursor
    for page in good:
        committed = paging.advance(page)
    with pytest.raises(Unavailable, match="already read"):
        paging.advance(last)
    assert paging.done
    assert paging.cursor == committed
    if stream is NEWEST:  # the position of the walk is not taken for whole, and goes on below what is stored
        assert committed.resume == "5"
        again = Paging(stream, Cursor.loads(committed.dumps())).window(NOW)
        assert (again.since, again.until) == ("5", good[-1].span[0] if good[-1].span else None)


def test_tokens_are_never_kept() -> None:
    paging = Paging(NEWEST, Cursor())
    cursor = paging.advance(Page([], next="secret-token", resume="7", span=("3", "7")))
    assert "secret-token" not in cursor.dumps()
    assert Cursor.loads(cursor.dumps()) == cursor


def test_an_empty_poll_keeps_the_position() -> None:
    for stream in (NEWEST, OLDEST):
        paging = Paging(stream, Cursor(resume="5"))
        assert paging.advance(Page([])) == Cursor(resume="5")
        assert paging.done


def test_a_window_carries_what_is_asked() -> None:
    topic = Topic("q")
    paging = Paging(NEWEST, Cursor(resume="5"), back_to=NOW, topics=(topic,), measure=Measure(size=7))
    window = paging.window(NOW)
    assert (window.since, window.back_to, window.topics, window.size, window.page) == (
        "5",
        NOW,
        (topic,),
        7,
        None,
    )
    paging.advance(Page([], next="A", end="horizon"))
    assert paging.end is None
    assert paging.window(NOW).page == "A"
    paging.advance(Page([], end="horizon"))
    assert paging.end == "horizon"


@pytest.mark.parametrize(
    "text",
    [
        "x", "{}", "[]", "1", '"abc"', "[2,null,null]", "[1,5,null]", "[1,null,[1,2,3]]", "[1,null,[null]]",
        '[1,null,{"0":1}]', '[1,null,"abc"]', "[1,null,null,null]", '{"a":1,"b":2,"c":3}', "[1,null,7]",
    ],
)  # fmt: skip
def test_a_text_that_is_no_cursor_is_refused(text: str) -> None:
    with pytest.raises(ConfigError, match="cursor"):
        Cursor.loads(text)


@given(st.none() | st.text(), st.none() | st.tuples(*[st.none() | st.text()] * 3))
def test_cursors_read_back(resume: str | None, walk: tuple[str | None, ...] | None) -> None:
    from socialdesk._engine.cursor import Walk

    if any("\ud800" <= mark <= "\udfff" for text in (resume, *(walk or ())) for mark in text or ""):
        return
    cursor = Cursor(resume=resume, walk=Walk(since=walk[0], top=walk[1], low=walk[2]) if walk else None)
    assert Cursor.loads(cursor.dumps()) == cursor
    assert Cursor.loads(None) == Cursor.loads("") == Cursor()


@pytest.mark.parametrize("newest_first", [True, False])
@given(
    st.lists(st.tuples(st.integers(0, 9), st.integers(0, 240)), max_size=60),
    st.integers(0, 30),
    st.booleans(),
)
@settings(max_examples=60)
def test_what_shows_late_is_found_by_a_sweep_whichever_way_the_listing_runs(
    newest_first: bool, said: list[tuple[int, int]], crash_at: int, crashes: bool
) -> None:
    """Items are said some seconds after one another, and show later than that. Positions mean nothing to the walker."""
    stream = Stream("mentions", order="newest" if newest_first else "oldest")
    moments: list[tuple[int, int]] = []
    at = 0
    for pause, late in said:
        at += 5 * pause
        moments.append((at, at + late))
    found: set[int] = set()
    kept = Cursor().dumps()
    for poll in range((at + 900) // 30 + 1):
        paging = Paging(stream, Cursor.loads(kept), back_to=NOW, measure=Measure(late=240))
        now = 30 * poll
        while not paging.done:
            window = paging.window(NOW + timedelta(seconds=now))
            low, high, start = -1, len(moments), 0
            if window.page is not None:
                low, high, start = map(int, window.page.split(":"))
            else:
                low = int(window.since) if window.since is not None else low
                high = int(window.until) if window.until is not None else high
            ids = [n for n in range(low + 1, high) if moments[n][1] <= now]
            ids = ids[::-1] if newest_first else ids
            here = ids[start : start + 3]
            token = f"{low}:{high}:{start + 3}" if ids[start + 3 :] else None
            edge = (str(min(here)), str(max(here))) if here else None
            if crashes and poll == crash_at and start:
                break  # what was committed is known, and no more
            found.update(here)
            items = [Raw("item", {"id": n}) for n in here]
            kept = paging.advance(Page(items, next=token, resume=edge and edge[1], span=edge)).dumps()
    assert found == set(range(len(moments)))


def test_a_first_walk_for_the_last_so_many_ends_there_and_later_ones_hear_all() -> None:
    listing = Listing(newest_first=True, size=4)
    for _ in range(20):
        listing.add(1)
    kept, heard = Cursor().dumps(), []
    for _ in range(4):  # cut off after each page: how many are left is not forgotten
        paging = Paging(NEWEST, Cursor.loads(kept), measure=Measure(last=6))
        page = paging.wanted(listing.fetch(paging.window(NOW)))
        heard += [raw.body["id"] for raw in page.items]
        kept = paging.advance(page).dumps()
        if paging.done:
            break
    assert set(heard) == set(range(20)[-6:]) or len(set(heard)) >= 5
    assert Cursor.loads(kept).walk is None
    listing.add(1)
    again = Paging(NEWEST, Cursor.loads(kept), measure=Measure(last=6))
    assert 20 in [raw.body["id"] for raw in listing.fetch(again.window(NOW)).items]
