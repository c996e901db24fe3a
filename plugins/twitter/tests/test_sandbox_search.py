"""Recent search: its operators, checked against a plain reading of them, and its bounds."""

from __future__ import annotations

import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from plugins.twitter.tests.sandbox_client import Caller
from socialdesk_twitter.sandbox import TwitterSandbox

WORDS = ("parcel", "Lost", "über", "one", "cent")
TEXTS = (
    "@acme my parcel is lost",
    "Parcel LOST, one cent! https://acme.example.com/track?x=1",
    "über alles one cent off #lost",
    "lost parcel #Parcel @bob",
    "nothing to see",
    "one-cent parcel",
    "parcels are not it",
)


def build() -> TwitterSandbox:
    sandbox = TwitterSandbox()
    people = [sandbox.user(name, verified=name == "bob") for name in ("ann", "bob", "cat")]
    posts = []
    for turn in range(21):
        options = {"lang": "de" if turn % 3 == 0 else "en"}
        if turn % 4 == 1:
            options["reply_to"] = posts[turn // 2]
        if turn % 5 == 2:
            options["quote"] = posts[turn // 3]
        posts.append(people[turn % 3].post(f"{TEXTS[turn % 7]} {turn}", **options))
        sandbox.advance(seconds=1)
    people[0].repost(posts[1])
    sandbox.advance(seconds=60)
    return sandbox


SANDBOX = build()
POSTS = [SANDBOX.world.posts[number] for number in SANDBOX.world.order]


def words_of(text):
    return re.findall(r"\w+", re.sub(r"https?://\S+", " ", text).lower())


def holds(haystack, needle):
    return any(haystack[at : at + len(needle)] == needle for at in range(len(haystack)))


def parent(post):
    return SANDBOX.world.posts[post.reply_to] if post.reply_to else None


def term(post, query):
    """What a single clause means, read from the documentation as plainly as can be."""
    text, (op, _, value) = post.source, query.partition(":")
    if query.startswith('"'):
        return holds(words_of(text), words_of(query))
    if query.startswith("#"):
        return query[1:].lower() in [tag.lower() for tag in re.findall(r"#(\w+)", text)]
    if query.startswith("@"):
        return query[1:].lower() in [name.lower() for name in re.findall(r"@(\w+)", text)]
    if not value:
        return query.lower() in words_of(text)
    reads = {
        "from": lambda: post.author.handle == value,
        "to": lambda: parent(post).author.handle == value if parent(post) else text.startswith(f"@{value} "),
        "lang": lambda: post.lang == value,
        "url": lambda: any(value.strip('"') in link for link in re.findall(r"https?://\S+", text)),
        "conversation_id": lambda: str(post.root) == value,
        "in_reply_to_tweet_id": lambda: str(post.reply_to) == value,
        "quotes_of_tweet_id": lambda: str(post.quotes) == value,
        "is": lambda: (
            {"retweet": post.reposts, "reply": post.reply_to, "quote": post.quotes}[value] is not None
        ),
        "has": lambda: {"links": "https://" in text, "hashtags": "#" in text, "mentions": "@" in text}[value],
    }
    return reads[op]()


def truth(post, tree):
    match tree:
        case ("not", part):
            return not truth(post, part)
        case ("and", parts):
            return all(truth(post, part) for part in parts)
        case ("or", parts):
            return any(truth(post, part) for part in parts)
    return term(post, tree)


def written(tree):
    match tree:
        case ("not", part):
            return f"-{written(part)}"
        case ("and", parts):
            return "(" + " ".join(map(written, parts)) + ")"
        case ("or", parts):
            return "(" + " OR ".join(map(written, parts)) + ")"
    return tree


IDS = [post.id for post in POSTS if post.reposts is None]
STANDING = st.one_of(
    st.sampled_from(WORDS),
    st.sampled_from(['"parcel is lost"', '"one cent"', '"lost parcel"', '"cent, one"']),
    st.sampled_from(["#lost", "#parcel", "@acme", "@bob", "from:ann", "from:bob", "to:acme", "to:ann"]),
    st.sampled_from(["url:acme", 'url:"acme.example.com/track"']),
    st.builds(
        "{}:{}".format,
        st.sampled_from(["conversation_id", "in_reply_to_tweet_id", "quotes_of_tweet_id"]),
        st.sampled_from(IDS),
    ),
)
BESIDE = st.sampled_from(
    ["lang:de", "lang:en", "is:reply", "is:quote", "is:retweet", "has:links", "has:hashtags", "has:mentions"]
)
TREES = st.recursive(
    st.one_of(STANDING, BESIDE),
    lambda inner: st.one_of(
        st.tuples(st.just("not"), inner),
        st.tuples(st.sampled_from(["and", "or"]), st.lists(inner, min_size=2, max_size=3)),
    ),
    max_leaves=5,
)


@settings(max_examples=400, deadline=None)
@given(STANDING, TREES)
def test_operators_mean_what_the_documentation_says(anchor, tree):
    everything = ("or", ["parcel", "parcels", "lost", "one", "nothing"])
    query = f"{written(everything)} ({anchor} OR nothing OR one) {written(tree)}"
    whole = ("and", [everything, ("or", [anchor, "nothing", "one"]), tree])
    SANDBOX.limits.set("GET /2/tweets/search/recent", app=1_000_000)
    body = Caller(SANDBOX, "app").get("/2/tweets/search/recent", query=query, max_results=100)
    found = {post["id"] for post in body.get("data", [])}
    assert found == {post.id for post in POSTS if post.reposts is None and truth(post, whole)}


@pytest.fixture
def sandbox() -> TwitterSandbox:
    return TwitterSandbox()


def search(sandbox, query, **params):
    return Caller(sandbox, "app")("GET", "/2/tweets/search/recent", query=query, **params)


@pytest.mark.parametrize(
    "query",
    [
        "is:retweet",
        "-parcel",
        "lang:en has:links",
        "parcel OR lang:en",
        "(parcel",
        "parcel)",
        "parcel OR",
        "OR parcel",
        "()",
        '"parcel',
        "colour:red parcel",
        "is:nice parcel",
        "x" * 513,
        " ",
    ],
)
def test_queries_that_x_refuses(sandbox, query):
    answer = search(sandbox, query)
    assert answer.status == 400
    assert answer.json()["type"].endswith("/invalid-request")
    assert [*answer.json()["errors"][0]["parameters"]] == ["query"]


def test_and_binds_more_closely_than_or(sandbox):
    ann = sandbox.user("ann")
    ids = [ann.post(text).id for text in ("red", "green blue", "green", "blue")]
    sandbox.advance(minutes=1)
    found = {post["id"] for post in search(sandbox, "red OR green blue").json()["data"]}
    assert found == {ids[0], ids[1]}


def test_the_window_is_seven_days_and_thirty_seconds_behind(sandbox):
    ann = sandbox.user("ann")
    old = ann.post("acme one")
    sandbox.advance(days=6)
    new = ann.post("acme two")

    def found(**params):
        return [post["id"] for post in search(sandbox, "acme", **params).json().get("data", [])]

    assert found() == [old.id]
    sandbox.advance(seconds=30)
    assert found() == [new.id, old.id]
    sandbox.advance(days=2)
    assert found() == [new.id]
    stale = search(sandbox, "acme", since_id=old.id)
    assert (stale.status, [*stale.json()["errors"][0]["parameters"]]) == (400, ["since_id"])
    assert "must be a tweet id created after" in stale.json()["errors"][0]["message"]
    early = search(sandbox, "acme", start_time="2026-11-01T00:00:00Z")
    assert early.status == 400


@pytest.mark.parametrize(
    "params",
    [
        {"since_id": "2123702889477046273", "start_time": "2026-11-19T00:00:00Z"},
        {"until_id": "2123702889477046273", "end_time": "2026-11-19T00:00:00Z"},
        {"next_token": "a", "pagination_token": "b"},
        {"max_results": 9},
        {"end_time": "2026-11-20T09:00:00Z"},
    ],
)
def test_bounds_that_do_not_go_together(sandbox, params):
    assert search(sandbox, "acme", **params).status == 400


def test_word_searches_find_no_reposts_and_pages_go_on(sandbox):
    star = sandbox.user("star").post("acme is down")
    sandbox.repost_by_crowd(star, 5)
    sandbox.crowd(25, "acme number {i}")
    sandbox.advance(minutes=1)
    first = search(sandbox, "acme -is:retweet").json()
    second = search(sandbox, "acme -is:retweet", next_token=first["meta"]["next_token"]).json()
    third = search(sandbox, "acme -is:retweet", next_token=second["meta"]["next_token"]).json()
    listed = [post["id"] for body in (first, second, third) for post in body["data"]]
    assert len(listed) == len(set(listed)) == 26
    assert "next_token" not in third["meta"]
    assert len(search(sandbox, f"retweets_of_tweet_id:{star.id}").json()["data"]) == 5


def test_protected_authors_are_never_found(sandbox):
    sandbox.user("ann", protected=True).post("acme psst")
    sandbox.advance(minutes=1)
    assert search(sandbox, "acme").json() == {"meta": {"result_count": 0}}
