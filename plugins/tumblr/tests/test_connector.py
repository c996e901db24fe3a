"""What the connector asks, and what it makes of the answers."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from html import unescape
from typing import Any
from unicodedata import normalize

import orjson
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from plugins.tumblr.tests.tumblr_pages import (
    APP,
    AT,
    KIM,
    LEE,
    ME,
    NOW,
    OAUTH1,
    OURS,
    answer,
    connector,
    leading_on,
    notes_topic,
    notification,
    post,
    refusal,
    reply_note,
    text_block,
    trail_item,
    window,
)
from socialdesk.connector import Gone, Notice, Part, Raw, Standing, Stub, Window
from socialdesk.errors import AuthError, ConfigError, RateLimited, Rejected, Unavailable
from socialdesk.models import Attachment, Author, ExternalId, Mention, Reply, Rule
from socialdesk.registry import Registry
from socialdesk.testing import replay
from socialdesk.wire import Request, Response
from socialdesk_tumblr import legacy, npf
from socialdesk_tumblr.connector import TumblrConnector
from socialdesk_tumblr.ids import reply_id, reply_of


def pid(blog: str, number: str) -> ExternalId:
    return ExternalId("tumblr", "post", f"{blog}/{number}")


def parsed(shape: str, body: dict[str, Any]) -> Any:
    return connector().parse(Raw(shape, body))


def mention(shape: str, body: dict[str, Any]) -> Mention:
    item = parsed(shape, body)
    assert isinstance(item, Mention)
    return item


def by_feed(item: dict[str, Any], **more: Any) -> Mention:
    return mention("notification", {"item": item, **more})


def by_notes(note: dict[str, Any], post: str = f"{ME}/{OURS}", root: str | None = f"{ME}/{OURS}") -> Mention:
    return mention("note", {"note": note, "post": post, "root": root, "public": True, "handle": "acme-help"})


# ----------------------------------------------------------------------------------------------------- settings


@pytest.mark.parametrize(
    ("given_", "named"),
    [
        ({}, ["consumer_key", "blog"]),
        ({"access_token": "S3CRET"}, ["access_token_secret", "consumer_key", "consumer_secret"]),
        ({"consumer_key": "k", "oauth2_refresh_token": "S3CRET"}, ["consumer_secret"]),
        ({"consumer_key": "k", "blog": "no spaces"}, ["blog"]),
        ({"consumer_key": "k", "blog": "acme", "base_url": "http://api.example.com"}, ["base_url"]),
    ],
)
def test_all_that_is_wrong_is_told_at_once_and_no_secret(given_: dict[str, Any], named: list[str]) -> None:
    with pytest.raises(ConfigError) as caught:
        Registry().connect("tumblr", given_)
    assert [problem.partition(":")[0] for problem in caught.value.problems] == named
    assert "S3CRET" not in str(caught.value)


@pytest.mark.parametrize("agent", ["", "two\r\nlines", "é", " leading"])
def test_a_user_agent_that_no_header_may_hold_is_refused(agent: str) -> None:
    with pytest.raises(ConfigError, match="user_agent"):
        Registry().connect("tumblr", {**OAUTH1, **APP, "user_agent": agent})


@pytest.mark.parametrize("blog", ["acme-help", "acme-help.tumblr.com", ME, "@acme-help", "help.acme.example"])
def test_the_blog_is_found_by_any_of_its_names_and_its_uuid_is_kept(blog: str) -> None:
    fresh = TumblrConnector(
        TumblrConnector.Config.model_validate({**OAUTH1, "blog": blog}), TumblrConnector.App(**APP)
    )
    mine = [
        {"name": "other", "uuid": KIM, "primary": True},
        {"name": "acme-help", "uuid": ME, "url": "https://help.acme.example/", "title": "Acme"},
    ]
    profile = replay(fresh.identify(), [answer({"user": {"blogs": mine}})]).result
    assert (profile.id, profile.handle, profile.display_name) == (ME, "acme-help", "Acme")


# -------------------------------------------------------------------------------------------- one reply, two ways

texts = st.text(st.characters(exclude_categories=("Cs", "Cc")), min_size=1, max_size=200)
moments = st.integers(1_000_000_000, 4_000_000_000)


@given(text=texts, second=moments, micro=st.integers(0, 999_999), root=st.sampled_from([OURS, "77"]))
def test_a_reply_is_the_same_mention_by_the_feed_and_by_the_notes(
    text: str, second: int, micro: int, root: str
) -> None:
    """The notes tell a fraction of the second, and may be asked of another post of the thread than was replied to."""
    under = {"target_root_post_id": None if root == OURS else root}
    told = by_feed(notification(at=second, reply_text=text, **under), root=f"{ME}/{root}")
    noted = by_notes(
        reply_note(at=(second * 1_000_000 + micro) / 1_000_000, reply_text=text),
        post=f"{ME}/{root}",
        root=f"{ME}/{root}",
    )
    unlike = {"provenance", "url", "subject", "in_reply_to"} if root != OURS else {"provenance"}
    unlike |= {*told.provenance.missing, *noted.provenance.missing}
    assert told.id == noted.id
    assert told.model_dump(exclude=unlike) == noted.model_dump(exclude=unlike)
    assert set(told.provenance.missing) == {"entities", "visibility"}
    assert noted.provenance.missing == ()
    assert reply_of(told.id) == (root, KIM, second)


@given(
    st.lists(
        st.tuples(st.sampled_from([OURS, "77"]), st.sampled_from([KIM, LEE]), moments, texts), unique=True
    )
)
def test_other_replies_have_other_ids(replies: list[tuple[str, str, int, str]]) -> None:
    said = {(root, by, at, " ".join(_compared(text))) for root, by, at, text in replies}
    assert len({reply_id(*reply) for reply in replies}) == len(said)


def _compared(text: str) -> list[str]:
    return " ".join(normalize("NFC", unescape(text)).split())[:64].split(" ")


@given(
    text=st.text(st.characters(categories=("L", "N", "P", "S")), min_size=70, max_size=300),
    cut=st.integers(64, 300),
)
def test_a_way_that_cuts_a_long_reply_gives_the_same_id(text: str, cut: int) -> None:
    assume("&" not in text)
    assert reply_id(OURS, KIM, AT, text) == reply_id(OURS, KIM, AT, text[:cut])


def test_a_mention_in_a_reply_is_one_with_the_reply() -> None:
    item = notification("note_mention", reply_text="@acme-help is the shop open?")
    reply = notification("reply", reply_text="@acme-help is the shop open?")
    assert by_feed(item) == by_feed(reply)
    elsewhere = by_feed({**item, "target_tumblelog_uuid": LEE, "target_tumblelog_name": "customer-lee"})
    assert (elsewhere.kind, elsewhere.subject, elsewhere.in_reply_to) == ("mention", None, pid(LEE, OURS))


# ------------------------------------------------------------------------------------------------- the activity feed


@pytest.mark.parametrize(
    ("filtered", "on_the_wire"),
    [("reply", "reply_to_comment"), ("mention_in_reply", "note_mention"), ("reblog_with_content", "reblog")],
)
def test_both_spellings_of_a_type_are_read(filtered: str, on_the_wire: str) -> None:
    more = {"reply_text": "hello", "post_id": "12", "added_text": "hello", "post_tags": []}
    assert by_feed(notification(filtered, **more)) == by_feed(notification(on_the_wire, **more))


def test_a_mention_in_a_post_is_looked_up_since_the_feed_tells_a_summary() -> None:
    for kind in ("user_mention", "mention_in_post"):
        stub = parsed("notification", {"item": notification(kind, target_post_id="11", by=LEE)})
        assert stub == Stub(id=pid(LEE, "11"))
    cut = notification("reblog", post_id="12", added_text="it goes on and…", by=LEE)
    assert parsed("notification", {"item": cut}) == Stub(id=pid(LEE, "12"))


def test_likes_and_follows_are_no_mentions_and_what_is_unknown_is_told() -> None:
    for kind in ("like", "follower", "follow", "ask", "ask_answer", "conversational_note", "generic"):
        assert parsed("notification", {"item": notification(kind)}) is None
    notice = parsed("notification", {"item": notification("poke")})
    assert isinstance(notice, Notice)
    assert (notice.code, "poke" in notice.text) == ("unknown_notification", True)


def test_reblogs_are_quotes_where_they_say_something() -> None:
    quote = by_feed(
        notification("reblog", post_id="12", added_text="and on sunday?", post_tags=["acme"], by=LEE)
    )
    bare = by_feed(notification("reblog_naked", post_id="13", post_tags=["so true"], by=LEE))
    assert (quote.kind, quote.id, quote.text) == ("quote", pid(LEE, "12"), "and on sunday?\n\n#acme")
    assert (quote.quotes, quote.conversation) == (pid(ME, OURS), pid(ME, OURS))
    assert (bare.kind, bare.text, bare.quotes) == ("repost", "#so true", None)
    assert "text" in quote.provenance.missing


def test_the_thread_is_asked_for_where_a_reply_stands_under_a_reblog_of_ours() -> None:
    told = {
        "notifications": [
            notification(target_root_post_id="11"),
            notification(target_root_post_id="11", at=AT - 1),
        ]
    }
    ours = post(OURS, text_block("Sorry!"), by=ME, trail=[trail_item("11", LEE, text_block("my order"))])
    done = replay(connector().fetch(window("notifications")), [answer(told), answer(ours)])
    assert len(done.requests) == 2
    found = [connector().parse(raw) for raw in done.result.items]
    assert [one.conversation for one in found if isinstance(one, Mention)] == [pid(LEE, "11")] * 2
    cannot = replay(
        connector().fetch(window("notifications")), [answer(told), answer({"nothing": "here"})]
    ).result
    first = connector().parse(cannot.items[0])
    assert isinstance(first, Mention)
    assert (first.conversation, "conversation" in first.provenance.missing) == (None, True)


class Feed:
    """An activity feed of one item a number, asked for in pages of whole seconds."""

    def __init__(self, seconds: list[int], size: int) -> None:
        self.items = [
            notification(at=AT + second, reply_text=f"reply {number}")
            for number, second in enumerate(seconds)
        ]
        self.items.sort(key=lambda item: -item["timestamp"])
        self.size = size

    def page(self, request: Request) -> Response:
        before = request.params.get("before")
        items = [item for item in self.items if before is None or item["timestamp"] < int(before)]
        told: dict[str, Any] = {"notifications": items[: self.size]}
        if len(items) > self.size:
            told = leading_on(told, before=str(items[self.size - 1]["timestamp"]))
        return answer(told)

    def walk(
        self, since: str | None = None, until: str | None = None, *, pages: int = 99
    ) -> tuple[list[str], Any]:
        """What a walk gives, and the last page; it ends after so many pages."""
        tumblr, found, first = connector(), [], None
        asked: Window = window("notifications", since=since, until=until)
        for _ in range(pages):
            coroutine = tumblr.fetch(asked)
            request = coroutine.send(None)
            assert isinstance(request, Request)
            try:
                coroutine.send(self.page(request))
            except StopIteration as stop:
                page = stop.value
            found += [raw.body["item"]["reply_text"] for raw in page.items]
            first = first or page
            if page.next is None:
                return found, first
            asked = replace(asked, page=page.next, until=None)
        return found, page


@given(st.lists(st.integers(0, 12), max_size=40), st.integers(6, 12))
def test_items_of_one_second_at_a_pages_edge_are_neither_lost_nor_doubled(
    seconds: list[int], size: int
) -> None:
    feed = Feed(seconds, size)
    crowded = any(seconds.count(second) >= size for second in seconds)
    found, first = feed.walk()
    assert len(found) == len(set(found))
    if not crowded:
        assert len(found) == len(seconds)
    if first is not None and first.resume is not None and not crowded and len(seconds) <= size:
        assert feed.walk(since=first.resume)[0] == []


@given(st.lists(st.integers(0, 30), min_size=1, max_size=40), st.lists(st.integers(0, 60), max_size=10))
def test_what_came_late_is_heard_and_what_was_heard_is_not_heard_again(
    old: list[int], new: list[int]
) -> None:
    before = Feed(old, 100)
    _, first = before.walk()
    after = Feed([*old, *new], 100)
    found, _ = after.walk(since=first.resume)
    assert sorted(found) == sorted(f"reply {len(old) + number}" for number in range(len(new)))


def test_more_in_one_second_than_a_page_holds_is_told_and_does_not_stop_the_walk() -> None:
    feed = Feed([5] * 30 + [1, 2], 10)
    tumblr, asked, notices = connector(), window("notifications"), []
    for _ in range(9):
        coroutine = tumblr.fetch(asked)
        request: Any = coroutine.send(None)
        with pytest.raises(StopIteration) as stop:
            coroutine.send(feed.page(request))
        page = stop.value.value
        notices += [notice.code for notice in page.notices]
        if page.next is None:
            break
        asked = replace(asked, page=page.next)
    assert page.next is None
    assert notices == ["crowded_second"]
    assert {"reply 30", "reply 31"} <= {raw.body["item"]["reply_text"] for raw in page.items}


# ------------------------------------------------------------------------------------------------- posts and notes


def test_our_posts_tell_whose_notes_to_walk() -> None:
    mine = post(
        "5",
        text_block("a reblog of ours"),
        by=ME,
        note_count=7,
        trail=[trail_item(OURS, ME, text_block("x"))],
    )
    listed = [
        {**mine, "id": 6, "id_string": "6", "note_count": 9},
        {
            **post("7", text_block("x"), by=ME, note_count=900),
            "trail": [trail_item("11", LEE, text_block("x"))],
        },
        mine,
        post(OURS, text_block("news"), by=ME, note_count=9),
        post("8", text_block("quiet"), by=ME, note_count=0),
        post("9", text_block("old"), by=ME, note_count=3, timestamp=AT - 40 * 86_400),
    ]
    page = replay(connector().fetch(window("posts")), [answer({"posts": listed})]).result
    told = {topic.key: (topic.data["notes"], topic.stream) for topic in page.topics}
    # 6 has the notes of its thread, 7 stands in a big thread of somebody else's, and 5 has notes of its own
    assert told == {f"{ME}/{OURS}": (9, "notes"), f"{ME}/5": (7, "notes")}
    assert (page.again_in, len(page.items)) == (300, 6)


def test_notes_are_asked_for_as_the_link_says_since_the_unit_changes_with_the_mode() -> None:
    told = leading_on(
        {"notes": [reply_note(), reply_note(at=AT - 4000.5, by=LEE)], "total_likes": 30, "total_reblogs": 9},
        id=OURS,
        mode="conversation",
        before_timestamp="1763801599500000",
        api_key="of somebody",
    )
    first = replay(connector().fetch(window("notes", topics=(notes_topic(),))), [answer(told)])
    assert first.requests[0].params == {"id": OURS, "mode": "conversation"}
    assert [raw.shape for raw in first.result.items] == ["note", "note", "counts"]
    assert first.result.next is not None
    again = replay(
        connector().fetch(window("notes", topics=(notes_topic(),), page=first.result.next)),
        [answer({"notes": []})],
    )
    assert again.requests[0].params == {
        "id": OURS,
        "mode": "conversation",
        "before_timestamp": "1763801599500000",
    }
    resumed = window("notes", topics=(notes_topic(),), until=first.result.span[0])
    cut = replay(connector().fetch(resumed), [answer({"notes": []})])
    assert cut.requests[0].params["before_timestamp"] == "1763801599500001"
    patch = parsed("counts", first.result.items[2].body)
    assert (patch.id, patch.changes["metrics"].likes) == (pid(ME, OURS), 30)


def test_notes_stop_at_what_is_known() -> None:
    told = leading_on({"notes": [reply_note(), reply_note(at=AT - 5000.0, by=LEE)]}, before_timestamp="1")
    since = str(AT * 1_000_000)
    page = replay(
        connector().fetch(window("notes", topics=(notes_topic(),), since=since)), [answer(told)]
    ).result
    assert (len(page.items), page.next, page.end) == (2, None, "reached")


# ------------------------------------------------------------------------------------------------------ the inbox


def asks(numbers: range) -> dict[str, Any]:
    return {
        "posts": [
            post(str(number), text_block("?"), by=ME, state="submission", timestamp=AT + number)
            for number in numbers
        ]
    }


def test_an_ask_that_is_answered_while_the_inbox_is_read_hides_no_other() -> None:
    since = window("asks")
    first = replay(connector().fetch(since), [answer(asks(range(60, 40, -1)))]).result
    # meanwhile 41, the last of the page, and two more are answered: all others move up
    second = replay(connector().fetch(replace(since, page=first.next)), [answer(asks(range(37, 17, -1)))])
    assert second.requests[0].params["offset"] == "19"
    assert (list(second.result.items), second.result.next is not None) == ([], True)
    third = replay(
        connector().fetch(replace(since, page=second.result.next)), [answer(asks(range(60, 40, -1)))]
    )
    assert third.requests[0].params["offset"] == "0"


@pytest.mark.parametrize(
    ("more", "kind", "author", "text"),
    [
        ({"asking_name": "Anonymous", "question": "<p>a &amp; b?</p>"}, "ask", "Anonymous", "a & b?"),
        ({"layout": [{"type": "ask", "blocks": [0]}]}, "ask", "Anonymous", "hello"),
        ({"is_submission": True, "anonymous_name": "Jo"}, "other", "Jo", "hello"),
    ],
)
def test_what_lies_in_the_inbox(more: dict[str, Any], kind: str, author: str, text: str) -> None:
    said = mention("post", post("5", text_block("hello"), by=ME, state="submission", **more))
    assert (said.kind, said.author.display_name, said.text) == (kind, author, text)
    assert (said.direction, said.visibility) == ("inbound", "direct")


# ------------------------------------------------------------------------------------------------------------ posts


def test_a_reblog_stands_in_its_thread() -> None:
    trail = [trail_item(OURS, ME, text_block("news")), trail_item("11", LEE, text_block("what?"))]
    said = mention("post", post("12", text_block("me too"), by=KIM, trail=trail))
    assert (said.kind, said.conversation) == ("quote", pid(ME, OURS))
    assert (said.in_reply_to, said.quotes, said.subject) == (pid(LEE, "11"), pid(LEE, "11"), pid(ME, OURS))
    broken = [{"broken_blog_name": "gone", "content": [text_block("x")]}, *trail[1:]]
    lost = mention("post", post("12", text_block("me too"), by=KIM, trail=broken))
    assert (lost.conversation, lost.in_reply_to) == (None, pid(LEE, "11"))
    assert "conversation" in lost.provenance.missing


def test_a_post_that_was_a_draft_remembers_its_first_id() -> None:
    said = mention("post", post("12", text_block("news"), by=ME, genesis_post_id="10"))
    assert (said.id, said.aliases, said.direction) == (pid(ME, "12"), (pid(ME, "10"),), "outbound_native")


def test_what_is_not_told_to_be_public_is_not_taken_for_it() -> None:
    told = post("12", text_block("x"))
    del told["state"]
    said = mention("post", told)
    assert (said.visibility, said.provenance.missing) == ("unknown", ("visibility",))
    assert mention("post", post("12", text_block("x"), by=ME, state="private")).visibility == "direct"


def test_blocks_of_every_kind_are_read() -> None:
    image = {
        "type": "image",
        "media": [{"url": "https://64.media/a.png?sig=1", "type": "image/png", "width": 9}],
    }
    blocks = [
        text_block("Buy", subtype="heading1"),
        text_block("one", subtype="ordered-list-item"),
        text_block("two", subtype="ordered-list-item"),
        {
            "type": "link",
            "url": "https://t.umblr.com/redirect?z=https%3A%2F%2Facme.test%2F&t=x",
            "title": "Acme",
        },
        {**image, "alt_text": "a box", "caption": "our box"},
        {"type": "video", "provider": "youtube", "url": "https://video.test/1", "duration": 1500},
        {"type": "paywall", "subtype": "cta"},
    ]
    found = npf.read(blocks)
    assert found.text == "Buy\n\none\ntwo\n\nAcme\nhttps://acme.test/\n\nour box"
    assert [entity["url"] for entity in found.entities] == ["https://acme.test/"]
    kinds = [(one["kind"], one.get("alt_text"), one.get("duration")) for one in found.attachments]
    assert kinds == [("image", "a box", None), ("video", None, 1.5)]
    resigned = npf.read([{**image, "media": [{**image["media"][0], "url": "https://64.media/a.png?sig=2"}]}])
    assert resigned.attachments[0]["id"] == found.attachments[0]["id"]


@given(st.lists(st.text(max_size=30), max_size=6), st.integers(-2, 40), st.integers(-2, 40))
def test_offsets_always_fit_the_text(paragraphs: list[str], start: int, end: int) -> None:
    marks = [{"start": start, "end": end, "type": "mention", "blog": {"uuid": ME, "name": "acme-help"}}]
    found = npf.read([text_block(text, formatting=marks) for text in paragraphs])
    found.tag(paragraphs)
    for entity in found.entities:
        assert found.text[entity["start"] : entity["end"]] == entity["text"] != ""


@given(st.text(max_size=9000), st.booleans())
def test_text_is_written_in_blocks_that_tumblr_takes_and_nothing_is_lost(text: str, named: bool) -> None:
    blocks = npf.written(text, ("customer-lee", LEE) if named else None)
    assert all(0 < len(block["text"]) <= npf.LONGEST_BLOCK for block in blocks)
    assert "".join("".join(block["text"].split()) for block in blocks) == "".join(text.split())
    for block in blocks:
        for mark in block.get("formatting", ()):
            assert 0 <= mark["start"] < mark["end"] <= len(block["text"])


def test_html_is_read_as_people_see_it() -> None:
    found = legacy.plain(
        '<h2>News &amp; more</h2><p>See <a href="https://acme.test/a">our <b>page</b></a>, soon.<br/>Bye'
        '<script>alert(1)</script></p><ul><li>one</li><li>two</li></ul><img src="https://x.test/a.png" alt="box">'
    )
    assert found.text == "News & more\n\nSee our page, soon.\nBye\n\none\ntwo"
    assert [(entity["text"], entity["url"]) for entity in found.entities] == [
        ("our page", "https://acme.test/a")
    ]
    assert found.attachments[0]["alt_text"] == "box"


@given(st.text(alphabet="<>ab &;/\"'=p\n", max_size=60))
def test_any_html_is_read_without_fail(html: str) -> None:
    found = legacy.plain(html)
    for entity in found.entities:
        assert found.text[entity["start"] : entity["end"]] == entity["text"]


# -------------------------------------------------------------------------------------------- limits and refusals


@pytest.mark.parametrize(
    ("headers", "bucket", "seconds"),
    [
        (("0", "753", "4106", "76341"), "hour", 753),
        (("610", "753", "0", "76341"), "day", 76341),
        (("0", "753", "0", "76341"), "day", 76341),
        (("610", "753", "4106", "76341"), None, None),
    ],
)
def test_a_429_says_which_window_is_used_up_in_seconds_left(
    headers: tuple[str, ...], bucket: str | None, seconds: int | None
) -> None:
    names = ("Perhour-Remaining", "Perhour-Reset", "Perday-Remaining", "Perday-Reset")
    told = {f"X-Ratelimit-{name}": value for name, value in zip(names, headers, strict=True)}
    limited = Response(429, told, b"", received_at=NOW)
    error = connector().check(limited)
    assert isinstance(error, RateLimited)
    assert error.bucket == bucket
    assert error.retry_at == (None if seconds is None else NOW + timedelta(seconds=seconds))
    hour = next(reading for reading in connector().read_limits(limited) if reading.bucket == "hour")
    assert hour.resets_at == NOW + timedelta(seconds=753)


def test_the_apps_quota_is_shared_by_its_blogs_and_every_request_draws_on_it() -> None:
    limits = {limit.bucket: limit for limit in connector().limits}
    assert {name: limits[name].shared_by for name in ("hour", "day", "minute")} == {
        "hour": "app",
        "day": "app",
        "minute": "ip",
    }
    done = replay(connector().fetch(window("asks")), [answer({"posts": []})])
    assert set(done.requests[0].spends) == {"hour", "day", "minute"}


@pytest.mark.parametrize(
    ("response", "kind"),
    [
        (refusal(400, 8005), Rejected),
        (refusal(401), AuthError),
        (refusal(403), Rejected),
        (refusal(404), Rejected),
        (refusal(500, 8006), Unavailable),
        (Response(400, body=b'{"meta": {}, "response": {"errors": ["It is too long"]}}'), None),
        (Response(400, body=b'{"meta": {}, "response": "", "errors": ["No"]}'), None),
        (Response(400, body=b'{"response": {"errors": [{"code": 8005}]}}'), Rejected),
    ],
)
def test_errors_are_read_in_each_of_their_forms(response: Response, kind: type[Exception] | None) -> None:
    error = connector().check(response)
    assert type(error) is (type(None) if kind is None else kind)


def test_a_post_that_is_gone_is_told_so() -> None:
    gone = parsed("gone", {"post": f"{LEE}/11", "state": "deleted"})
    assert gone == Gone(id=pid(LEE, "11"), state="deleted")


# ---------------------------------------------------------------------------------------------- rules and verdicts


@pytest.mark.parametrize(
    ("rule", "tags", "exact"),
    [
        (Rule(name="r", hashtags=("#Acme", "acme  cable")), ["acme", "acme cable"], True),
        (Rule(name="r", hashtags=("acme",), none_of=("jobs",)), ["acme"], False),
        (Rule(name="r", phrase="acme cable"), ["acme cable"], False),
        (Rule(name="r", any_of=("acme", "akme")), ["acme", "akme"], False),
    ],
)
def test_a_rule_is_asked_for_as_tags(rule: Rule, tags: list[str], exact: bool) -> None:
    topics = connector().queries(rule)
    assert [topic.data["tag"] for topic in topics] == tags
    assert {topic.exact for topic in topics} == {exact}


def test_a_rule_without_a_word_cannot_be_searched_for() -> None:
    with pytest.raises(Rejected, match="tags alone"):
        connector().queries(Rule(name="r", urls=("acme.test",)))


def verdicts(target: Mention) -> dict[str, tuple[bool, str | None]]:
    return {
        action.name: (action.allowed, action.reason)
        for action in connector().actions(Standing(now=NOW, target=target))
    }


def test_what_may_be_done_and_why_not() -> None:
    reply = verdicts(by_feed(notification()))
    assert reply["reply"][0]
    assert "lets no app post a bare reply" in str(reply["reply"][1])
    assert reply["private"] == (False, reply["private"][1])
    assert not reply["delete"][0]
    closed = mention("post", post("11", text_block("@x"), interactability_reblog="noone"))
    assert verdicts(closed)["reply"] == (False, "The author lets nobody reblog this post.")
    ours = verdicts(mention("post", post("12", text_block("x"), by=ME)))
    assert (ours["delete"][0], ours["block"][0]) == (True, False)
    submission = mention("post", post("5", text_block("x"), by=ME, state="submission", is_submission=True))
    assert not verdicts(submission)["reply"][0]


def test_an_attachment_that_is_no_picture_is_refused_before_anything_is_sent() -> None:
    film = Attachment(id=ExternalId("desk", "media", "a"), kind="video", media_type="video/mp4", size=9)
    for target, words in ((None, "Only pictures"), (_question(), "carries no file")):
        reply = Reply(idempotency_key="k", target=target, text="See", attachments=(film,))
        with pytest.raises(Rejected, match=words):
            connector().plan(reply, Standing(now=NOW, target=target))


def _question() -> Mention:
    author = Author(id=ExternalId("tumblr", "user", KIM), handle="customer-kim")
    return Mention(id=pid(ME, "5"), kind="ask", author=author)


def test_an_account_that_only_reads_says_nothing() -> None:
    reader = connector({"consumer_key": "k"}, blog="acme-help")
    with pytest.raises(Rejected, match="only reads"):
        replay(reader.send(Part(text="Sorry!")), [])
    assert "reply" not in {action.name for action in reader.actions(Standing(now=NOW))}


def test_a_position_holds_no_token_of_a_page() -> None:
    page = replay(
        connector().fetch(window("notifications")), [answer({"notifications": [notification()]})]
    ).result
    second, keys = orjson.loads(str(page.resume))
    assert (second, len(keys)) == (AT, 1)
