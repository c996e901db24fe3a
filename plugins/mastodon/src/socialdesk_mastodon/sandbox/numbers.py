"""Ids: numbers that hold a time, as Mastodon gives them, and the letters that other makes write."""

from __future__ import annotations

from datetime import datetime

_LETTERS = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
_LENGTH = 26


def number_at(moment: datetime) -> int:
    """The lowest number for something of this moment: milliseconds, and 16 bits to tell apart what is of one."""
    return int(moment.timestamp() * 1000) << 16


def written(number: int, *, letters: bool) -> str:
    """A number as an id: in digits, or in letters of which more are later too."""
    if not letters:
        return str(number)
    digits = ""
    while number:
        number, rest = divmod(number, len(_LETTERS))
        digits = _LETTERS[rest] + digits
    return digits.rjust(_LENGTH, "0")


def read(text: str, *, letters: bool) -> int | None:
    """The number behind an id; None where it is none."""
    if not letters:
        return int(text) if text.isascii() and text.isdigit() and len(text) < 30 else None
    if text == "0":
        return 0
    if len(text) != _LENGTH or set(text) - set(_LETTERS):
        return None
    number = 0
    for letter in text:
        number = number * len(_LETTERS) + _LETTERS.index(letter)
    return number
