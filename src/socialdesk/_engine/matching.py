"""Search rules applied by core, where a platform cannot ask for just what a rule says."""

from __future__ import annotations

from functools import lru_cache
from unicodedata import normalize

import regex

from socialdesk.models import Mention, Rule

__all__ = ["matches"]

# Japanese, Chinese, Thai and their like are written without space between words: there any place may end one.
_UNSPACED = r"[\p{Han}\p{Hiragana}\p{Katakana}\p{Thai}\p{Lao}\p{Khmer}\p{Myanmar}]"
_BEFORE = rf"(?<![\w--{_UNSPACED}](?!{_UNSPACED}))"
_AFTER = rf"(?!(?<!{_UNSPACED})[\w--{_UNSPACED}])"


@lru_cache(maxsize=1024)
def _words(phrase: str) -> regex.Pattern[str]:
    """Whole words, whatever their case and the space between them."""
    words = _plain(phrase).split()
    middle = r"\s+".join(regex.escape(word) for word in words)
    return regex.compile(_BEFORE + middle + _AFTER, regex.V1)


def _plain(text: str) -> str:
    """As it is compared: one form for each accented letter, and no upper case."""
    return normalize("NFC", normalize("NFC", text).casefold())


def matches(rule: Rule, mention: Mention) -> bool:
    """Whether everything that the rule asks for holds. A language that the platform did not tell is no match."""
    text = _plain(mention.text if mention.title is None else f"{mention.title}\n{mention.text}")
    if rule.phrase is not None and not _words(rule.phrase).search(text):
        return False
    if rule.any_of and not any(_words(word).search(text) for word in rule.any_of):
        return False
    if any(_words(word).search(text) for word in rule.none_of):
        return False
    if rule.hashtags and not _hashtags(mention) & {tag.lstrip("#").casefold() for tag in rule.hashtags}:
        return False
    links = [entity.url or entity.text for entity in mention.entities if entity.kind == "url"]
    if rule.urls and not any(part.casefold() in link.casefold() for part in rule.urls for link in links):
        return False
    if rule.language is None:
        return True
    told = (mention.language or "").casefold()
    return told == rule.language.casefold() or told.startswith(rule.language.casefold() + "-")


def _hashtags(mention: Mention) -> set[str]:
    return {entity.text.lstrip("#").casefold() for entity in mention.entities if entity.kind == "hashtag"}
