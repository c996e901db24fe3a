"""The values that a helpdesk sees: closed, frozen, and the same after a trip through JSON."""

from __future__ import annotations

import copy
import inspect
import json
import pickle
from datetime import datetime, timedelta, timezone
from typing import Any, get_args

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import BaseModel, TypeAdapter, ValidationError

from socialdesk import models
from socialdesk.models import (
    Attachment,
    Author,
    Entity,
    ExternalId,
    Labels,
    Mention,
    Metrics,
    Provenance,
    Receipt,
    Reply,
)

NOW = datetime(2026, 11, 20, 9, 0, tzinfo=timezone.utc)
VALUES = [value for value in vars(models).values() if inspect.isclass(value) and issubclass(value, BaseModel)]

texts = st.text(st.characters(exclude_categories=["Cs"]), max_size=12)
part = st.text(st.characters(exclude_categories=["Cs"], exclude_characters=":"), min_size=1, max_size=6)
ids = st.builds(
    ExternalId, part, part, st.text(st.characters(exclude_categories=["C", "Z"]), min_size=1, max_size=12)
)
moments = st.datetimes(
    datetime(1970, 1, 2),  # noqa: DTZ001 - the zone is drawn
    datetime(2100, 1, 1),  # noqa: DTZ001 - the zone is drawn
    timezones=st.sampled_from([timezone.utc, timezone(timedelta(hours=5, minutes=30))]),
)
maybe = st.none()
counts = st.none() | st.integers(0, 2**60)
jsons = st.dictionaries(
    texts,
    st.recursive(
        st.none() | st.booleans() | st.integers(-(2**60), 2**60) | texts, lambda i: st.lists(i, max_size=2)
    ),
    max_size=2,
)


def literal(name: str) -> st.SearchStrategy[Any]:
    return st.sampled_from(get_args(getattr(models, name)))


authors = st.builds(
    Author, id=maybe | ids, handle=maybe | texts, is_self=maybe | st.booleans(), followers=counts
)
attachments = st.builds(
    Attachment,
    id=ids,
    kind=st.just("image"),
    width=counts,
    duration=st.none() | st.floats(0, 1e6),
    expires_at=maybe | moments,
)
entities = st.builds(
    Entity,
    kind=st.just("url"),
    start=st.integers(0, 9),
    end=st.integers(0, 9),
    text=texts,
    target=maybe | ids,
)
mentions = st.builds(
    Mention,
    id=ids,
    kind=literal("Kind"),
    direction=literal("Direction"),
    visibility=literal("Visibility"),
    state=literal("State"),
    author=authors,
    text=texts,
    title=maybe | texts,
    entities=st.lists(entities, max_size=2).map(tuple),
    conversation=maybe | ids,
    attachments=st.lists(attachments, max_size=2).map(tuple),
    metrics=st.builds(Metrics, likes=counts, views=counts, observed_at=maybe | moments),
    matched_by=st.lists(texts, max_size=2).map(tuple),
    created_at=maybe | moments,
    aliases=st.lists(ids, max_size=2).map(tuple),
    provenance=st.builds(Provenance, via=literal("Path"), missing=st.lists(texts, max_size=2).map(tuple)),
    labels=st.builds(Labels, priority=maybe | st.floats(0, 1)),
    ext=jsons,
)


@given(mentions)
@settings(max_examples=150)
def test_a_mention_is_the_same_after_a_trip_through_json(mention: Mention) -> None:
    assert Mention.model_validate_json(mention.model_dump_json()) == mention
    assert Mention.model_validate(mention.model_dump()) == mention
    for moment in (mention.created_at, mention.metrics.observed_at):
        assert moment is None or moment.utcoffset() == timedelta(0)


@given(ids)
def test_an_id_reads_back_from_its_text(one: ExternalId) -> None:
    assert ExternalId.of(str(one)) == one
    adapter: TypeAdapter[ExternalId] = TypeAdapter(ExternalId)
    again = adapter.validate_json(adapter.dump_json(one))
    assert again == one
    assert type(again) is ExternalId
    assert adapter.validate_python(str(one)) == one


@pytest.mark.parametrize("text", ["", "a", "a:b", "a:b:", ":b:c", "a::c", "::"])
def test_a_text_that_is_no_id_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="not an id"):
        ExternalId.of(text)
    with pytest.raises(ValidationError):
        Author(id=text)  # type: ignore[arg-type]  # texts are taken too


