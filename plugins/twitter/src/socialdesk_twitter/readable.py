"""A post's text as a person reads it: links expanded, ``&amp;`` and its like undone, offsets moved along. Pure."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from operator import itemgetter
from typing import Any, TypeAlias

from socialdesk_twitter.ids import user_id

__all__ = ["expanded", "readable"]

Stretch: TypeAlias = tuple[int, int, str | None, dict[str, Any] | None]
"""(start, end) in the text as X wrote it; what shall stand there, where not the same; the fields of its Entity."""

_ESCAPED = re.compile("&(?:amp|lt|gt);")
_UNESCAPED = {"&amp;": "&", "&lt;": "<", "&gt;": ">"}
_START = itemgetter(0)
# The platform's list, the name of what it marks, the signs it begins with, and the kind of Entity.
_SIGNED = (
    ("mentions", "username", "@＠", "mention"),
    ("hashtags", "tag", "#＃", "hashtag"),
    ("cashtags", "tag", "$＄", "cashtag"),
)


def readable(text: str, told: Mapping[str, Any] | None) -> tuple[str, list[dict[str, Any]]]:
    """The text and its entities, each a dict for :class:`~socialdesk.models.Entity`, in order.

    ``told`` is the platform's ``entities``, whose offsets count code points of ``text``. Where one does not fit what
    stands there, what it names is looked for, and left out if it is not in the text. Each entity's ``text`` is the
    stretch of the result between its ``start`` and ``end``.
    """
    stretches: list[Stretch] = []
    if told:
        urls = told.get("urls")
        if urls:
            _add_links(stretches, text, urls)
        _add_signed(stretches, text, told)
    if "&" in text:
        stretches += [
            (match.start(), match.end(), _UNESCAPED[match[0]], None) for match in _ESCAPED.finditer(text)
        ]
    return _swapped(text, stretches) if stretches else (text, [])


def expanded(text: str, told: Mapping[str, Any] | None) -> str:
    """The text alone, as :func:`readable` gives it."""
    return readable(text, told)[0]


def _add_links(stretches: list[Stretch], text: str, urls: Sequence[Mapping[str, Any]]) -> None:
    """Every link as the platform lists it: several times where several pictures are behind it."""
    for told in urls:
        short = told.get("url")
        if not short:
            continue
        start, end = told.get("start", -1), told.get("end", -1)
        if start < 0 or text[start:end] != short:
            start = text.find(short)
            end = start + len(short)
        if start >= 0:
            url = told.get("expanded_url") or short
            stretches.append((start, end, url, {"kind": "url", "url": url}))


def _add_signed(stretches: list[Stretch], text: str, told: Mapping[str, Any]) -> None:
    for group, named, signs, kind in _SIGNED:
        if group not in told:
            continue
        for mark in told[group] or ():
            name = mark.get(named)
            if not name:
                continue
            start, end = mark.get("start", -1), mark.get("end", -1)
            if start < 0 or text[start + 1 : end] != name or text[start] not in signs:
                span = _found(text, signs, name, start)
                if span is None:
                    continue
                start, end = span
            fields: dict[str, Any] = {"kind": kind}
            if kind == "mention":
                fields["url"] = f"https://x.com/{name}"
                person = mark.get("id")
                if person:
                    fields["target"] = user_id(person)
            stretches.append((start, end, None, fields))


def _found(text: str, signs: str, name: str, near: int) -> tuple[int, int] | None:
    """Where a name stands with its sign, whatever its case: at ``near``, after it, or anywhere."""
    wanted = re.compile(f"[{signs}]{re.escape(name)}", re.IGNORECASE)
    match = wanted.search(text, max(0, near)) or wanted.search(text)
    return None if match is None else match.span()


def _swapped(text: str, stretches: list[Stretch]) -> tuple[str, list[dict[str, Any]]]:
    """Swap what is to be swapped, and move the entities along; of two that overlap, the later swap gives way.

    An entity that a swap cuts through is left out.
    """
    if len(stretches) > 1:
        stretches.sort(key=_START)
    entities: list[dict[str, Any]] = []
    result, at, reach = "", 0, 0  # of the text, what stands before ``at`` is in the result
    for start, end, new, fields in stretches:
        if start < at:
            continue
        begin = len(result) + start - at
        shown = text[start:end] if new is None else new
        if new is None:
            reach = max(reach, end)
        else:
            if start < reach:
                entities = [entity for entity in entities if entity["end"] <= begin]
            result += text[at:start] + new
            at = end
        if fields is not None:
            fields["start"], fields["end"], fields["text"] = begin, begin + len(shown), shown
            entities.append(fields)
    return result + text[at:], entities
