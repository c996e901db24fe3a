"""What should not be said in public: numbers and addresses that belong to one customer. Pure."""

from __future__ import annotations

import re

__all__ = ["private_matters"]

_EMAIL = re.compile(r"[\w.+-]+@[\w-]+\.[\w.-]*\w")
_IBAN = re.compile(r"\b[A-Z]{2}\d{2}(?: ?[A-Z0-9]{4}){3,7}(?: ?[A-Z0-9]{1,3})?\b")
_DIGITS = re.compile(r"(?<![\w./#@-])\+?\d(?:[ ./-]?\d){5,18}(?![\w@])")
_MOMENT = re.compile(r"\d{4}-\d{2}-\d{2}|\d{1,2}[./]\d{1,2}[./]\d{2,4}")
_LINK = re.compile(r"https?://\S+")


def private_matters(text: str) -> tuple[str, ...]:
    """What in ``text`` looks like a customer's own, in words that quote none of it: warn before it stands in public.

    A number of six digits or more counts, unless it is a date or part of a link; so do e-mail addresses and IBANs.
    """
    bare = _LINK.sub(" ", text)
    found = []
    if _EMAIL.search(bare):
        found.append("an e-mail address")
    if _IBAN.search(bare):
        found.append("a bank account")
    rest = _MOMENT.sub(" ", _IBAN.sub(" ", bare))
    if _DIGITS.search(rest):
        found.append("a customer's, account or telephone number")
    return tuple(found)
