"""What cannot be read keeps nothing back, is never lost, and is read once the plugin can."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from socialdesk.connector import Item, Page, Raw, Window
from socialdesk.desk import workplace
from tests.simulation.test_drain import strike_at
from tests.simulation.test_poll import post
from tests.simulation.world import Struck, Toy, World

EVERY = pytest.mark.parametrize("step", [3, pytest.param(1, marks=pytest.mark.slow)])


class Learning(Toy):
    """A plugin that cannot read some posts until it has learnt to."""

    knows = False

    def parse(self, raw: Raw) -> Item | None:
        if raw.body.get("is") == "riddle":
            if not type(self).knows:
                raise KeyError("text")
            return super().parse(Raw("item", {**raw.body, "is": "post"}))
        return super().parse(raw)


class Repeating(Learning):
    """A listing that is told whole each time. Of what can be read, the plugin knows what is new."""

    async def fetch(self, window: Window) -> Page:
        page = await super().fetch(replace(window, since=None))
        known = int(window.since or 0)
        return replace(
            page,
            items=[raw for raw in page.items if raw.body["is"] == "riddle" or int(raw.body["id"]) > known],
        )


def riddle(number: int) -> dict[str, Any]:
    return {"id": str(number), "is": "riddle", "text": f"riddle {number}"}


def world(items: list[dict[str, Any]], kind: type[Learning] = Learning) -> World:
    one = World(kind=kind)
    one.platform.page_size = 30
    one.platform.streams["mentions"] = items
    return one


def heard(one: World) -> set[int]:
    return {int(said.id.value) for said in one.run(one.flows().mentions(limit=500))}


def aside(one: World) -> int:
    return int(one.rows("SELECT count(*) FROM socialdesk_quarantine")[0][0])


def test_all_that_can_be_read_is_and_the_rest_is_kept_as_it_came() -> None:
    one = world([riddle(n) if n % 4 == 0 else post(n) for n in range(1, 21)])
    one.run(one.flows().poll())
    assert (heard(one), aside(one)) == ({n for n in range(1, 21) if n % 4}, 5)
    kept = one.run(one.flows().quarantine("acme"))
    assert {item.body["text"] for item in kept} == {f"riddle {n}" for n in range(4, 21, 4)}
    assert {(item.stream, item.reason) for item in kept} == {("mentions", "KeyError: 'text'")}
    one.platform.streams["mentions"].append(post(30))
    one.run(one.flows().poll())
    assert 30 in heard(one), "the position went past what could not be read"
    one.close()


@EVERY
def test_a_crash_anywhere_in_reading_again_loses_nothing_and_tells_nothing_twice(step: int) -> None:
    def start() -> World:
        one = world([riddle(n) if n % 3 == 0 else post(n) for n in range(1, 13)])
        one.run(one.flows().poll())
        report = one.run(one.flows().retry_quarantine())
        assert (report.read, report.new, report.kept) == (0, 0, 4)
        one.stage.connector.knows = True  # type: ignore[attr-defined]  # a Learning
        one.kind.knows = True  # type: ignore[attr-defined]  # the same
        return one

    one = start()
    effects = len(one.count_effects(one.flows().retry_quarantine()))
    assert (heard(one), aside(one)) == (set(range(1, 13)), 0)
    one.close()
    for point in range(0, effects, step):
        for when in ("before", "after"):
            one = start()
            with pytest.raises(Struck):
                one.run(one.flows().retry_quarantine(), strike_at(point, when))
            one.restart()
            one.run(one.flows().retry_quarantine())
            assert (heard(one), aside(one)) == (set(range(1, 13)), 0)
            assert one.rows("SELECT count(*) FROM socialdesk_event WHERE kind = 'created'") == [(12,)]
            one.close()


def test_an_upgrade_reads_again_by_itself_and_only_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(workplace, "_version_of", lambda _connector: "1.0")
    one = world([riddle(3), post(1), post(2), {"id": "4", "is": "post"}])
    one.run(one.flows().poll())
    assert (heard(one), aside(one)) == ({1, 2}, 2)
    monkeypatch.setattr(workplace, "_version_of", lambda _connector: "1.1")
    one.kind.knows = True  # type: ignore[attr-defined]  # a Learning
    one.advance(60)
    one.run(one.flows().poll())
    assert (heard(one), aside(one)) == ({1, 2, 3}, 1)
    again = one.count_effects(one.flows().poll())
    assert not [effect for effect in again if getattr(effect, "name", "") == "next_aside"]
    one.close()


def test_a_page_of_which_most_cannot_be_read_stops_the_listing_and_is_told_once() -> None:
    one = world([riddle(n) for n in range(1, 9)] + [post(9)])
    for _ in range(3):
        (report, _replies) = one.run(one.flows().poll()).listings
        assert "has the platform changed its format?" in report.waits
        one.advance(3700)
    assert (heard(one), aside(one)) == ({9}, 8)
    told = one.rows("SELECT text FROM socialdesk_event WHERE kind = 'health'")
    assert len(told) == 1, told
    one.kind.knows = True  # type: ignore[attr-defined]  # a Learning
    one.run(one.flows().poll())
    assert heard(one) == set(range(1, 10)), "the position had stayed where it was"
    one.run(one.flows().retry_quarantine())
    assert aside(one) == 0
    assert one.rows("SELECT count(*) FROM socialdesk_event WHERE kind = 'created'") == [(9,)]
    one.close()


def test_nothing_but_the_plugin_gets_a_listing_past_such_a_page() -> None:
    one = world([riddle(n) for n in range(1, 9)])
    one.run(one.flows().poll())
    one.run(one.flows().retry_quarantine())
    one.advance(3700)
    for _ in range(2):
        (report, _replies) = one.run(one.flows().poll()).listings
        assert "has the platform changed its format?" in report.waits
        one.advance(3700)
    one.close()


def test_what_was_passed_before_does_not_stop_a_listing_that_shows_it_again() -> None:
    """Whether an item is new cannot be told of one that cannot be read: some listings bring it with every poll."""
    items: list[dict[str, Any]] = []
    one = world(items, Repeating)
    for number in range(1, 17, 2):
        items += [post(number), riddle(number + 1)]
        one.advance(60)
        assert one.run(one.flows().poll()).ok
    assert (len(heard(one)), aside(one)) == (8, 8)
    items += [*map(riddle, range(41, 46)), post(46)]
    one.advance(60)
    (report, _replies) = one.run(one.flows().poll()).listings
    assert "5 of 6 items" in report.waits
    one.close()


def test_a_thing_of_which_nothing_is_told_yet_is_looked_up_again() -> None:
    one = world([{"id": "1", "is": "stub", "of": "77"}, post(2)])
    one.run(one.flows().poll())
    assert (heard(one), aside(one)) == ({2}, 1)
    one.platform.things["77"] = post(77)
    report = one.run(one.flows().retry_quarantine())
    assert (report.read, report.new, aside(one)) == (1, 1, 0)
    assert heard(one) == {2, 77}
    one.close()
