"""The rules for blocks: what is not as Tumblr's specification wants it is refused, and nothing is kept of it."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from plugins.tumblr.tests.sandbox_client import Caller, in_form, words
from socialdesk_tumblr.sandbox import TumblrSandbox

FAMILY = "👨‍👩‍👧‍👦"  # seven code points
LINK = {"type": "link", "url": "https://example.com/a"}
PICTURE = {"type": "image", "media": [{"url": "https://example.com/a.png", "width": 2, "height": 3}]}
FILM = {"type": "video", "url": "https://example.com/film"}


def span(start, end, kind="bold", **rest):
    return {"start": start, "end": end, "type": kind, **rest}


@pytest.fixture(scope="module")
def sandbox() -> TumblrSandbox:
    return TumblrSandbox()


@pytest.fixture
def call(sandbox):
    sandbox.reset()
    return Caller(sandbox)


BROKEN = {
    "no content": {"content": []},
    "only empty texts": {"content": [words(""), words("")]},
    "content is an object": {"content": {"type": "text", "text": "x"}},
    "a block is a text": {"content": ["x"]},
    "no type": {"content": [{"text": "x"}]},
    "unknown type": {"content": [{"type": "hologram"}]},
    "no text": {"content": [{"type": "text"}]},
    "text is a number": {"content": [{"type": "text", "text": 7}]},
    "long text": {"content": [words("x" * 4_097)]},
    "long family": {"content": [words(FAMILY * 586)]},
    "unknown subtype": {"content": [{**words("x"), "subtype": "heading3"}]},
    "deep indent": {"content": [{**words("x"), "subtype": "chat", "indent_level": 8}]},
    "formatting is an object": {"content": [{**words("x"), "formatting": {}}]},
    "range outside": {"content": [words("abc", span(0, 4))]},
    "range before": {"content": [words("abc", span(-1, 2))]},
    "empty range": {"content": [words("abc", span(1, 1))]},
    "range of texts": {"content": [words("abc", span("0", "1"))]},
    "range of truths": {"content": [words("abc", span(False, True))]},
    "unknown range": {"content": [words("abc", span(0, 1, "blink"))]},
    "link without url": {"content": [words("abc", span(0, 1, "link"))]},
    "link that is none": {"content": [words("abc", span(0, 1, "link", url="javascript:alert(1)"))]},
    "colour without #": {"content": [words("abc", span(0, 1, "color", hex="ff492f"))]},
    "mention without blog": {"content": [words("abc", span(0, 1, "mention"))]},
    "mention by name": {"content": [words("abc", span(0, 1, "mention", blog={"name": "acme"}))]},
    "mention of nobody": {"content": [words("abc", span(0, 1, "mention", blog={"uuid": "t:nobody"}))]},
    "image media is an object": {"content": [{"type": "image", "media": PICTURE["media"][0]}]},
    "image without media": {"content": [{"type": "image", "media": []}]},
    "image without address": {"content": [{"type": "image", "media": [{"width": 2}]}]},
    "image of width 0": {"content": [{"type": "image", "media": [{**PICTURE["media"][0], "width": 0}]}]},
    "image whose file is missing": {"content": [{"type": "image", "media": [{"identifier": "a"}]}]},
    "video media is an array": {"content": [{"type": "video", "media": [{"identifier": "a"}]}]},
    "video of nothing": {"content": [{"type": "video"}]},
    "link block without url": {"content": [{"type": "link", "title": "x"}]},
    "layout is an object": {"content": [words("x")], "layout": {}},
    "two layouts of a kind": {"content": [words("x")], "layout": [{"type": "rows", "display": [[0]]}] * 2},
    "unknown layout": {"content": [words("x")], "layout": [{"type": "spiral"}]},
    "rows without a block": {
        "content": [words("x"), words("y")],
        "layout": [{"type": "rows", "display": [{"blocks": [0]}]}],
    },
    "texts in one row": {
        "content": [words("x"), words("y")],
        "layout": [{"type": "rows", "display": [{"blocks": [0, 1]}]}],
    },
    "unknown state": {"content": [words("x")], "state": "loud"},
    "tags are an array": {"content": [words("x")], "tags": ["a"]},
    "unknown member": {"content": [words("x")], "contents": []},
    "publish_on in the past": {
        "content": [words("x")],
        "state": "queue",
        "publish_on": "2020-01-01T00:00:00Z",
    },
    "publish_on is no moment": {"content": [words("x")], "state": "queue", "publish_on": "soon"},
    "nobody may reblog": {"content": [words("x")], "interactability_reblog": "friends"},
    "hide_trail is a text": {"content": [words("x")], "hide_trail": "yes"},
    "1,001 blocks": {"content": [words("x")] * 1_001},
    "51 mentions": "mentions",
    "101 links": {
        "content": [
            words("x" * 101, *(span(i, i + 1, "link", url="https://example.com/") for i in range(101)))
        ]
    },
    "31 images": {"content": [PICTURE] * 31},
    "11 link blocks": {"content": [LINK] * 11},
    "11 videos": {"content": [FILM] * 11},
    "11 audios": {"content": [{"type": "audio", "url": "https://example.com/song"}] * 11},
    "over a megabyte": {"content": [words("x" * 4_096)] * 250},
}


@pytest.mark.parametrize("body", BROKEN.values(), ids=BROKEN.keys())
def test_what_does_not_fit_is_refused(sandbox, call, body):
    if body == "mentions":
        blog = {"uuid": sandbox.account.uuid}
        body = {"content": [words("x" * 51, *(span(i, i + 1, "mention", blog=blog) for i in range(51)))]}
    answer = call("POST", "/v2/blog/acme/posts", json=body)
    told = answer.json()
    assert (answer.status, told["meta"]["msg"]) == (400, "Bad Request")
    assert told["errors"][0]["code"] == 8001
    assert len(told["errors"][0]["title"]) > 5
    assert sandbox.account.posts == []


GOOD = {
    "4,096 characters": [words("x" * 4_096)],
    "585 families": [words(FAMILY * 585)],
    "every range": [
        words(
            "abcdefg",
            *(span(0, 7, kind) for kind in ("bold", "italic", "strikethrough", "small")),
            span(1, 2, "link", url="https://example.com/?a=1"),
            span(2, 3, "color", hex="#ff492f"),
        )
    ],
    "every subtype": [
        {**words("x"), "subtype": kind}
        for kind in "heading1 heading2 quirky quote indented chat ordered-list-item unordered-list-item".split()
    ],
    "pictures, films and links": [PICTURE] * 30 + [FILM] * 10 + [LINK] * 10,
    "1,000 blocks": [words("x")] * 1_000,
}


@pytest.mark.parametrize("content", GOOD.values(), ids=GOOD.keys())
def test_what_fits_is_kept_as_it_was(sandbox, call, content):
    assert call.write(*content).status == 201
    [post] = call.get("posts", npf="true")["posts"]
    assert [{**block} for block in post["content"] if block["type"] == "text"] == [
        block for block in content if block["type"] == "text"
    ]
    assert len(post["content"]) == len(content)


@given(st.text(max_size=40), st.integers(-2, 45), st.integers(-2, 45))
@settings(max_examples=150, deadline=None)
def test_ranges_count_code_points(sandbox, text, start, end):
    sandbox.reset()
    answer = Caller(sandbox).write(words("head"), words(text, span(start, end)), words("tail"))
    assert (answer.status == 201) == (0 <= start < end <= len(text))


def test_empty_texts_at_the_edges_are_trimmed(call):
    call.write(words(""), words("a"), words(""), words("b"), words(""), words(""))
    [post] = call.get("posts", npf="true")["posts"]
    assert [block["text"] for block in post["content"]] == ["a", "", "b"]


def test_a_layout_of_rows_is_kept_and_a_condensed_one_is_not(call):
    rows = {"type": "rows", "display": [{"blocks": [0, 1]}, {"blocks": [2]}]}
    condensed = {"type": "condensed", "truncate_after": 0}
    assert call.write(PICTURE, PICTURE, words("x"), layout=[rows, condensed]).status == 201
    assert call.get("posts", npf="true")["posts"][0]["layout"] == [rows]


def test_only_an_answer_has_the_layout_of_one(call):
    answer = call.write(words("x"), layout=[{"type": "ask", "blocks": [0]}])
    assert (answer.status, answer.json()["errors"][0]["code"]) == (400, 8016)


def test_a_reblog_takes_no_video_and_may_say_nothing(sandbox, call):
    post = sandbox.blog("customer-kim").post("hello")
    answer = call.reblog(post, FILM)
    assert (answer.status, answer.json()["errors"][0]["code"]) == (403, 8008)
    assert call.reblog(post).status == 201
    assert [item.wire for item in post.blog.activity] == ["reblog_naked"]


@pytest.mark.parametrize(
    "form",
    [
        {"body": b"{", "headers": {"Content-Type": "application/json"}},
        {"body": b"[]", "headers": {"Content-Type": "application/json"}},
        {"body": b"content=x", "headers": {"Content-Type": "application/x-www-form-urlencoded"}},
        {"body": b"--cut--", "headers": {"Content-Type": "multipart/form-data; boundary=cut"}},
        {"body": b"--cut\r\n", "headers": {"Content-Type": "multipart/form-data; boundary=cut"}},
        {
            "body": b'--cut\r\nContent-Disposition: form-data; name="json"\r\n\r\n{}\r\n--cut--',
            "headers": {"Content-Type": "multipart/form-data; boundary=cut"},
        },
    ],
    ids=["no JSON", "an array", "a form", "no parts", "cut off", "a part that is no JSON"],
)
def test_a_body_that_cannot_be_read(sandbox, call, form):
    call = Caller(sandbox, "oauth2")
    assert call("POST", "/v2/blog/acme/posts", **form).status == 400
    assert sandbox.account.posts == []


def test_the_part_json_comes_first(sandbox, call):
    form = in_form({"content": [words("x")]}, pic0=b"x")
    head, _, rest = form["body"].partition(b"\r\n--cut\r\n")
    turned = b"--cut\r\n" + rest.removesuffix(b"\r\n--cut--\r\n") + b"\r\n" + head + b"\r\n--cut--\r\n"
    assert call("POST", "/v2/blog/acme/posts", **{**form, "body": turned}).status == 400
    named = form["body"].replace(b'name="json"', b'name="body"')
    assert call("POST", "/v2/blog/acme/posts", **{**form, "body": named}).status == 400
    assert call("POST", "/v2/blog/acme/posts", **form).status == 201


def test_npf_posts_come_as_html_in_the_older_form(sandbox, call):
    kim = sandbox.blog("customer-kim")
    blog = {"uuid": kim.uuid}
    call.write(
        {**words("Sundays & more"), "subtype": "heading1"},
        words("@customer-kim is <here>", span(0, 13, "mention", blog=blog), span(0, 13)),
        words("a\nb", span(0, 1, "link", url="https://example.com/?a=1&b=2")),
    )
    [post] = call.get("posts")["posts"]
    assert post["type"] == "text"
    assert post["is_blocks_post_format"] is True
    assert post["body"] == (
        "<h1>Sundays &amp; more</h1>"
        '<p><a class="tumblelog" href="https://customer-kim.tumblr.com/"><b>@customer-kim</b></a> is &lt;here&gt;</p>'
        '<p><a href="https://example.com/?a=1&amp;b=2" target="_blank">a</a><br>b</p>'
    )


def test_html_comes_as_blocks_and_only_marked_names_are_mentions(sandbox, call):
    kim = sandbox.blog("customer-kim")
    sandbox.blog("customer-lee")
    html = '<h2>Hi</h2><p><a class="tumblelog">@customer-kim</a> and @customer-lee: <em>yes</em></p>'
    html += "<ul><li>one</li></ul>"
    assert call.form("post", type="text", body=html).status == 201
    [post] = call.get("posts", npf="true")["posts"]
    heading, line, item = post["content"]
    assert (heading["subtype"], item["subtype"]) == ("heading2", "unordered-list-item")
    assert line["text"] == "@customer-kim and @customer-lee: yes"
    assert [(one["type"], one["start"], one["end"]) for one in line["formatting"]] == [
        ("mention", 0, 13),
        ("italic", 33, 36),
    ]
    assert line["formatting"][0]["blog"]["uuid"] == kim.uuid
    assert [item.wire for item in kim.activity] == ["user_mention"]
    assert sandbox.blog("customer-lee").activity == []
