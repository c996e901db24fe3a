"""Cutting a text into parts that a platform takes, where a reader would.

A cut never falls within a grapheme (what a reader takes for one character), a link, a mention or a hashtag. It falls
at the end of a paragraph, a sentence or a word, in that order of liking.
"""

from __future__ import annotations

from collections.abc import Callable

import regex

from socialdesk.errors import Rejected
from socialdesk.models import Overflow

__all__ = ["cut"]

_MARK = r"[\p{Grapheme_Extend}\p{M}\u200d]"  # joins the character before it, which may be a space
_WORD = regex.compile(rf"(?:\S|\s(?={_MARK}))+(?:\s(?!{_MARK}))*")
_LINK = regex.compile(r"https?://\S+", regex.IGNORECASE)
_WITHIN = regex.compile(r"https?://\S+|(?<!\w)[@#$]\w[\w.]*|\X", regex.IGNORECASE)
_SENTENCE_END = regex.compile(r"[.!?…。！？]['\"”’)\]]*\s+$")
_PARTS_AT_MOST = 99


def _atoms(text: str, fits: Callable[[str], bool]) -> list[str]:
    """The pieces between which a cut may fall: words with the space after them, and graphemes of words too long."""
    atoms: list[str] = []
    for word in _WORD.findall(text):
        pieces = [word] if fits(word.rstrip()) else _WITHIN.findall(word)
        for piece in pieces:
            if not fits(piece.rstrip()):
                raise Rejected("too_long", f"{piece.rstrip()[:40]}… alone is longer than one post may be.")
        atoms += pieces
    return atoms


def _pack(atoms: list[str], fits: Callable[[str], bool]) -> list[str]:
    """Fill parts from the atoms, each ending at the best place in its last third."""
    parts: list[str] = []
    start = 0
    while start < len(atoms):
        end, text = start, ""
        while end < len(atoms) and fits((text + atoms[end]).rstrip()):
            text += atoms[end]
            end += 1
        if end == start:
            raise Rejected("too_long", "A single character is longer than one post may be.")
        if end < len(atoms):
            end = _best_end(atoms, start, end)
        parts.append("".join(atoms[start:end]).strip())
        start = end
    return [part for part in parts if part]


def _best_end(atoms: list[str], start: int, end: int) -> int:
    lowest = start + max(1, (end - start) * 2 // 3)
    for found in (lambda atom: "\n\n" in atom, _SENTENCE_END.search, lambda atom: atom[-1:].isspace()):
        for place in range(end, lowest - 1, -1):
            if found(atoms[place - 1]):
                return place
    return end


def cut(text: str, *, fits: Callable[[str], bool], overflow: Overflow = "split") -> tuple[str, ...]:
    """The parts in which ``text`` is sent, numbered ``(1/3)`` where there are several.

    ``fits`` says whether the platform takes a text. Raises Rejected(too_long) where ``overflow`` is ``reject`` and
    the text does not fit, where ``truncate_link`` leaves no room, or where one link or mention alone is too long.
    """
    text = text.strip()
    if fits(text):
        return (text,)
    if overflow == "reject":
        raise Rejected("too_long", "The text is longer than one post may be.")
    if overflow == "truncate_link":
        return (_truncated(text, fits),)
    for digits in (1, 2):
        room = f" ({'9' * digits}/{'9' * digits})"
        atoms = _atoms(text, lambda piece, room=room: fits(piece + room))  # type: ignore[misc]  # bound at once
        parts = _pack(atoms, lambda piece, room=room: fits(piece + room))  # type: ignore[misc]  # bound at once
        if len(parts) < 10**digits:
            return tuple(f"{part} ({number}/{len(parts)})" for number, part in enumerate(parts, 1))
    raise Rejected("too_long", f"The text would need more than {_PARTS_AT_MOST} posts.")


def _truncated(text: str, fits: Callable[[str], bool]) -> str:
    """As much of the text as fits with an ellipsis and its last link, which leads to the rest."""
    links = list(_LINK.finditer(text))
    if not links:
        raise Rejected("too_long", "There is no link in the text that could lead to the rest of it.")
    tail = f"… {links[-1].group()}"
    kept = ""
    rest = text[: links[-1].start()] + text[links[-1].end() :].lstrip()
    for atom in _atoms(rest.strip(), lambda piece: fits(piece + tail)):
        if not fits((kept + atom).rstrip() + tail):
            break
        kept += atom
    if not kept.strip():
        raise Rejected("too_long", "The link leaves no room for text.")
    return kept.rstrip() + tail
