"""What X tells, as Mentions: whichever way it came, in whichever names."""

from __future__ import annotations

import copy
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from plugins.twitter.tests.twitter_pages import ME, NOW, answer, connector, page, post, renamed, user
from socialdesk.connector import Gone, Window
from socialdesk.models import ExternalId, Mention
from socialdesk.testing import replay
from socialdesk_twitter.joining import notices, raws
from socialdesk_twitter.readable import readable
from socialdesk_twitter.translate import to_mention

LINK = "https://t.co/abcdefghij"


def pid(value: str) -> ExternalId:
    return ExternalId("twitter", "post", value)


def mentions(body: dict[str, Any], me: str | None = ME) -> list[Mention]:
    return [to_mention(raw.body, me) for raw in raws(body)]


def full_example() -> dict[str, Any]:
    """A reply with a picture to an announcement of ours, edited once."""
    text = f"@acme my parcel 4711 &amp; box are lost, see {LINK}"
    start = text.index(LINK)
    complaint = post(
        "2090000000000000003",
        text,
        conversation_id="2090000000000000001",
        in_reply_to_user_id=ME,
        edit_history_tweet_ids=["2090000000000000002", "2090000000000000003"],
        edit_controls={
            "edits_remaining": 4,
            "is_edit_eligible": True,
            "editable_until": "2026-11-20T10:45:30.000Z",
        },
        referenced_tweets=[{"type": "replied_to", "id": "2090000000000000001"}],
        entities={
            "mentions": [{"start": 0, "end": 5, "username": "acme", "id": ME}],
            "urls": [
                {
                    "start": start,
                    "end": start + 23,
                    "url": LINK,
                    "expanded_url": "https://x.com/jo_doe/photo/1",
                }
            ],
        },
        attachments={"media_keys": ["3_1", "7_2"]},
        possibly_sensitive=False,
        reply_settings="everyone",
    )
    return page(
        complaint,
        tweets=[post("2090000000000000001", "New parcel boxes!", ME)],
        media=[
            {
                "media_key": "3_1",
                "type": "photo",
                "url": "https://pbs.twimg.com/media/x.jpg",
                "alt_text": "torn box",
            },
            {
                "media_key": "7_2",
                "type": "video",
                "duration_ms": 1500,
                "preview_image_url": "https://pbs.twimg.com/p.jpg",
                "variants": [
                    {"content_type": "video/mp4", "bit_rate": 100, "url": "https://video.twimg.com/low.mp4"},
                    {"content_type": "video/mp4", "bit_rate": 900, "url": "https://video.twimg.com/high.mp4"},
                ],
            },
        ],
    )


def test_a_full_post_is_read_whole() -> None:
    (mention,) = mentions(full_example())
    assert mention.id == pid("2090000000000000002")
    assert mention.aliases == (pid("2090000000000000003"),)
    assert (mention.revision, mention.state, mention.kind) == (1, "edited", "reply")
    assert mention.text == "@acme my parcel 4711 & box are lost, see https://x.com/jo_doe/photo/1"
    assert [(entity.kind, entity.text) for entity in mention.entities] == [
        ("mention", "@acme"),
        ("url", "https://x.com/jo_doe/photo/1"),
    ]
    assert mention.conversation == mention.in_reply_to == mention.subject == pid("2090000000000000001")
    assert mention.author.handle == "jo_doe"
    assert mention.author.is_self is False
    assert mention.visibility == "public"
    photo, film = mention.attachments
    assert (photo.kind, photo.alt_text) == ("image", "torn box")
    assert (film.url, film.duration) == ("https://video.twimg.com/high.mp4", 1.5)
    assert (mention.metrics.likes, mention.metrics.reposts, mention.metrics.views) == (2, 0, 41)
    assert mention.url == "https://x.com/jo_doe/status/2090000000000000003"
    assert mention.order == "02090000000000000002"
    assert mention.provenance.missing == ()


def test_both_generations_of_names_are_the_same_to_us() -> None:
    body = full_example()
    note = post("2090000000000000009", "short…", note_tweet={"text": "the long text"})
    quoted = post(
        "2090000000000000008", "see", referenced_tweets=[{"type": "quoted", "id": "2090000000000000001"}]
    )
    repost = post(
        "2090000000000000007",
        "RT @acme: New",
        referenced_tweets=[{"type": "retweeted", "id": "2090000000000000001"}],
    )
    body["data"] += [note, quoted, repost]
    newer = renamed(copy.deepcopy(body))
    newer["data"][-1]["referenced_posts"][0]["type"] = "reposted"
    assert mentions(newer) == mentions(body)


def test_a_listing_and_a_lookup_give_the_equal_mention() -> None:
    twitter = connector()
    listed = replay(twitter.fetch(Window(stream="mentions", now=NOW)), [answer(full_example())]).result
    looked_up = replay(twitter.lookup([pid("2090000000000000003")]), [answer(full_example())]).result
    searched = replay(twitter.fetch(Window(stream="replies", now=NOW)), [answer(full_example())]).result
    one, two, three = (twitter.parse(found[0]) for found in (listed.items, looked_up, searched.items))
    assert isinstance(one, Mention)
    assert one == two == three


