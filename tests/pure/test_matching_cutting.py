"""Search rules that core applies, and cutting a text into posts."""

from __future__ import annotations

import pytest
import regex
from hypothesis import assume, example, given, settings
from hypothesis import strategies as st

from socialdesk._engine.matching import matches
from socialdesk.cutting import cut
from socialdesk.errors import Rejected
from socialdesk.models import Entity, ExternalId, Mention, Rule


def said(
    text: str, *, title: str | None = None, language: str | None = None, entities: tuple[Entity, ...] = ()
) -> Mention:
    return Mention(
        id=ExternalId("chirp", "post", "1"),
        kind="search_match",
        text=text,
        title=title,
        language=language,
        entities=entities,
    )


@pytest.mark.parametrize(
    ("phrase", "text", "found"),
    [
        ("acme", "Cut off by ACME over one cent!", True),
        ("acme", "acmes", False),
        ("acme", "macme", False),
        ("acme", "acme_x", False),
        ("acme", "(acme)", True),
        ("Acme Telecom", "acme\n  telecom", True),
        ("Acme Telecom", "acme-telecom", False),
        ("@acme", "hi @Acme.", True),
        ("C++", "I like C++!", True),
        ("C++", "C++x", False),
        ("straße", "STRASSE 5", True),
        ("café", "CAFE\u0301 au lait", True),
        ("cafe\u0301", "café", True),
        ("東京電力", "昨日東京電力に電話した", True),
        ("acme", "acmeに電話した", True),
        ("アクメ", "xアクメです", True),
    ],
)
def test_a_phrase_is_found_as_whole_words(phrase: str, text: str, found: bool) -> None:
    assert matches(Rule(name="r", phrase=phrase), said(text)) is found
    assert matches(Rule(name="r", any_of=("nothing", phrase)), said(text)) is found
    assert matches(Rule(name="r", none_of=(phrase,)), said(text)) is not found
    assert matches(Rule(name="r", phrase=phrase), said("-", title=text)) is found


@given(st.text("abcÄßé .+*()[]\\?^$|{}#@", min_size=1, max_size=8).filter(str.strip))
def test_any_phrase_finds_itself(phrase: str) -> None:
    assert matches(Rule(name="r", phrase=phrase), said(f"x {phrase.upper()} y"))


def test_hashtags_links_and_languages() -> None:
    tag = Entity(kind="hashtag", start=0, end=5, text="#Cent")
    link = Entity(kind="url", start=6, end=10, text="t.co", url="https://Acme.example/bill/7")
    mention = said("#Cent t.co", entities=(tag, link), language="pt-BR")
    for rule, found in [
        (Rule(name="r", hashtags=("cent",)), True),
        (Rule(name="r", hashtags=("#CENT", "other")), True),
        (Rule(name="r", hashtags=("cen",)), False),
        (Rule(name="r", urls=("acme.example/BILL",)), True),
        (Rule(name="r", urls=("acme.test",)), False),
        (Rule(name="r", language="pt"), True),
        (Rule(name="r", language="PT-br"), True),
        (Rule(name="r", language="p"), False),
        (Rule(name="r", language="pt-PT"), False),
        (Rule(name="r", phrase="t.co", hashtags=("cent",), language="pt"), True),
        (Rule(name="r", phrase="t.co", hashtags=("cent",), language="en"), False),
        (Rule(name="r"), True),
    ]:
        assert matches(rule, mention) is found, rule
    assert not matches(Rule(name="r", language="en"), said("hello"))


# ----------------------------------------------------------------------------------------------------------- cutting

NUMBER = regex.compile(r" \((\d+)/(\d+)\)$")
SOLID = regex.compile(r"https?://\S+|(?<!\w)[@#$]\w[\w.]*", regex.IGNORECASE)
ATTACHED = "e\u0301", "👩‍👩‍👧", "🇩🇪", "👍🏽", "각", "क्षि"

words = st.one_of(
    st.text("abc,.!?…。", min_size=1, max_size=9),
    st.text("abc", min_size=20, max_size=70),
    st.sampled_from(ATTACHED).flatmap(lambda g: st.integers(1, 15).map(lambda n: g * n)),
    st.sampled_from(
        [
            "https://acme.example/a?b=c",
            "(https://acme.example/x)",
            "@acme_care",
            "#cent",
            "これは@acmeへhttps://a.example/b",
            "$ACME",
        ]
    ),
    st.text(st.characters(exclude_categories=("Cs", "Cc")), min_size=1, max_size=6),
)
spaces = st.sampled_from([" ", " ", "  ", "\n", "\n\n", "\t"])
texts = st.lists(st.tuples(words, spaces), min_size=1, max_size=30).map(
    lambda pairs: "".join(w + s for w, s in pairs)
)


