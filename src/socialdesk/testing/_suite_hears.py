"""Checks of fetch() and parse(): pages end, and the one translation is pure, total and keeps to the contract."""

from __future__ import annotations

import copy
from collections.abc import Iterator
from dataclasses import fields, is_dataclass, replace
from datetime import datetime
from typing import Any

import orjson

from socialdesk._engine.ingest import Reading, read_items
from socialdesk.connector import Gone, Item, Notice, Page, Patch, Raw, Receipted, Stub, Topic
from socialdesk.errors import SocialdeskError
from socialdesk.models import Author, ExternalId, Mention
from socialdesk.testing._suite_bench import Bench, demand, demand_none
from socialdesk.wire import Response

ITEMS = (Mention, Patch, Gone, Stub, Receipted, Author, Notice)
STRANGE: tuple[Any, ...] = (None, "", 7, [], {}, [None], {"unexpected": True})


class Hears(Bench):
    """What comes in."""

    def test_fetch_gives_pages_and_ends(self) -> None:
        pages, requests = self.walk()
        for page in pages:
            demand(
                all(isinstance(raw, Raw) for raw in untyped(page.items)),
                'Page.items must be Raw values: Raw("shape", item) for each item of the answer.',
            )
            demand(
                all(isinstance(topic, Topic) for topic in untyped(page.topics)),
                "Page.topics must be Topic values.",
            )
        demand(
            all(request.does == "reads" for request in requests),
            'fetch() awaits a request that does not read: give it effect="reads".',
        )
        if len(pages) > 1:
            first, second = requests[0], requests[len(self.material.pages[0])]
            demand(
                (first.full_url, first.content()) != (second.full_url, second.content()),
                "fetch() asks for the same page again and again: put Window.page into the request.",
            )

    def test_fetch_is_pure(self) -> None:
        demand(
            self.walk()[0] == self.walk()[0],
            "The same answers gave other pages the second time: fetch() must depend on its window and answers alone.",
        )

    def test_fetch_has_a_position_to_go_on_from(self) -> None:
        pages, _ = self.walk()
        newest_first = self.listed().order == "newest"
        page = next((page for page in (pages if newest_first else reversed(pages)) if page.items), None)
        demand(
            page is None or page.resume or page.end,
            "No Page.resume was given for a page with items: without it every poll begins anew. Set it to the "
            "position that Window.since should bring back.",
        )
        if len(pages) > 1 and newest_first:
            demand(
                all(page.span for page in pages[:-1] if page.items),
                "Page.span is missing on a page that is not the last: without the (oldest, newest) position a walk "
                "that is cut off begins anew.",
            )

    def test_a_strange_item_does_not_keep_its_page_back(self) -> None:
        connector, material = self.connect(), self.material
        self.walk()
        window = self.paging(connector).window(material.now)
        for index, answer in enumerate(material.pages[0]):
            for place, body in _with_strangers(answer):
                answers = [*material.pages[0][:index], body, *material.pages[0][index + 1 :]]
                problem = ""
                try:
                    page = self.run(connector.fetch(window), answers, connector).result
                    demand(isinstance(page, Page), "fetch() must return a Page.")
                except SocialdeskError as error:
                    problem = f"{type(error).__name__}: {error}"
                except Exception as error:  # whatever the plugin raises there
                    problem = f"{type(error).__name__}: {error}"
                demand(
                    not problem,
                    f"A strange item in {place} made fetch() fail ({problem}): the good ones beside it are lost. Read "
                    "items in parse(), where one that cannot be read is set aside alone.",
                )

    def test_parse_is_pure(self) -> None:
        first, second = self.connect(), self.connect()
        for raw in self.raws():
            before = copy.deepcopy(raw.body)
            item = first.parse(raw)
            demand(
                raw.body == before, f"parse() changed the body of {raw.shape!r}: build new values instead."
            )
            demand(
                first.parse(raw) == item,
                f"parse() gave two answers for one {raw.shape!r}: it must keep no state.",
            )
            demand(second.parse(raw) == item, f"Two connectors read one {raw.shape!r} differently.")

    def test_parse_takes_what_was_stored(self) -> None:
        connector = self.connect()
        for raw in self.raws():
            try:
                stored = replace(raw, body=orjson.loads(orjson.dumps(raw.body)))
            except TypeError as error:
                raise AssertionError(
                    f"Raw({raw.shape!r}) cannot be stored as JSON ({error}): leave its body as it came."
                ) from None
            demand(
                connector.parse(stored) == connector.parse(raw),
                f"parse() reads {raw.shape!r} differently after it was stored as JSON: use JSON's own types in a body.",
            )

    def test_items_keep_to_the_contract(self) -> None:
        connector = self.connect()
        read = [(raw, connector.parse(raw)) for raw in self.raws()]
        demand(any(item is not None for _, item in read), "parse() gave None for every item of the pages.")
        demand_none(problem for raw, item in read for problem in self.problems_of(raw, item))

    def test_a_malformed_item_is_set_aside_alone(self) -> None:
        connector = self.connect()
        raws = [raw for raw in self.raws() if connector.parse(raw) is not None][:3]
        reading = Reading(connector, self.material.now, "poll", "suite")
        for raw in raws:
            expected, _ = read_items(reading, [raw])
            for place, body in _malformed(raw.body):
                bad = replace(raw, body=body)
                try:
                    read, unread = read_items(reading, [bad, raw])
                except BaseException as error:
                    raise AssertionError(
                        f"parse() left by {type(error).__name__} on a malformed {place}: raise an Exception, or give "
                        "None."
                    ) from error
                again, _ = read_items(reading, [raw])
                demand(
                    again == expected and any(entry.raw is raw for entry in read),
                    f"After a malformed {place} a good item was not read as before: parse() must keep no state.",
                )
                wrong = [entry for entry in read if not isinstance(untyped(entry.item), ITEMS)]
                demand(
                    not wrong and len(read) + len(unread) <= 2,
                    f"parse() gave no Item for a malformed {place}: give an Item or None, or raise.",
                )

    def test_a_new_field_is_no_reason_to_fail(self) -> None:
        connector = self.connect()
        for raw in self.raws():
            more = replace(raw, body={**raw.body, "a_field_of_tomorrow": {"is": ["here"]}})
            try:
                item = connector.parse(more)
            except Exception as error:
                raise AssertionError(
                    f"parse() fails on {raw.shape!r} with one more field ({error}): platforms add fields unannounced."
                ) from error
            demand(
                (item is None) == (connector.parse(raw) is None),
                f"parse() drops {raw.shape!r} when it has one more field: platforms add fields unannounced.",
            )

    # ------------------------------------------------------------------------------------------------------ details

    def problems_of(self, raw: Raw, item: Any) -> Iterator[str]:
        """What is wrong with one item; empty where nothing is."""
        if item is None:
            return
        if not isinstance(item, ITEMS):
            yield f"parse() gave a {type(item).__name__} for {raw.shape!r}: give an Item or None."
            return
        for place, moment in _moments(raw, item):
            if moment.tzinfo is None:
                yield f"{place} has no time zone: nobody can know what it means. Give an aware datetime."
        platform = self.connector.platform
        for place, external in ids_in(item, type(item).__name__):
            if external.platform != platform:
                yield f"{place} is {str(external)!r}: ids must begin with {platform!r}, the connector's platform."
        if isinstance(item, Mention):
            yield from mention_problems(item)


