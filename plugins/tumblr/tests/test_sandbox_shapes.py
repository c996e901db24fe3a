"""Answers have the members and types of those that were recorded or are documented."""

from __future__ import annotations

import json
from typing import Any

import pytest

from plugins.tumblr.tests.sandbox_client import Caller, in_form, words
from socialdesk.wire import Form, Request
from socialdesk_tumblr.sandbox import TumblrSandbox

# Shops, and what a post brought in when it was recorded years ago: no part of what a helpdesk sees.
NOT_TOLD = {"liked_timestamp"}


@pytest.fixture
def recorded(shared):
    return lambda name: json.loads((shared / "recorded" / "tumblr" / name).read_text("utf-8"))


@pytest.fixture
def sandbox() -> TumblrSandbox:
    return TumblrSandbox()


@pytest.fixture
def call(sandbox):
    return Caller(sandbox)


def kind(value: Any) -> str:
    if isinstance(value, bool):
        return "truth"
    return "number" if isinstance(value, (int, float)) else type(value).__name__


def differences(ours: Any, theirs: Any, place: str = "") -> list[str]:
    """Where ours lacks a member that theirs has, or holds another type there; lists are compared by their firsts."""
    if theirs is None or (ours is None and kind(theirs) == "str"):
        return []
    if kind(ours) != kind(theirs):
        return [f"{place}: {kind(ours)} is not {kind(theirs)}"]
    if isinstance(theirs, list) and theirs:
        return differences(ours[0], theirs[0], f"{place}[0]") if ours else [f"{place}: empty"]
    found: list[str] = []
    for name, value in theirs.items() if isinstance(theirs, dict) else ():
        if name in NOT_TOLD:
            continue
        if name not in ours:
            found.append(f"{place}.{name}: missing")
        else:
            found += differences(ours[name], value, f"{place}.{name}")
    return found


def test_differences_are_found():
    theirs = {"a": [{"b": 1, "c": "x"}], "d": True}
    assert differences(theirs, theirs) == []
    assert differences({"a": [{"b": "1"}], "d": 1}, theirs) == [
        ".a[0].b: str is not number",
        ".a[0].c: missing",
        ".d: number is not truth",
    ]


def test_a_legacy_text_post_and_its_blog(sandbox, call, recorded):
    kim = sandbox.blog("customer-kim", asks=True)
    made = kim.submit(sandbox.account, "my photo", tags=["fan"])
    call.form("post/edit", id=made.id, state="published")
    ours = Caller(sandbox, "key")("GET", "/v2/blog/acme/posts").json()
    ours["response"]["posts"][0]["trail"] = []
    assert differences(ours, recorded("posts_blog_recorded_legacy_text.json")) == []


def test_an_npf_reblog(sandbox, call, recorded):
    first = sandbox.account.post("", blocks=[{**words("First"), "subtype": "heading1"}], tags=["a"])
    image = {"type": "image", "media": [{"url": "https://example.com/a.png", "type": "image/png"}]}
    marked = words("head", {"start": 0, "end": 2, "type": "bold"})
    call.reblog(first, marked, image, tags="b")
    ours = call.get("posts", npf="true")["posts"][0]
    theirs = recorded("post_npf_real_announcement.json")
    assert differences(ours, theirs) == []
    assert differences(ours["trail"][0]["blog"], theirs["trail"][0]["blog"]) == []
    assert differences(ours["content"][1]["media"], theirs["content"][1]["media"]) == []


def test_an_item_of_the_feed(sandbox, call, recorded):
    sandbox.blog("customer-kim").reply(sandbox.account.post("news"), "hello")
    ours = call("GET", "/v2/blog/acme/notifications").json()
    theirs = recorded("notifications_reply_partial_recorded.json")
    assert differences(ours, theirs) == []
    item, told = (answer["response"]["notifications"][0] for answer in (ours, theirs))
    same = ("type", "target_post_type", "target_root_post_id", "private_channel")
    assert [item[name] for name in same] == [told[name] for name in same]
    assert "id" not in item


def test_notes(sandbox, recorded):
    post = sandbox.account.post("news")
    kim = sandbox.blog("customer-kim")
    kim.like(post)
    kim.reblog(post)
    ours = Caller(sandbox, "key")("GET", "/v2/blog/acme/notes", {"id": post.id}).json()
    assert differences(ours, recorded("notes_mode_all.json")) == []
    like = recorded("notes_mode_all.json")["response"]["notes"][1]
    assert set(ours["response"]["notes"][1]) == set(like)


