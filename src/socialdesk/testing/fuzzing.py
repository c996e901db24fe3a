"""Broken payloads for trying what reads them: what platforms, gateways and strangers may send, made from good ones.

A seed gives the same payload on every machine. Nothing is made that could not come over the wire: values are JSON's
own, answers are bytes.
"""

from __future__ import annotations

import copy
import gzip
import random
import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from typing import Any, TypeAlias

import orjson

from socialdesk.wire import Response

__all__ = ["broken", "broken_answer"]

Json: TypeAlias = Any
Place: TypeAlias = tuple[Any, Any]
"""A list or an object, and the index or name of what stands in it."""

LONG = 70_000

STRANGERS: tuple[Json, ...] = (
    None, True, False, 0, 1, -1,
    -(2**63), 2**63, 2**64 - 1, 1e300, -0.5, 1.5e17, "", " ", "0", "-1", "null", "undefined",
    "true", "NaN", [], {}, [[]], [None], [{}], {"": None}, {"id": None}, ["x", 1, {}], {"a": {"b": {"c": []}}},
)  # fmt: skip
"""What stands in place of something else: of another type, empty, or out of all bounds."""

MOMENTS: tuple[Json, ...] = (
    "2999-12-31T23:59:59Z",
    "9999-12-31T23:59:59.999999-14:00", "0001-01-01T00:00:00+14:00", "1969-07-20T20:17:40Z",
    "2026-02-30T00:00:00Z", "2026-11-20T12:00:00", "2026-11-20", "2026-W47-5", "12:00", "yesterday", "20261120T120000Z",
    "2026-11-20T12:00:00+99:99", "Fri, 20 Nov 2026 12:00:00 GMT",
    32503680000, 10**15, -1, 0, 1795176000.5, "1795176000",
)  # fmt: skip
"""Times that are far away, of no day, without a zone, or in another form."""

