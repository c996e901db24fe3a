"""A status's HTML becomes the text that a person reads, and what it marks stands where it is said to stand."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from plugins.mastodon.tests.mastodon_pages import ME, shared_json
from socialdesk_mastodon.readable import readable
from socialdesk_mastodon.sandbox import MastodonSandbox
from socialdesk_mastodon.sandbox.rendering import render

ACME = {"id": ME, "acct": "acme", "url": "https://social.example/@acme"}
MENTION = '<a href="https://social.example/@acme" class="u-url mention">@<span>acme</span></a>'
LONG = (
    '<a href="https://shop.example/orders/4711?a=1&amp;b=2"><span class="invisible">https://</span>'
    '<span class="ellipsis">shop.example/orders/4711</span><span class="invisible">?a=1&amp;b=2</span></a>'
)


@pytest.mark.parametrize(
    ("content", "text"),
    [
        ("<p>one<br />two</p><p>three</p>", "one\ntwo\n\nthree"),
        ("<p>5 &lt; 6 &amp; &quot;so&quot; &nbsp;on</p>", '5 < 6 & "so" \xa0on'),
        ("<p>a<br><br>b</p>", "a\n\nb"),
        (f"<p>see {LONG}.</p>", "see https://shop.example/orders/4711?a=1&b=2."),
        ('<p><a href="https://shop.example/">our shop</a></p>', "our shop"),
        ("<ul><li>one</li><li>two</li></ul>", "- one\n- two"),
        ("<ol><li>one</li><li>two</li></ol>\n<p>so</p>", "1. one\n2. two\n\nso"),
        ("<p>said</p><blockquote><p>a</p><p>b</p></blockquote><p>no</p>", "said\n\n> a\n> \n> b\n\nno"),
        ("<pre><code>if x:\n    y</code></pre>", "if x:\n    y"),
        ("<p>a</p><script>alert(1)</script><p>b</p>", "a\n\nb"),
        ("no markup at all", "no markup at all"),
        ("", ""),
    ],
)
def test_as_a_person_reads_it(content: str, text: str) -> None:
    assert readable(content, {})[0] == text


def test_what_is_marked_stands_where_it_is_said_to() -> None:
    content = (
        f"<p>\N{FACE WITH TEARS OF JOY} {MENTION} &amp; :blob: see {LONG} "
        '<a href="https://social.example/tags/fail" class="mention hashtag">#<span>fail</span></a> :nope: :blob:</p>'
    )
    told = {"mentions": [ACME], "emojis": [{"shortcode": "blob", "url": "https://social.example/blob.png"}]}
    text, entities = readable(content, told)
    assert [text[entity["start"] : entity["end"]] for entity in entities] == [
        entity["text"] for entity in entities
    ]
    assert [(entity["kind"], entity["text"]) for entity in entities] == [
        ("mention", "@acme"),
        ("emoji", ":blob:"),
        ("url", "https://shop.example/orders/4711?a=1&b=2"),
        ("hashtag", "#fail"),
        ("emoji", ":blob:"),
    ]
    assert entities[0]["target"].value == ME


def test_a_mention_is_one_also_where_the_server_gives_it_no_class() -> None:
    content = '<p><a href="https://social.example/@acme">@acme@social.example</a> hello</p>'
    (entity,) = readable(content, {"mentions": [ACME]})[1]
    assert (entity["kind"], entity["text"]) == ("mention", "@acme@social.example")


def test_the_line_that_stands_in_for_a_quoted_status_is_left_out() -> None:
    content = (
        '<p class="quote-inline">RE: <a href="https://a.example/1">https://a.example/1</a></p><p>so true</p>'
    )
    assert readable(content, {}, quotes=True) == ("so true", [])


def test_what_was_recorded_of_a_real_server() -> None:
    told = shared_json("recorded", "mastodon", "notifications_mentions.json")["response"]["body"][0]["status"]
    text, entities = readable(told["content"], told)
    assert "<" not in text
    assert [entity["kind"] for entity in entities] == ["mention"]


@given(
    st.text(
        alphabet=st.one_of(st.characters(exclude_categories=("Cs",)), st.sampled_from("<>&;\"'/abp =")),
        max_size=200,
    )
)
def test_any_text_is_taken_and_every_mark_fits(content: str) -> None:
    text, entities = readable(content, {"mentions": [ACME], "emojis": [{"shortcode": "a", "url": None}]})
    for entity in entities:
        assert text[entity["start"] : entity["end"]] == entity["text"]


SANDBOX = MastodonSandbox()
LINE = st.text(alphabet=st.characters(exclude_categories=("C", "Z")), min_size=1, max_size=30)


@given(
    st.lists(st.lists(LINE, min_size=1, max_size=3).map("\n".join), min_size=1, max_size=3).map("\n\n".join)
)
def test_what_a_server_makes_of_a_text_is_read_as_that_text(text: str) -> None:
    rendered = render(text, SANDBOX.world.find, "social.example")
    told: dict[str, Any] = {"mentions": [{"id": user.id, "url": user.url} for user in rendered.mentions]}
    assert readable(rendered.content, told)[0] == text