def test_an_answer(sandbox, call, recorded):
    ask = sandbox.blog("customer-kim").ask(sandbox.account, "why?")
    call.form("post/edit", id=ask.id, answer="<p>because</p>")
    ours = call("GET", "/v2/blog/acme/posts", {"id": ask.id}).json()
    theirs = recorded("legacy_answer_post.json")
    assert differences(ours, theirs) == []
    assert ours["response"]["posts"][0]["type"] == theirs["response"]["posts"][0]["type"]


def test_a_question_as_blocks(sandbox, call, recorded):
    sandbox.blog("customer-kim").ask(sandbox.account, "why?")
    [layout] = call.get("posts/submission", npf="true")["posts"][0]["layout"]
    theirs = recorded("npf_layout_ask.json")["layout"][0]
    theirs["attribution"]["blog"] = {"uuid": "", "name": "", "url": ""}
    assert differences(layout, theirs) == []
    assert set(layout) == set(theirs)


def test_a_mention(sandbox, recorded):
    sandbox.blog("david")
    sandbox.account.post("Shout out to @david")
    [post] = Caller(sandbox, "key").get("posts", npf="true")["posts"]
    ours, theirs = post["content"][0], recorded("npf_text_mention.json")
    assert differences(ours, theirs) == []
    assert (ours["text"], ours["formatting"][0]["start"], ours["formatting"][0]["end"]) == (
        theirs["text"],
        theirs["formatting"][0]["start"],
        theirs["formatting"][0]["end"],
    )


def test_who_one_is_and_how_much_is_left(call, recorded):
    assert differences(call("GET", "/v2/user/info").json(), recorded("user_info.json")) == []
    assert differences(call("GET", "/v2/user/limits").json(), recorded("user_limits.json")) == []


def test_blocks(sandbox, call, recorded):
    for index in range(21):
        sandbox.account.block(sandbox.blog(f"spam-{index}"))
    ours = call("GET", "/v2/blog/acme/blocks").json()
    theirs = recorded("blocks_list.json")
    theirs["response"]["_links"]["next"]["query_params"]["offset"] = "20"  # texts elsewhere, a number here
    assert differences(ours, theirs) == []


def test_a_token(sandbox, recorded):
    keys = sandbox.credentials
    fields = {name: keys[name] for name in ("client_id", "client_secret")}
    fields |= {"grant_type": "refresh_token", "refresh_token": keys["oauth2_refresh_token"]}
    answer = sandbox.send(Request("POST", f"{sandbox.base_url}/v2/oauth2/token", body=Form(fields)), 5)
    theirs = recorded("oauth2_token_response.json")
    assert differences(answer.json(), theirs) == []
    assert [answer.json()[name] for name in ("expires_in", "id_token", "token_type")] == [
        theirs[name] for name in ("expires_in", "id_token", "token_type")
    ]


def test_what_is_made_and_what_is_refused(sandbox, call, recorded):
    sandbox.tells_state = False
    made = call.write(words("hello")).json()
    assert differences(made, recorded("npf_create_201.json")) == []
    assert set(made["response"]) == {"id"}
    refused = call("POST", "/v2/blog/acme/posts", json={"content": "x"}).json()
    theirs = recorded("npf_create_error_8001.json")
    assert differences(refused, theirs) == []
    assert (set(refused), refused["errors"][0]["code"]) == (set(theirs), theirs["errors"][0]["code"])


def test_the_documented_body_with_a_picture_is_taken(sandbox, call, recorded):
    body = recorded("npf_create_request_image_multipart_json_part.json")
    form = in_form(body)
    part = b'\r\n--cut\r\nContent-Disposition: form-data; name="some-identifier"; filename="a.jpg"\r\n\r\n'
    form["body"] = form["body"].removesuffix(b"\r\n--cut--\r\n") + part + b"\xff\xd8\xff\r\n--cut--\r\n"
    assert call("POST", "/v2/blog/acme/posts", **form).status == 201


def test_the_recorded_refusals(sandbox, call, recorded):
    wrong = Caller(sandbox, "key", {**sandbox.credentials, "api_key": "x"})
    ours, theirs = wrong("GET", "/v2/blog/acme/posts").json(), recorded("error_401_recorded.json")
    assert differences(ours, theirs) == []
    assert (ours["meta"], ours["response"]) == (theirs["meta"], theirs["response"])
    post = sandbox.blog("customer-kim").post("hello")
    ours = call.form("post/reblog", id=post.id, reblog_key="wrong").json()
    theirs = recorded("error_404_recorded.json")
    assert differences(ours, theirs) == []
    assert (ours["meta"], ours["response"], ours["errors"][0]["code"]) == (theirs["meta"], [], 0)
