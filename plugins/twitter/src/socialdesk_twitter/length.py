"""How long X takes a text to be: the counting rules of its text library, configuration version 3.

The text is brought to NFC. Each code point weighs 1 in the ranges that hold most alphabets and 2 elsewhere; an
emoji sequence weighs 2 in all; a link weighs 23, however long it is, also where it is a bare domain such as
``example.com``.

Which words are links depends on the list of top-level domains that X happens to have. This module knows every
country code and the generic domains in real use. A link with ``http://`` or ``https://`` whose ending it does not
know weighs 23 or its own letters, whichever is more, so that it is never counted too short; a bare word with such
an ending is counted by its letters.

https://docs.x.com/fundamentals/counting-characters
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator

import regex

from socialdesk_twitter.domains import ENDINGS, FLAGS

__all__ = ["LIMIT", "LINK_WEIGHT", "invalid_characters", "link_spans", "weighted_length"]

LIMIT = 280
"""What a post may hold, in units of :func:`weighted_length`; some paid accounts may post more."""

LINK_WEIGHT = 23
"""What a link weighs, whatever its own length."""

_LIGHT = ((0x0000, 0x10FF), (0x2000, 0x200D), (0x2010, 0x201F), (0x2032, 0x2037))
_INVALID = regex.compile("[\ufffe\uffff\ufeff]")
_LONGEST_LINK = 4096
_LONGEST_LABEL = 63
_LONGEST_SLUG = 40

_NOT_IN_DOMAIN = (
    r"!'#%&()*+,\\\-./:;<=>?@\[\]^_{|}~$\s\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069\ufffe\ufeff\uffff"
)
_LETTER = rf"[^{_NOT_IN_DOMAIN}]"
_LATIN = (
    r"a-zA-Z0-9\u00c0-\u00d6\u00d8-\u00f6\u00f8-\u024f\u0253\u0254\u0256\u0257\u0259\u025b\u0263\u0268\u026f\u0272"
    r"\u0289\u028b\u02bb\u0300-\u036f\u1e00-\u1eff"
)
_RUN = regex.compile(rf"(?:{_LETTER}|[-_.])++")
_LABEL = regex.compile(rf"{_LETTER}(?:(?:{_LETTER}|[-_])*{_LETTER})?")
_ENDING = regex.compile(r"(?:xn--[-a-zA-Z0-9]+|[a-zA-Z]{2,63}|[^\x00-\x7f]{2,63})(?![0-9a-zA-Z@+-])")
_BARE = regex.compile(rf"(?<![-{_LATIN}])[-{_LATIN}]++(?:\.[-{_LATIN}]++)++")
_PROTOCOL = regex.compile(r"(?:^|[^A-Za-z0-9@＠$#＃])(https?://)$", regex.IGNORECASE)
_PORT = r"(?::[0-9]+)?"
_IN_PATH = r"[a-zA-Z0-9\u0400-\u04ff\u00c0-\u024f\u1e00-\u1eff!*';:=+,.$/%#\[\]\-\u2013_~@|&]"
_PARENS = rf"\({_IN_PATH}*+(?:\({_IN_PATH}++\){_IN_PATH}*+)?\)"
_PATH = (
    rf"/(?:(?:{_IN_PATH}|{_PARENS})*(?:[a-zA-Z0-9\u0400-\u04ff\u00c0-\u024f\u1e00-\u1eff+\-=_#/]|{_PARENS}))?"
)
_QUERY = r"\?(?:[a-zA-Z0-9!?*'@();:&=+$/%#\[\]\-_.,~|]*[a-zA-Z0-9\-_&=#/])"
_TAIL = regex.compile(rf"{_PORT}(?P<path>{_PATH})?(?:{_QUERY})?")
_SHORTENED = regex.compile(r"https?://t\.co/([a-zA-Z0-9]+)", regex.IGNORECASE)
_BEFORE_BARE = frozenset("@＠$#＃/")

_TONE = "[\U0001f3fb-\U0001f3ff]"
_ADULT = f"[\U0001f468\U0001f469\U0001f9d1]{_TONE}?"
_PERSON = rf"(?:[\U0001f468\U0001f469\U0001f466\U0001f467\U0001f9d1\U0001f9d2]{_TONE}?)"
_ROLE = (
    "[⚕⚖✈\U0001f33e\U0001f373\U0001f37c\U0001f384\U0001f393\U0001f3a4\U0001f3a8\U0001f3eb\U0001f3ed\U0001f4bb\U0001f4bc"
    "\U0001f527\U0001f52c\U0001f680\U0001f692\U0001f9af\U0001f9b0-\U0001f9b3\U0001f9bc\U0001f9bd]\ufe0f?"
)
_AHEAD = "(?:\u200d➡\ufe0f?)?"
_PAIRED = "\U0001f3f3\ufe0f?\u200d(?:\U0001f308|⚧\ufe0f?)|\U0001f3f4\u200d☠\ufe0f?|\U0001f415\u200d\U0001f9ba"
_PAIRED += "|\U0001f43b\u200d❄\ufe0f?|[\U0001f408\U0001f426]\u200d⬛|\U0001f441\ufe0f?\u200d\U0001f5e8\ufe0f?"
_PAIRED += "|\U0001f62e\u200d\U0001f4a8|\U0001f635\u200d\U0001f4ab|\U0001f636\u200d\U0001f32b\ufe0f?"
_PAIRED += "|❤\ufe0f?\u200d[\U0001f525\U0001fa79]|\U0001f426\u200d\U0001f525|\U0001f34b\u200d\U0001f7e9"
_PAIRED += "|\U0001f344\u200d\U0001f7eb|⛓\ufe0f?\u200d\U0001f4a5|\U0001f642\u200d[↔↕]\ufe0f?"
_EMOJI = regex.compile(
    "|".join(
        (
            r"[0-9#*]\ufe0f?\u20e3",
            "\U0001f3f4\U000e0067\U000e0062\U000e0065\U000e006e\U000e0067\U000e007f",
            "\U0001f3f4\U000e0067\U000e0062\U000e0073\U000e0063\U000e0074\U000e007f",
            "\U0001f3f4\U000e0067\U000e0062\U000e0077\U000e006c\U000e0073\U000e007f",
            rf"{_ADULT}\u200d(?:❤\ufe0f?\u200d(?:\U0001f48b\u200d)?|\U0001f91d\u200d){_ADULT}",
            rf"{_ADULT}\u200d{_ROLE}{_AHEAD}",
            rf"\p{{Emoji_Modifier_Base}}(?:{_TONE}|\ufe0f)?\u200d[♀♂]\ufe0f?{_AHEAD}",
            "[\U0001f46f\U0001f93c\U0001f9de\U0001f9df]\u200d[♀♂]\ufe0f?",
            rf"{_PERSON}(?:\u200d{_PERSON}){{1,3}}",
            _PAIRED,
            r"\p{Regional_Indicator}{2}",
            rf"\p{{Emoji_Modifier_Base}}{_TONE}",
            r"(?=\p{Extended_Pictographic})\P{Emoji_Presentation}\ufe0f",
        )
    )
)


def invalid_characters(text: str) -> tuple[str, ...]:
    """The characters in ``text`` that X refuses whatever the length, as ``U+FFFE``."""
    return tuple(dict.fromkeys(f"U+{ord(character):04X}" for character in _INVALID.findall(text)))


def weighted_length(text: str) -> int:
    """The length of ``text`` as X counts it, in whole units; :data:`LIMIT` of them fit in a post."""
    if text.isascii() and "." not in text and "\u20e3" not in text:
        return len(text)
    text = unicodedata.normalize("NFC", text)
    total, at = 0, 0
    for start, end, known in _links(text):
        letters = _plain_weight(text[start:end])
        total += _plain_weight(text[at:start]) + (LINK_WEIGHT if known else max(LINK_WEIGHT, letters))
        at = end
    return total + _plain_weight(text[at:])


def link_spans(text: str) -> tuple[tuple[int, int], ...]:
    """Where X will see links in ``text``: (start, end) in code points of its NFC form, end exclusive."""
    return tuple((start, end) for start, end, _ in _links(unicodedata.normalize("NFC", text)))


def _plain_weight(text: str) -> int:
    if text.isascii():
        return len(text)
    total, at = 0, 0
    for match in _EMOJI.finditer(text):
        if _is_emoji(match.group()):
            total += _letters_weight(text[at : match.start()]) + 2
            at = match.end()
    return total + _letters_weight(text[at:])


def _letters_weight(text: str) -> int:
    return sum(1 if any(low <= ord(letter) <= high for low, high in _LIGHT) else 2 for letter in text)


def _is_emoji(sequence: str) -> bool:
    if len(sequence) != 2 or not "\U0001f1e6" <= sequence[0] <= "\U0001f1ff":
        return True
    region = "".join(chr(ord(letter) - 0x1F1E6 + ord("A")) for letter in sequence)
    return region in FLAGS


def _links(text: str) -> Iterator[tuple[int, int, bool]]:
    """(start, end, whether the ending is known) of each link, in order."""
    at = 0
    if "." not in text:
        return
    for run in _RUN.finditer(text):
        if run.start() < at or "." not in run.group():
            continue
        protocol = _PROTOCOL.search(text[max(0, run.start() - 9) : run.start()])
        found = _full_link(text, run.start(), len(protocol[1])) if protocol else None
        for link in [found] if found else _bare_links(text, run) if not protocol else []:
            yield link
            at = link[1]


def _full_link(text: str, start: int, protocol: int) -> tuple[int, int, bool] | None:
    domain = _domain(text, start, _RUN.match(text, start).end())  # type: ignore[union-attr]  # it matched
    if domain is None:
        return None
    begin, (stop, known) = start - protocol, domain
    end = _TAIL.match(text, stop).end()  # type: ignore[union-attr]  # even nothing matches
    if not _may_be_host(text[start:stop]) or end - begin > _LONGEST_LINK:
        return None
    shortened = _SHORTENED.match(text, begin, end)
    if shortened:
        return None if len(shortened[1]) > _LONGEST_SLUG else (begin, shortened.end(), True)
    return begin, end, known


def _bare_links(text: str, run: regex.Match[str]) -> Iterator[tuple[int, int, bool]]:
    """The bare domains in a run of letters; as in X's library, only the last one may have a path."""
    if text[run.start()] in "-_.":
        return
    spans = []
    for match in _BARE.finditer(text, *run.span()):
        begin = match.start()
        domain = _domain(text, begin, match.end())
        if begin == run.start() > 0 and text[begin - 1] in _BEFORE_BARE:
            continue
        if domain and domain[1] and _may_be_host(text[begin : domain[0]]):
            spans.append((begin, domain[0]))
    for begin, end in spans[:-1]:
        yield begin, end, True
    for begin, end in spans[-1:]:
        tail = _TAIL.match(text, end)
        yield begin, tail.end() if tail and tail["path"] else end, True


def _domain(text: str, start: int, stop: int) -> tuple[int, bool] | None:
    """Where the domain that begins at ``start`` ends, and whether its ending is known: the longest such wins."""
    unknown: tuple[int, bool] | None = None
    known: tuple[int, bool] | None = None
    at, before = start, ""
    for label in text[start:stop].split("."):
        ending = _ENDING.match(text, at) if before and "_" not in before else None
        if ending and ending.end() <= stop:
            if _is_known(ending.group()):
                known = (ending.end(), True)
            else:
                unknown = (ending.end(), False)
        if not _LABEL.fullmatch(label):
            break
        at, before = at + len(label) + 1, label
    return known or unknown


def _is_known(ending: str) -> bool:
    return ending.lower() in ENDINGS or ending.lower().startswith("xn--")


def _may_be_host(domain: str) -> bool:
    """Whether each label fits in DNS once it is written in ASCII."""
    return all(_ascii_length(label) <= _LONGEST_LABEL for label in domain.split("."))


def _ascii_length(label: str) -> int:
    return len(label) if label.isascii() else len("xn--") + len(label.lower().encode("punycode"))