@pytest.mark.parametrize(
    "parts",
    [
        ("", "p", "1"),
        ("a", "", "1"),
        ("a", "p", ""),
        ("a:b", "p", "1"),
        ("a", "p:q", "1"),
        ("a", "p", 1),
        ("a", 1, "1"),
        (None, "p", "1"),
        (b"a", "p", "1"),
        (["a"], "p", "1"),
    ],
)
def test_an_id_that_could_not_be_read_back_is_refused(parts: tuple[Any, Any, Any]) -> None:
    with pytest.raises(ValidationError):
        Author(id=ExternalId(*parts))
    with pytest.raises(ValidationError):
        ExternalId("a", "p", "1")._replace(platform=parts[0], kind=parts[1], value=parts[2])
    with pytest.raises(ValidationError):
        Author(id=parts)  # type: ignore[arg-type]  # a tuple that is no id, whatever it holds


@given(ids)
def test_a_maker_makes_the_same_ids(one: ExternalId) -> None:
    made = ExternalId.maker(one.platform, one.kind)(one.value)
    assert made == one
    assert type(made) is ExternalId


def test_a_maker_refuses_what_an_id_refuses() -> None:
    for platform, kind in (("", "p"), ("a:b", "p"), ("a", "p:q"), ("a", 1)):
        with pytest.raises(ValidationError):
            ExternalId.maker(platform, kind)  # type: ignore[arg-type]  # the mistake
    make = ExternalId.maker("a", "p")
    for value in ("", None, b"1"):
        with pytest.raises(ValidationError):
            make(value)  # type: ignore[arg-type]  # the mistake


@given(ids)
def test_an_id_survives_copying_and_pickling(one: ExternalId) -> None:
    for again in (copy.copy(one), copy.deepcopy(one), pickle.loads(pickle.dumps(one)), one._replace()):
        assert again == one
        assert type(again) is ExternalId


def test_what_makes_an_id_unfit_is_said_without_what_it_was_made_of() -> None:
    with pytest.raises(ValidationError, match="without colons") as caught:
        ExternalId("canary-5f0c1e:a", "p", "1")
    assert "canary-5f0c1e" not in str(caught.value)


def test_ids_compare_as_opaque_texts() -> None:
    assert ExternalId("a", "p", "01") != ExternalId("a", "p", "1")
    assert len({ExternalId("a", "p", "1"), ExternalId("a", "p", "1")}) == 1


def minimal(kind: type[BaseModel]) -> dict[str, Any]:
    """What a value cannot do without."""
    known: dict[str, Any] = {
        "id": "chirp:post:1", "kind": "other", "start": 0, "end": 1, "text": "t", "name": "n", "key": "k",
        "state": "sent", "idempotency_key": "k", "reply": {"idempotency_key": "k", "text": "t"}, "parts": (), "used": 1,
        "limit": None, "at": NOW, "account": "a", "part": 1, "started_at": NOW,
    }  # fmt: skip
    own: dict[str, dict[str, Any]] = {
        "Event": {"id": "1", "kind": "created"},
        "Attachment": {"kind": "image"},
        "Entity": {"kind": "url"},
    }
    needed = [name for name, field in kind.model_fields.items() if field.is_required()]
    return {name: own.get(kind.__name__, {}).get(name, known[name]) for name in needed}


@pytest.mark.parametrize("kind", [v for v in VALUES if v.__name__ not in ("BaseModel", "Value")])
def test_every_value_is_frozen_closed_and_has_a_schema(kind: type[BaseModel]) -> None:
    value = kind.model_validate(minimal(kind))
    name = next(iter(kind.model_fields))
    with pytest.raises(ValidationError):
        setattr(value, name, getattr(value, name))
    with pytest.raises(ValidationError) as caught:
        kind.model_validate({**minimal(kind), "unheard_of": "canary-5f0c1e"})
    assert "canary-5f0c1e" not in str(caught.value)
    assert kind.model_validate_json(value.model_dump_json()) == value
    for mode in ("validation", "serialization"):
        schema = kind.model_json_schema(mode=mode)
        assert schema["additionalProperties"] is False
        json.dumps(schema)
    for field, info in kind.model_fields.items():
        for naive in ("2026-11-20T09:00:00", datetime(2026, 11, 20, 9)):  # noqa: DTZ001 - the mistake
            if "datetime" in str(info.annotation):
                with pytest.raises(ValidationError):
                    kind.model_validate({**minimal(kind), field: naive})


def test_times_are_brought_to_utc() -> None:
    there = datetime(2026, 11, 20, 14, 30, tzinfo=timezone(timedelta(hours=5, minutes=30)))
    assert Metrics(observed_at=there).observed_at == NOW
    told = Metrics.model_validate_json('{"observed_at": "2026-11-20T14:30:00+05:30"}').observed_at
    assert told is not None
    assert told.tzinfo is timezone.utc


def test_what_was_not_told_is_neither_zero_nor_public() -> None:
    mention = Mention(id=ExternalId("a", "p", "1"), kind="mention")
    assert mention.visibility == "unknown"
    assert mention.metrics.likes is None
    assert mention.author.is_self is None
    assert Metrics(likes=0).likes == 0