def squeezed(text: str) -> str:
    return "".join(text.split())


@given(texts, st.integers(40, 120))
@settings(max_examples=300)
@example("a" * 30 + " \u0301b", 40)
@example("x " * 300, 40)
def test_parts_fit_keep_all_and_never_cut_where_a_reader_would_not(text: str, limit: int) -> None:
    try:
        parts = cut(text, fits=lambda piece: len(piece) <= limit)
    except Rejected as error:
        assert error.reason == "too_long"  # noqa: PT017 - not every draw is refused
        longest = max((len(m.group()) for m in SOLID.finditer(text)), default=0)
        graphemes = max(len(g) for g in regex.findall(r"\X", text))
        assert max(longest, graphemes) > limit - 8 or len(text) > limit * 60
        return
    assert all(len(part) <= limit for part in parts)
    if len(parts) == 1:
        assert parts == (text.strip(),)
        return
    bare = []
    for number, part in enumerate(parts, 1):
        found = NUMBER.search(part)
        assert found is not None
        assert (int(found[1]), int(found[2])) == (number, len(parts))
        bare.append(part[: found.start()])
    assert all(piece == piece.strip() and piece for piece in bare)
    assert squeezed("".join(bare)) == squeezed(text)
    # where each part begins in the text, not counting space
    seams, at = set(), 0
    for piece in bare[:-1]:
        at += len(squeezed(piece))
        seams.add(at)
    for kind, pattern in (("grapheme", regex.compile(r"\X")), ("solid", SOLID)):
        for match in pattern.finditer(text.strip()):
            inner = match.group().strip()
            start = len(squeezed(text.strip()[: match.start()]))
            assert not seams & set(range(start + 1, start + len(squeezed(inner)))), (kind, match.group())


def test_cuts_fall_at_the_end_of_a_sentence_where_one_is_near() -> None:
    text = "We are sorry for this. Your line is open again. You owe us nothing at all, the cent is on us."
    parts = cut(text, fits=lambda piece: len(piece) <= 60)
    assert parts == (
        "We are sorry for this. Your line is open again. (1/2)",
        "You owe us nothing at all, the cent is on us. (2/2)",
    )
    parts = cut(
        "One paragraph here.\n\nAnother one. And more of it here.", fits=lambda piece: len(piece) <= 45
    )
    assert parts[0].startswith("One paragraph here.")


def test_a_hundred_parts_are_refused_and_ten_are_numbered() -> None:
    ten = cut("word " * 72, fits=lambda piece: len(piece) <= 40)
    assert len(ten) >= 10
    assert ten[9].endswith(f" (10/{len(ten)})")
    with pytest.raises(Rejected, match="more than 99"):
        cut("word " * 5000, fits=lambda piece: len(piece) <= 40)


def test_reject_refuses_and_a_text_that_fits_is_left_alone() -> None:
    assert cut(" short ", fits=lambda piece: len(piece) <= 10, overflow="reject") == ("short",)
    with pytest.raises(Rejected) as caught:
        cut("much too long", fits=lambda piece: len(piece) <= 10, overflow="reject")
    assert caught.value.reason == "too_long"


LINK = "https://acme.example/a"


@given(st.lists(words, min_size=10, max_size=30), st.integers(60, 120))
def test_truncate_link_keeps_the_beginning_and_the_last_link(those: list[str], limit: int) -> None:
    text = " ".join(those)
    assume(len(text) > limit and not text.rstrip().endswith(LINK))
    try:
        (one,) = cut(f"{text} {LINK}", fits=lambda piece: len(piece) <= limit, overflow="truncate_link")
    except Rejected as error:
        assert error.reason == "too_long"  # noqa: PT017 - not every draw is refused
        return
    assert len(one) <= limit
    assert one.endswith(f"… {LINK}")
    kept = one.removesuffix(f"… {LINK}")
    assert kept
    assert squeezed(text).startswith(squeezed(kept))


def test_truncate_link_takes_out_that_link_alone() -> None:
    text = f"See {LINK}/more for what happened and {LINK} for the rest of it, " + "which is long. " * 5
    (one,) = cut(text, fits=lambda piece: len(piece) <= 90, overflow="truncate_link")
    assert one.startswith(f"See {LINK}/more for")
    assert one.endswith(f"… {LINK}")
    for bad in ("no link here " * 9, f"{LINK} " * 1 + LINK + "x" * 100):
        with pytest.raises(Rejected):
            cut(bad, fits=lambda piece: len(piece) <= 40, overflow="truncate_link")


def test_one_link_that_is_too_long_is_refused_not_cut() -> None:
    with pytest.raises(Rejected, match="alone is longer"):
        cut("Look: https://acme.example/" + "x" * 100, fits=lambda piece: len(piece) <= 60)