@pytest.mark.parametrize(
    ("more", "included", "kind"),
    [
        ({"entities": {"mentions": [{"start": 0, "end": 5, "username": "acme", "id": ME}]}}, [], "mention"),
        ({}, [], "search_match"),
        ({"referenced_tweets": [{"type": "quoted", "id": "5"}]}, [post("5", "ours", ME)], "quote"),
        (
            {"referenced_tweets": [{"type": "quoted", "id": "5"}]},
            [post("5", "theirs", "222")],
            "search_match",
        ),
        ({"referenced_tweets": [{"type": "replied_to", "id": "5"}]}, [post("5", "ours", ME)], "reply"),
        ({"referenced_tweets": [{"type": "replied_to", "id": "5"}], "in_reply_to_user_id": ME}, [], "reply"),
        (
            {
                "referenced_tweets": [{"type": "replied_to", "id": "5"}],
                "entities": {"mentions": [{"start": 0, "end": 5, "username": "acme", "id": ME}]},
            },
            [post("5", "theirs", "222")],
            "mention",
        ),
        ({"referenced_tweets": [{"type": "retweeted", "id": "5"}]}, [post("5", "ours", ME)], "repost"),
    ],
)
def test_the_kind_follows_from_the_post(
    more: dict[str, Any], included: list[dict[str, Any]], kind: str
) -> None:
    (mention,) = mentions(page(post("9", "@acme hello", **more), tweets=included))
    assert mention.kind == kind
    assert mention.direction == "inbound"


def test_our_own_post_is_outbound() -> None:
    (mention,) = mentions(page(post("9", "We are back", ME)))
    assert (mention.direction, mention.author.is_self) == ("outbound_native", True)


def test_whose_account_it_is_not_known_is_not_said() -> None:
    (mention,) = mentions(page(post("9", "hello")), me=None)
    assert mention.author.is_self is None


@pytest.mark.parametrize(
    ("told", "visibility"),
    [
        ([user("111", "jo", protected=True)], "followers"),
        ([user("111", "jo", protected=False)], "public"),
        ([{"id": "111", "name": "Jo", "username": "jo"}], "unknown"),
        ([], "unknown"),
    ],
)
def test_an_audience_that_is_not_told_is_not_public(told: list[dict[str, Any]], visibility: str) -> None:
    (mention,) = mentions(page(post("9", "hello"), users=told))
    assert mention.visibility == visibility
    assert ("visibility" in mention.provenance.missing) == (visibility == "unknown")


def test_what_is_not_told_is_none_and_named() -> None:
    (mention,) = mentions({"data": [{"id": "9", "text": "hi", "edit_history_tweet_ids": ["9"]}]})
    assert mention.metrics.likes is None
    assert mention.author.id is None
    assert mention.conversation is None
    assert set(mention.provenance.missing) >= {"author", "metrics", "conversation", "created_at", "entities"}
    assert mention.url == "https://x.com/i/status/9"


def test_a_repost_shows_the_whole_original() -> None:
    original = post("5", "a long text &amp; its end", "222")
    repost = post("9", "RT @bo: a long te…", referenced_tweets=[{"type": "retweeted", "id": "5"}])
    (mention,) = mentions(page(repost, tweets=[original]))
    assert mention.text == "a long text & its end"
    assert mention.ext["twitter"]["reposts"] == "5"


def test_a_long_post_is_read_to_its_end() -> None:
    told = {
        "text": f"long {LINK}",
        "entities": {"urls": [{"start": 5, "end": 28, "url": LINK, "expanded_url": "https://e.com"}]},
    }
    (mention,) = mentions(page(post("9", "long", note_tweet=told)))
    assert mention.text == "long https://e.com"


def test_entities_are_undone_once() -> None:
    (mention,) = mentions(page(post("9", "&amp;lt; is written &lt;")))
    assert mention.text == "&lt; is written <"


def test_a_withheld_post_says_so() -> None:
    (mention,) = mentions(page(post("9", "", withheld={"copyright": False, "country_codes": ["DE"]})))
    assert mention.state == "withheld"


@pytest.mark.parametrize(("told", "language"), [("in", "id"), ("und", None), ("en", "en"), ("zxx", None)])
def test_languages_are_bcp_47(told: str, language: str | None) -> None:
    (mention,) = mentions(page(post("9", "x", lang=told)))
    assert mention.language == language


def test_problems_beside_the_data_go_where_they_belong() -> None:
    body = page(post("9", "x", referenced_tweets=[{"type": "quoted", "id": "5"}]))
    hidden = {
        "resource_id": "5",
        "type": "https://api.twitter.com/2/problems/not-authorized-for-resource",
        "title": "A",
    }
    other = {
        "resource_id": "77",
        "type": "https://api.x.com/2/problems/resource-not-found",
        "detail": "No user 77.",
    }
    body["errors"] = [hidden, other]
    (mention,) = mentions(body)
    assert mention.ext["twitter"]["problems"] == {"5": "not-authorized-for-resource"}
    assert mention.quotes == pid("5")
    (notice,) = notices(body)
    assert (notice.code, notice.text) == ("resource-not-found", "No user 77.")