def untyped(value: Any) -> Any:
    """The value as a plugin without types may have given it."""
    return value


def mention_problems(mention: Mention) -> Iterator[str]:
    for entity in mention.entities:
        if not 0 <= entity.start < entity.end <= len(mention.text):
            yield (
                f"An entity stands at {entity.start} to {entity.end} of a text of {len(mention.text)}: offsets count "
                "code points of Mention.text; convert the platform's (UTF-16 units, bytes, or those of markup)."
            )
        elif mention.text[entity.start : entity.end] != entity.text:
            yield (
                f"The entity {entity.text!r} is not what stands at its place ("
                f"{mention.text[entity.start : entity.end]!r}): offsets count code points of Mention.text."
            )
    for name in ("account", "observed_at"):
        if getattr(mention, name):
            yield f"parse() filled Mention.{name}: leave it to core, which alone knows it."
    if mention.labels.model_fields_set:
        yield "parse() filled Mention.labels: what triage says is no translation; put the platform's own into ext."
    if mention.id in mention.aliases:
        yield "Mention.aliases holds the id itself: only other ids of the same thing belong there."


def _moments(raw: Raw, item: Item) -> Iterator[tuple[str, datetime]]:
    for owner in (raw, item):
        if is_dataclass(owner):
            for field in fields(owner):
                value = getattr(owner, field.name)
                if isinstance(value, datetime):
                    yield f"{type(owner).__name__}.{field.name}", value


def ids_in(value: Any, place: str) -> Iterator[tuple[str, ExternalId]]:
    """Every id within a value, with the place where it stands."""
    if isinstance(value, ExternalId):
        yield place, value
    elif isinstance(value, tuple | list):
        for each in value:
            yield from ids_in(each, place)
    elif is_dataclass(value):
        for field in fields(value):
            yield from ids_in(getattr(value, field.name), f"{place}.{field.name}")
    elif hasattr(type(value), "model_fields"):
        for name in type(value).model_fields:
            yield from ids_in(getattr(value, name), f"{place}.{name}")


def _lists(value: Any, path: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    """The paths of all lists of objects that are not themselves within such a list."""
    if isinstance(value, dict):
        for name, inner in value.items():
            yield from _lists(inner, (*path, name))
    elif isinstance(value, list) and value and all(isinstance(item, dict) for item in value):
        yield path


def _with_strangers(answer: Response) -> Iterator[tuple[str, Response]]:
    """The answer with a strange item in each list of objects: one put first, and one put in the first's place."""
    try:
        body = orjson.loads(answer.body)
    except orjson.JSONDecodeError:
        return
    for path in _lists(body):
        for kept in (0, 1):
            changed = copy.deepcopy(body)
            inner = changed
            for step in path:
                inner = inner[step]
            inner[:] = [{"unexpected": {"shape": True}}, *inner[kept:]]
            place = ".".join(map(str, path)) or "the list"
            yield place, replace(answer, body=orjson.dumps(changed))


def _malformed(body: Any) -> Iterator[tuple[str, dict[str, Any]]]:
    """The body with one field left out or of a strange kind, to a depth of two, and an empty one."""
    yield "empty item", {}
    for name, value in body.items():
        yield f"item without {name!r}", {key: kept for key, kept in body.items() if key != name}
        for strange in STRANGE:
            yield f"{name!r} of {strange!r}", {**body, name: strange}
        if isinstance(value, dict):
            for inner in value:
                less = {key: kept for key, kept in value.items() if key != inner}
                yield f"item without {name}.{inner}", {**body, name: less}
                yield f"{name}.{inner} of None", {**body, name: {**value, inner: None}}