WRITTEN = (
    lambda text: f"{text}\0",
    lambda text: f"\x1b[2J{text}\x07\x7f\x85",
    lambda text: f"\u202e{text}\u2066\u200f\u200b",
    lambda text: "".join(f"{sign}\u0301" for sign in text[:500]),
    lambda text: text * (1 + LONG // max(1, len(text))),
    lambda text: text[: len(text) // 2],
    lambda text: text[::-1],
    lambda text: f" {text} ",
    lambda text: text.upper(),
    lambda text: f"{text}\r\nX-Injected: yes",
    lambda text: f"<b onclick=x>{text}</b>&amp;&#0;&#xD800;&#99999999;<![CDATA[",
    lambda text: text.encode().decode("latin-1"),
    lambda text: f"\N{FAMILY}\N{EMOJI MODIFIER FITZPATRICK TYPE-6}{text}\U0010ffff\ufffe",
    lambda text: text.replace(":", "").replace("/", ""),
    lambda text: f"{text}/../{text}?{text}#{text}",
)
"""What may become of a text."""

COUNTED = (
    lambda number: -number - 1,
    lambda number: number + 1,
    lambda number: number + 0.5,
    str,
    lambda number: number * 1_000_003,
    lambda number: min(2**64 - 1, abs(int(number)) + 2**53 + 1),
)
"""What may become of a number."""

_MOMENT = re.compile(r"\d{4}-\d\d-\d\d|\w{3}, \d\d \w{3} \d{4}|1[67]\d{8}(\.\d+)?$")
_KINDS = 9


def broken(value: Json, seed: int) -> Json:
    """``value``, a JSON value which stays as it is, as a copy with one to three things wrong in it."""
    chance = random.Random(seed)  # noqa: S311  # it chooses what is wrong, and keeps nothing secret
    changed = [_copy(value)]
    for _ in range(chance.choice((1, 1, 1, 2, 3))):
        _break(changed, chance)
    return changed[0]


def broken_answer(answer: Response, seed: int) -> Response:
    """An answer with something wrong in what its JSON says, in its bytes, or in what it says of itself."""
    chance = random.Random(~seed)  # noqa: S311  # as above
    if chance.random() < 0.7:
        try:
            return replace(answer, body=orjson.dumps(broken(orjson.loads(answer.body), seed)))
        except (orjson.JSONDecodeError, orjson.JSONEncodeError):
            pass  # it holds no JSON, or nothing that JSON could hold came out
    return chance.choice(_BYTES)(answer, chance)


# ---------------------------------------------------------------------------------------------------------- values


def _copy(value: Json) -> Json:
    """A copy that shares nothing with the value: what is put in twice is broken once."""
    return copy.deepcopy(value)


def _places(value: Json) -> Iterator[Place]:
    """Every place within a value."""
    waiting = [value]
    while waiting:
        outer = waiting.pop()
        inner = list(outer.items()) if isinstance(outer, dict) else list(enumerate(outer))
        for key, each in inner:
            yield outer, key
            if isinstance(each, dict | list):
                waiting.append(each)


def _break(root: list[Json], chance: random.Random) -> None:
    places = list(_places(root))
    outer, key = chance.choice(places)
    value = outer[key]
    kind = chance.randrange(_KINDS)
    if isinstance(value, str) and _MOMENT.match(value) and kind < 6:
        outer[key] = chance.choice(MOMENTS)
    elif isinstance(value, str) and kind < 5:
        outer[key] = chance.choice(WRITTEN)(value)
    elif isinstance(value, int | float) and not isinstance(value, bool) and kind < 5:
        outer[key] = chance.choice((*COUNTED, lambda _: chance.choice(MOMENTS)))(value)
    elif isinstance(value, list) and value and kind < 5:
        _break_list(value, chance)
    else:
        chance.choice(_ANYWHERE)(outer, key, places, chance)


def _break_list(value: list[Json], chance: random.Random) -> None:
    index = chance.randrange(len(value))
    chance.choice(
        (
            lambda: value.insert(index, _copy(value[index])),
            lambda: value.insert(index, _copy(chance.choice(STRANGERS))),
            value.clear,
            value.reverse,
            lambda: value.__setitem__(index, _copy(chance.choice(STRANGERS))),
            lambda: value.pop(index),
        )
    )()


def _drop(outer: Json, key: Any, places: Sequence[Place], chance: random.Random) -> None:
    if isinstance(outer, dict):
        del outer[key]
    else:
        outer[key] = None


def _rename(outer: Json, key: Any, places: Sequence[Place], chance: random.Random) -> None:
    if isinstance(outer, dict):
        outer[chance.choice((f"{key}_", key.upper(), key[::-1], f"{key}\0", ""))] = outer.pop(key)
    else:
        outer[key] = {"item": outer[key]}


def _estrange(outer: Json, key: Any, places: Sequence[Place], chance: random.Random) -> None:
    outer[key] = _copy(chance.choice(STRANGERS))


def _cross(outer: Json, key: Any, places: Sequence[Place], chance: random.Random) -> None:
    """Put what stands elsewhere here: a post that answers itself, an id that is another's, a name that is a number."""
    other, name = chance.choice(places)
    if name in other if isinstance(other, dict) else name < len(other):
        outer[key] = _copy(other[name])


def _wrap(outer: Json, key: Any, places: Sequence[Place], chance: random.Random) -> None:
    outer[key] = chance.choice(([outer[key]], {"value": outer[key]}, orjson.dumps(outer[key]).decode()))


def _bury(outer: Json, key: Any, places: Sequence[Place], chance: random.Random) -> None:
    """Put it deep down, though no deeper than JSON's readers go."""
    inner: Json = "x"
    for _ in range(chance.choice((5, 60, 200))):
        inner = chance.choice(([inner], {"a": inner}))
    outer[key] = inner


Breaking: TypeAlias = Callable[[Json, Any, Sequence[Place], random.Random], None]
_ANYWHERE: tuple[Breaking, ...] = (
    _drop,
    _drop,
    _rename,
    _estrange,
    _estrange,
    _estrange,
    _cross,
    _cross,
    _wrap,
    _bury,
)


# ---------------------------------------------------------------------------------------------------------- answers

_PAGE = b"<!DOCTYPE html><html><head><title>Just a moment...</title></head><body>\xe9</body></html>"


def _cut(answer: Response, chance: random.Random) -> Response:
    return replace(answer, body=answer.body[: chance.randrange(len(answer.body) + 1)])


def _flip(answer: Response, chance: random.Random) -> Response:
    body = bytearray(answer.body or b"x")
    for _ in range(chance.choice((1, 1, 4, 40))):
        body[chance.randrange(len(body))] = chance.randrange(256)
    return replace(answer, body=bytes(body))


def _other(answer: Response, chance: random.Random) -> Response:
    whole = (
        b"", b" ", b"null", b"true", b"0", b'""', b"[]", b"{}", b"[[[[]]]]", b"NaN", b"{'a': 1}", _PAGE, b"OK",
        b"\xff\xfe{\0}\0", b'{"data": null}', b'{"data": []}', b'{"errors": []}',
        b'{"error": "x"}', b'{"error": {"code": "x"}}',
    )  # fmt: skip
    return replace(answer, body=chance.choice(whole))


def _coded(answer: Response, chance: random.Random) -> Response:
    """The body in another encoding, or compressed once too often and cut."""
    text = answer.body.decode("utf-8", "replace")
    whole = (
        text.encode("utf-16"),
        b"\xef\xbb\xbf" + answer.body,
        text.encode("cp1252", "replace"),
        gzip.compress(answer.body)[:-9],
        b")]}',\n" + answer.body,
        answer.body + answer.body,
    )
    return replace(answer, body=chance.choice(whole))


def _half_signs(answer: Response, chance: random.Random) -> Response:
    """Half of a character where a text was cut in two, as UTF-16 does it, and a NUL: JSON can write both."""
    signs = [place for place, byte in enumerate(answer.body) if byte in b'"'] or [0]
    place = chance.choice(signs)
    half = chance.choice((b"\\ud83d", b"\\udc4d", b"\\ud83d\\ud83d", b"\\u0000"))
    return replace(answer, body=answer.body[:place] + half + answer.body[place:])


def _numbers(answer: Response, chance: random.Random) -> Response:
    """A number that no integer of 64 bits holds, or that is none."""
    number = chance.choice((b"123456789012345678901234567890", b"NaN", b"-Infinity", b"1e999", b"-0", b"007"))
    return replace(answer, body=re.sub(rb"(?<=[:\[, ])\d+(?=[,}\] ])", number, answer.body, count=1))


def _status(answer: Response, chance: random.Random) -> Response:
    return replace(answer, status=chance.choice((200, 201, 202, 204, 206, 207, 226, 299)))


def _headed(answer: Response, chance: random.Random) -> Response:
    kind = chance.choice(
        ("text/html", "application/octet-stream", "", "application/json; charset=utf-7", "\xe9")
    )
    headers = {
        name: chance.choice(("", "-1", "x", "99999999999999", value))
        for name, value in answer.headers.items()
    }
    return replace(answer, headers={**headers, "Content-Type": kind})


_BYTES = (_cut, _flip, _other, _other, _coded, _half_signs, _half_signs, _numbers, _status, _headed)