@pytest.mark.parametrize(
    ("problem", "state"), [("resource-not-found", "deleted"), ("not-authorized-for-resource", "unavailable")]
)
def test_only_a_lookup_that_says_so_makes_a_post_gone(problem: str, state: str) -> None:
    told = {
        "resource_id": "5",
        "value": "5",
        "parameter": "ids",
        "type": f"https://api.twitter.com/2/problems/{problem}",
    }
    twitter = connector()
    (raw,) = replay(twitter.lookup([pid("5"), pid("6")]), [answer({"errors": [told]})]).result
    assert twitter.parse(raw) == Gone(id=pid("5"), state=state)  # type: ignore[arg-type]  # a state of the table


# ------------------------------------------------------------------------------------------------ properties

PIECES = st.one_of(
    st.sampled_from(["&amp;", "&lt;", "&gt;", "&amp;amp;", " ", "\n", "&", ";"]),
    st.text(st.characters(exclude_categories=["Cs", "Cc"]), max_size=6),
    st.sampled_from(["mention", "hashtag", "cashtag", "url"]).map(lambda kind: (kind,)),
)


@given(st.lists(PIECES, max_size=12), st.integers(0, 40))
def test_each_entity_says_what_stands_at_its_offsets(pieces: list[Any], off: int) -> None:
    text, expected = "", []
    told: dict[str, list[dict[str, Any]]] = {"mentions": [], "hashtags": [], "cashtags": [], "urls": []}
    for number, piece in enumerate(pieces):
        if isinstance(piece, str):
            text += piece
            continue
        (kind,) = piece
        text += " "
        start = len(text)
        if kind == "url":
            text += f"https://t.co/slug{number:06}"
            full = f"https://example.com/{'x' * off}?a={number}"
            told["urls"].append({"start": start, "end": len(text), "url": text[start:], "expanded_url": full})
            expected.append((kind, full))
        else:
            sign, group, name = {
                "mention": ("@", "mentions", "username"),
                "hashtag": ("#", "hashtags", "tag"),
                "cashtag": ("$", "cashtags", "tag"),
            }[kind]
            text += f"{sign}name{number}"
            told[group].append({"start": start, "end": len(text), name: f"name{number}", "id": str(number)})
            expected.append((kind, f"{sign}name{number}"))
        text += " "
    result, entities = readable(text, told)
    assert [(entity["kind"], entity["text"]) for entity in entities] == expected
    assert all(result[entity["start"] : entity["end"]] == entity["text"] for entity in entities)
    plain = text
    for link in told["urls"]:
        plain = plain.replace(link["url"], "\0")
    plain = plain.replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&")
    for link in told["urls"]:
        plain = plain.replace("\0", link["expanded_url"], 1)
    if "\0" not in text:
        assert result == plain


WRONG = st.fixed_dictionaries(
    {"start": st.integers(-3, 30), "end": st.integers(-3, 30)},
    optional={
        "url": st.sampled_from([LINK, "x", ""]),
        "username": st.sampled_from(["acme", "ACME", "nobody"]),
        "tag": st.sampled_from(["fail", "a&amp;b"]),
        "expanded_url": st.just("https://example.com/&amp;"),
        "id": st.just("1"),
    },
)


@given(
    st.sampled_from([f"@acme #fail {LINK} &amp; #a&amp;b", "", "＠acme ＃fail", f"{LINK}{LINK}"]),
    st.fixed_dictionaries(
        {}, optional={name: st.lists(WRONG, max_size=3) for name in ("urls", "mentions", "hashtags")}
    ),
)
def test_wrong_offsets_never_give_a_wrong_entity(text: str, told: dict[str, Any]) -> None:
    result, entities = readable(text, told)
    assert all(result[entity["start"] : entity["end"]] == entity["text"] != "" for entity in entities)
    assert entities == sorted(entities, key=lambda entity: entity["start"])


OPTIONAL = [
    "author_id", "conversation_id", "created_at", "lang", "edit_history_tweet_ids", "public_metrics", "entities",
    "attachments", "referenced_tweets", "in_reply_to_user_id", "edit_controls", "text", "reply_settings",
]  # fmt: skip


@given(
    st.sets(st.sampled_from(OPTIONAL)), st.sets(st.sampled_from(["users", "tweets", "media"])), st.booleans()
)
def test_any_field_may_be_missing(absent: set[str], not_included: set[str], newer: bool) -> None:
    body = full_example()
    body["data"] = [{name: value for name, value in body["data"][0].items() if name not in absent}]
    body["includes"] = {name: value for name, value in body["includes"].items() if name not in not_included}
    (mention,) = mentions(renamed(body) if newer else body)
    told = {"conversation": "conversation_id", "created_at": "created_at", "metrics": "public_metrics"}
    assert {field for field, name in told.items() if name in absent} == set(mention.provenance.missing) & set(
        told
    )
    for entity in mention.entities:
        assert mention.text[entity.start : entity.end] == entity.text