def test_limits_of_what_is_taken() -> None:
    for bad in (
        lambda: Reply(idempotency_key="", text="x"),
        lambda: Reply(idempotency_key="k" * 201, text="x"),
        lambda: Labels(priority=1.5),
        lambda: models.Rule(name="a b"),
        lambda: Mention(id=ExternalId("a", "p", "1"), kind="shout"),  # type: ignore[arg-type]  # the mistake
    ):
        with pytest.raises(ValidationError):
            bad()
    assert Receipt(key="k", account="a", state="partial").parts == ()


# ------------------------------------------------------------------------------------------------------- garbage


@pytest.mark.parametrize("value", ["", " ", "a\0", "a\nb", "\u202ea", "a\u2066b", "\x7f", "\ud83d", "\u2028"])
def test_an_id_that_nobody_can_see_is_refused(value: str) -> None:
    with pytest.raises(ValidationError):
        ExternalId("a", "p", value)
    with pytest.raises(ValidationError):
        ExternalId.maker("a", "p")(value)


@pytest.mark.parametrize("value", [None, True, False, 1.5, 1e20, -1, [], {}, ["1"], {"id": "1"}, b"1"])
def test_a_maker_makes_up_no_id(value: Any) -> None:
    with pytest.raises(ValidationError):
        ExternalId.maker("a", "p")(value)
    assert ExternalId.maker("a", "p")(17) == ExternalId("a", "p", "17")


@pytest.mark.parametrize("told", [-1, True, "5", 1.0, 1.5, 2**63, [], {"count": 3}, float("nan")])
def test_what_is_no_count_was_not_told_and_the_rest_is_heard(told: Any) -> None:
    counts = Metrics.model_validate({"likes": told, "views": 3})
    assert (counts.likes, counts.views) == (None, 3)
    assert Author.model_validate({"handle": "ann", "followers": told}).followers is None
    size = Attachment.model_validate({"id": ExternalId("a", "m", "1"), "kind": "image", "width": told})
    assert size.width is None


@pytest.mark.parametrize(
    "told",
    [
        "javascript:alert(1)",
        "data:text/html,x",
        "//evil.example",
        " https://a.example",
        "https://a.example/\n",
        "https://a.example/\u202egpj.exe",
        'https://a.example/"onclick=x',
        "http",
        "",
        7,
        ["https://a.example"],
    ],
)
def test_an_address_that_is_not_to_be_followed_was_not_told(told: Any) -> None:
    mention = Mention.model_validate(
        {
            "id": ExternalId("a", "p", "1"),
            "kind": "mention",
            "url": told,
            "author": {"url": told, "avatar_url": told},
        }
    )
    assert (mention.url, mention.author.url, mention.author.avatar_url) == (None, None, None)


def test_an_address_of_any_alphabet_is_kept() -> None:
    for url in ("https://b\u00fccher.example/\u00fc?q=\u8377\u7269#x", "HTTP://A.EXAMPLE/%20b c"):
        assert Author(url=url).url == url


@given(st.text(max_size=40))
def test_a_name_is_one_line_in_one_direction_and_a_text_keeps_its_offsets(text: str) -> None:
    mention = Mention(
        id=ExternalId("a", "p", "1"), kind="mention", author=Author(display_name=text), text=text
    )
    name = mention.author.display_name or ""
    assert not set(name) & {
        *map(chr, range(32)),
        *map(chr, range(0x7F, 0xA0)),
        *"\u202a\u202e\u2066\u2069\ud83d",
    }
    assert len(mention.text) == len(text)
    assert all(one in (other, "\ufffd") for one, other in zip(mention.text, text, strict=True))
    assert Mention.model_validate_json(mention.model_dump_json()) == mention


def test_what_people_write_stays_as_it_is() -> None:
    for text in (
        "line\nbreak\tand tab\r\n",
        "\u05e9\u05dc\u05d5\u05dd \u2067x\u2069",
        "e\u0301",
        "\U0001f469\u200d\U0001f4bb",
    ):
        assert Mention(id=ExternalId("a", "p", "1"), kind="mention", text=text).text == text
    assert (
        Author(display_name="\U0001f469\u200d\U0001f4bb Ann").display_name == "\U0001f469\u200d\U0001f4bb Ann"
    )
    assert Author(display_name="Ann\u202e\nexe.gpj\0").display_name == "Ann exe.gpj"


def test_what_goes_too_deep_to_be_read_back_is_refused() -> None:
    for depth in (1, 20, 50, 90, 120, 250, 900):
        inner: Any = "x"
        for level in range(depth):
            inner = [inner] if level % 2 else {"a": inner}
        try:
            mention = Mention(id=ExternalId("a", "p", "1"), kind="mention", ext={"deep": inner})
        except ValidationError:
            assert depth > 50
        else:
            assert Mention.model_validate_json(mention.model_dump_json()) == mention
