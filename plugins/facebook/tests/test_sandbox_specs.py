"""Whatever the sandbox knows is in the specification of v26.0, and answers have the shapes of those that were seen."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from plugins.facebook.tests.sandbox_client import Caller
from socialdesk.wire import WebhookAnswer
from socialdesk_facebook.sandbox import FacebookSandbox
from socialdesk_facebook.sandbox.endpoints import DOES
from socialdesk_facebook.sandbox.kinds_messages import CONVERSATIONS, PLATFORMS, SOURCES, THREAD
from socialdesk_facebook.sandbox.kinds_pages import APP, PAGE, PERSON
from socialdesk_facebook.sandbox.kinds_public import COMMENT, POST, RATING
from socialdesk_facebook.sandbox.listings import FILTERS, LIVE, ORDERS
from socialdesk_facebook.sandbox.sending import ACTIONS, NOTIFICATIONS, TYPES
from socialdesk_facebook.sandbox.state import Page
from socialdesk_facebook.sandbox.subscribing import FIELDS
from socialdesk_facebook.sandbox.telling import KINDS
from socialdesk_facebook.sandbox.threads import MODERATION

SHARED = Path(__file__).resolve().parents[4] / "shared"

pytestmark = pytest.mark.skipif(
    not SHARED.is_dir(), reason="the specifications and recorded answers are not beside the repository"
)

# Photos and messages are in no specification that Facebook publishes; /app is another name of the app.
UNSPECIFIED = {"Photo", "UnifiedMessage", "User", "Application"}
# Asked for beside a post's own fields: edges, which the specification lists apart.
NAMES = {
    "PagePost": POST,
    "Comment": COMMENT,
    "UnifiedThread": THREAD,
    "Recommendation": RATING,
    "Page": PAGE,
}


@pytest.fixture(scope="module")
def classes() -> Any:
    return json.loads((SHARED / "specs" / "facebook_v26_fields_edges.json").read_bytes())["classes"]


@pytest.fixture(scope="module")
def enums() -> Any:
    listed = json.loads((SHARED / "specs" / "facebook_api_specs" / "enum_types.json").read_bytes())
    return {one["name"]: one["values"] for one in listed}


def methods(classes, kind):
    return {(one["http"], one["edge"].strip("/")): set(one["params"]) for one in classes[kind]["methods"]}


# --------------------------------------------------------------------------------------------------- specifications


@pytest.mark.parametrize("name", NAMES)
def test_fields_are_those_of_the_specification(classes, name):
    kind, known = NAMES[name], set(classes[name]["fields"])
    profile = set(classes["Profile"]["fields"]) if name == "Page" else set()
    assert (set(kind.fields) | kind.silent) - profile - {"picture"} <= known | {"id"}
    assert known <= set(kind.fields) | kind.silent, "asking for what Facebook knows is no error"


def test_a_profile_is_specified_too(classes):
    assert set(classes["Profile"]["fields"]) <= set(PERSON.fields) | PERSON.silent
    assert set(classes["Profile"]["fields"]) <= set(PAGE.fields) | PAGE.silent


def test_edges_and_their_parameters_are_those_of_the_specification(classes):
    for kind in KINDS.all():
        if kind.name in UNSPECIFIED or kind.name == "Recommendation":
            continue
        specified = methods(classes, kind.name)
        for name, edge in kind.edges.items():
            assert ("GET", name) in specified, (kind.name, name)
            assert edge.params <= specified["GET", name], (kind.name, name)


def test_what_can_be_done_is_in_the_specification(classes):
    for (method, what, edge), does in DOES.items():
        kind = APP if what.__name__ == "App" else KINDS._kinds[what]
        if kind.name == "Photo":
            continue
        if kind is APP:
            listed = json.loads((SHARED / "specs" / "facebook_api_specs" / "Application.json").read_bytes())[
                "apis"
            ]
            specified = {
                (one["method"], one.get("endpoint", "")): {param["name"] for param in one["params"]}
                for one in listed
            }
        else:
            specified = methods(classes, kind.name)
        assert (method, edge) in specified, (method, kind.name, edge)
        assert does.params <= specified[method, edge], (method, kind.name, edge)


def test_words_are_those_of_the_specification(classes, enums):
    pages, comments = classes["Page"]["enums"], classes["Comment"]["enums"]
    assert set(TYPES) == set(pages["MessagingType"])
    assert set(NOTIFICATIONS) == set(pages["NotificationType"])
    assert set(ACTIONS) == set(pages["SenderAction"])
    assert set(PLATFORMS) == set(pages["Platform"])
    assert set(pages["SubscribedFields"]) >= FIELDS
    assert set(ORDERS) == set(comments["Order"])
    assert set(FILTERS) == set(comments["Filter"])
    assert set(LIVE) == set(comments["LiveFilter"])
    assert set(MODERATION) == set(enums["pagemoderate_conversations_actions_enum_param"])
    assert set(SOURCES) == set(enums["unifiedthreadmessages_source_enum_param"])


def test_every_edge_of_messages_is_counted_as_messenger(classes):
    specified = methods(classes, "Page")
    assert ("GET", "conversations") in specified
    assert CONVERSATIONS.params == specified["GET", "conversations"] - {"tags"}
    assert {edge for _, what, edge in DOES if what is Page} <= {edge for _, edge in specified}


# ------------------------------------------------------------------------------------------------------ what was seen


def recorded(name: str) -> Any:
    return json.loads((SHARED / "recorded" / "facebook" / name).read_bytes())


# An id was a number in old deliveries; ``seq`` is gone; old deliveries name a sender beside ``from``.
GONE = {"seq", "sender_id", "sender_name"}


def is_id(name: str) -> bool:
    return name == "id" or name.endswith("_id")


def shape_problems(seen: Any, told: Any, path: str = "") -> list[str]:
    """What of something that was seen is not there, or of another type, in what the sandbox tells."""
    if isinstance(seen, dict):
        if not isinstance(told, dict):
            return [f"{path}: {type(told).__name__}"]
        problems = [f"{path}.{name}: missing" for name in seen if name not in told and name not in GONE]
        for name in seen.keys() & told.keys():
            if not (is_id(name) and {type(seen[name]), type(told[name])} <= {int, str}):
                problems += shape_problems(seen[name], told[name], f"{path}.{name}")
        return problems
    if isinstance(seen, list):
        if not isinstance(told, list):
            return [f"{path}: {type(told).__name__}"]
        if seen and not told:
            return [f"{path}: empty"]
        return shape_problems(seen[0], told[0], f"{path}[0]") if seen else []
    return [] if type(seen) is type(told) else [f"{path}: {type(told).__name__} for {type(seen).__name__}"]


def test_shapes_are_compared_in_earnest():
    assert shape_problems({"a": [{"b": 1}]}, {"a": [{"b": "1"}]}) == [".a[0].b: str for int"]
    assert shape_problems({"a": 1, "seq": 1}, {}) == [".a: missing"]
    assert shape_problems({"id": 1}, {"id": "1"}) == []
    assert shape_problems([1], []) == [": empty"]


@pytest.fixture
def sandbox() -> FacebookSandbox:
    return FacebookSandbox()


@pytest.fixture
def page(sandbox):
    return sandbox.account


@pytest.fixture
def ann(sandbox):
    return sandbox.user("ann")


@pytest.fixture
def call(sandbox) -> Caller:
    return Caller(sandbox)


def test_a_feed(sandbox, page, call, ann):
    for number in range(2):
        photo = sandbox.photo(page, caption="Acme's box")
        post = page.post(f"For Acme {number}", photo=photo, tags=(page,))
        post.shares = 3
    seen = recorded("feed_page1.json")
    fields = (
        "id,attachments{description,description_tags,media,media_type,target,title,type,unshimmed_url,url}"
    )
    fields += ",created_time,full_picture,icon,message,message_tags,permalink_url,picture,shares,status_type"
    fields += ",updated_time,comments.filter(stream).summary(true).limit(0),reactions.summary(true).limit(0)"
    for kind in ("LIKE", "LOVE", "WOW", "HAHA", "SAD", "ANGRY"):
        fields += f",reactions.type({kind}).limit(0).summary(total_count).as({kind.lower()})"
    told = call.get("/me/feed", fields=fields, limit=1)
    problems = shape_problems(seen, told)
    # tags within a picture's caption are not modelled
    assert problems == [".data[0].attachments.data[0].description_tags: missing"]


def test_comments(sandbox, page, call):
    post = page.post("News")
    sandbox.crowd(2, post=post)
    fields = "comment_count,created_time,like_count,message,permalink_url"
    told = call.get(f"/{post.id}/comments", fields=fields, summary=1, filter="stream", limit=1)
    assert shape_problems(recorded("comments_page1.json"), told) == []
    # the recorded list was stripped of its ids
    assert told["data"][0].keys() - {"id"} == recorded("comments_page1.json")["data"][0].keys()


def test_a_comment_that_was_made(page, call):
    post = page.post("News")
    made = call.post(
        f"/{post.id}/comments", message="Hi", fields="id,message,permalink_url,created_time"
    ).json()
    assert shape_problems(recorded("comment_create_200.json"), made) == []


def test_conversations_are_a_map(sandbox, ann, call):
    ann.message("hello")
    name = call.get("/me/conversations")["data"][0]["id"]
    told = call.get("/", ids=name, fields="id,link,message_count,snippet,unread_count,updated_time")
    seen = next(iter(recorded("conversations.json").values()))
    assert shape_problems(seen, told[name]) == []
    assert told[name].keys() == seen.keys()


def test_a_message(sandbox, ann, call):
    message = ann.message("hello", photo=sandbox.photo(ann))
    told = call.get(f"/{message.id}", fields="id,created_time,from,to,tags,attachments.limit(1)")
    problems = shape_problems(recorded("message_info.json"), told)
    assert problems == [".attachments.paging.next: missing"]  # there is one attachment, and no next


@pytest.mark.parametrize("name", ["debug_token.json", "user_accounts_page_tokens.json"])
def test_tokens(sandbox, name):
    given = sandbox.credentials
    if name.startswith("debug"):
        told = Caller(sandbox, "app_token").get("/debug_token", input_token=given["long_user_token"])
    else:
        told = Caller(sandbox, "long_user_token").get("/me/accounts")
    assert shape_problems(recorded(name), told) == []


def test_errors(sandbox, page, call):
    rival = sandbox.page("rival")
    assert shape_problems(recorded("error_data.json"), call("GET", f"/{rival.id}/feed").json()) == []
    seen = recorded("zammad_error_400_code100_field.json")["response"]
    told = call("GET", "/me", fields="first_name")
    assert told.status == seen["status"]
    assert told.json()["error"] | {"fbtrace_id": ""} == seen["body"]["error"] | {"fbtrace_id": ""}
    usage = Caller(sandbox, "app_token")("GET", "/app").headers["X-App-Usage"]
    assert json.loads(usage).keys() == json.loads(seen["headers"]["x-app-usage"]).keys()
    ended = sandbox.invalidate(460)
    assert ended
    problems = shape_problems(recorded("error_190_subcode_460.json"), call("GET", "/me").json())
    assert problems == [".error.error_user_title: missing", ".error.error_user_msg: missing"]


DELIVERIES: dict[str, Any] = {
    "wh_feed_comment_add.json": lambda box, ann, post: ann.comment(post, "x"),
    "wh_feed_comment_edited.json": lambda box, ann, post: ann.edit(ann.comment(post, "x"), "y"),
    "wh_feed_comment_hide.json": lambda box, ann, post: box.account.hide(ann.comment(post, "x")),
    "wh_feed_comment_remove.json": lambda box, ann, post: ann.delete(ann.comment(post, "x")),
    "wh_feed_post_add.json": lambda box, ann, post: ann.post("x"),
    "wh_feed_reaction_add.json": lambda box, ann, post: ann.react(post, "LOVE"),
    "wh_mention_post_add.json": lambda box, ann, post: ann.tag("Acme"),
    "wh_message.json": lambda box, ann, post: ann.message("x"),
    "wh_message_edits.json": lambda box, ann, post: ann.edit(ann.message("x"), "y"),
    "wh_message_reply_to.json": lambda box, ann, post: ann.message("x", reply_to=ann.message("y")),
    "wh_policy_block.json": lambda box, ann, post: box.enforce_policy(),
    "wh_read.json": lambda box, ann, post: ann.read(),
}


@pytest.mark.parametrize("name", DELIVERIES)
def test_deliveries(sandbox, page, ann, name):
    post = page.post("News")
    sandbox.deliver_to(lambda request: WebhookAnswer(200))
    sandbox.subscribe()
    DELIVERIES[name](sandbox, ann, post)
    told = json.loads(sandbox.deliveries[-1].body)
    assert shape_problems(recorded(name), told) == []


def test_deliveries_of_what_the_page_does(sandbox, ann, call):
    sandbox.deliver_to(lambda request: WebhookAnswer(200))
    sandbox.subscribe()
    ann.message("hello?")
    call.send(ann, "Hello!", message={"metadata": "DEVELOPER"})
    echo, delivery = (json.loads(made.body) for made in sandbox.deliveries[-2:])
    assert shape_problems(recorded("wh_message_echo.json"), echo) == []
    assert shape_problems(recorded("wh_delivery.json"), delivery) == []


def test_a_recommendation_that_is_delivered(sandbox, ann):
    sandbox.deliver_to(lambda request: WebhookAnswer(200))
    sandbox.subscribe()
    ann.rate("good")
    problems = shape_problems(recorded("wh_ratings_add.json"), json.loads(sandbox.deliveries[-1].body))
    assert problems == [".entry[0].changes[0].value.rating: missing"]  # stars are of before recommendations
