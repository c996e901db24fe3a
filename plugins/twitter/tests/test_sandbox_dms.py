"""Direct messages: who may write to whom, what is told of it, and how it is read."""

from __future__ import annotations

import pytest

from plugins.twitter.tests.sandbox_client import Caller
from plugins.twitter.tests.twitter_pages import shared_json
from socialdesk.testing import faults
from socialdesk.wire import Json, Request
from socialdesk_twitter.sandbox import StateError, TwitterSandbox

FIELDS = "id,event_type,text,created_at,sender_id,dm_conversation_id,attachments,participant_ids,entities"


@pytest.fixture
def sandbox() -> TwitterSandbox:
    return TwitterSandbox()


@pytest.fixture
def ann(sandbox):
    return sandbox.user("ann")


@pytest.fixture
def caller(sandbox):
    return Caller(sandbox)


def send(caller, to, text, **more):
    return caller("POST", f"/2/dm_conversations/with/{to.id}/messages", json={"text": text, **more})


def texts(body):
    return [event.get("text") for event in body.get("data", [])]


# ---------------------------------------------------------------------------------------------------------- reading


def test_by_default_only_id_kind_and_text_are_told(sandbox, ann, caller):
    said = ann.message(sandbox.account, "my parcel is lost")
    told = caller.get("/2/dm_events")
    assert told["data"] == [{"id": said.id, "event_type": "MessageCreate", "text": "my parcel is lost"}]
    assert "includes" not in told


def test_fields_and_expansions_are_told_when_asked_for(sandbox, ann, caller):
    said = ann.message(sandbox.account, "see https://acme.example.com/4711 @acme")
    told = caller.get(
        "/2/dm_events", dm_event__fields=FIELDS, expansions="sender_id", user__fields="verified"
    )
    event = told["data"][0]
    low, high = sorted((ann.id, sandbox.account.id), key=int)
    assert (event["sender_id"], event["dm_conversation_id"]) == (ann.id, f"{low}-{high}")
    assert event["created_at"] == "2026-11-20T09:00:00.000Z"
    assert event["entities"]["urls"][0]["expanded_url"] == "https://acme.example.com/4711"
    assert "participant_ids" not in event  # no longer on messages since June 2025
    assert told["includes"]["users"] == [{"id": ann.id, "name": "ann", "username": "ann", "verified": False}]
    assert said.id == event["id"]


def test_an_expansion_brings_its_field(sandbox, ann, caller):
    ann.message(sandbox.account, "hello")
    told = caller.get("/2/dm_events", expansions="sender_id,participant_ids")
    assert told["data"][0]["sender_id"] == ann.id


def test_a_post_that_is_passed_on(sandbox, ann, caller):
    post = sandbox.account.post("New boxes!")
    ann.message(sandbox.account, "what is this?", shares=post)
    told = caller.get("/2/dm_events", dm_event__fields="referenced_tweets", expansions="referenced_tweets.id")
    assert told["data"][0]["referenced_tweets"] == [{"id": post.id}]
    assert told["includes"]["tweets"][0]["text"] == "New boxes!"


def test_nothing_is_no_data_at_all(sandbox, caller):
    recorded = shared_json("recorded", "x", "dm_events_empty_200.json")["response"]["body"]
    assert caller.get("/2/dm_events") == recorded


def test_pages_run_from_newest_to_oldest_and_promise_more_where_nothing_follows(sandbox, ann, caller):
    for number in range(5):
        ann.message(sandbox.account, f"m{number}")
        sandbox.advance(seconds=1)
    seen, token, pages = [], None, []
    while True:
        page = caller.get("/2/dm_events", max_results=2, pagination_token=token)
        pages.append(page["meta"]["result_count"])
        seen += texts(page)
        token = page["meta"].get("next_token")
        if token is None:
            break
    assert seen == ["m4", "m3", "m2", "m1", "m0"]
    assert pages == [2, 2, 1, 0]  # the third promises more, as was recorded


def test_a_page_leads_back_to_the_newer_one(sandbox, ann, caller):
    for number in range(4):
        ann.message(sandbox.account, f"m{number}")
        sandbox.advance(seconds=1)
    first = caller.get("/2/dm_events", max_results=2)
    second = caller.get("/2/dm_events", max_results=2, pagination_token=first["meta"]["next_token"])
    back = caller.get("/2/dm_events", max_results=2, pagination_token=second["meta"]["previous_token"])
    assert (texts(first), texts(second), texts(back)) == (["m3", "m2"], ["m1", "m0"], ["m3", "m2"])


def test_a_token_of_another_listing_is_refused(sandbox, ann, caller):
    ann.message(sandbox.account, "hello")
    token = caller.get("/2/dm_events")["meta"]["next_token"]
    path = f"/2/dm_conversations/with/{ann.id}/dm_events"
    assert caller("GET", path, pagination_token=token).status == 400


@pytest.mark.parametrize(
    "wrong",
    [
        {"max_results": 0},
        {"max_results": 101},
        {"since_id": 5},
        {"event_types": "Typing"},
        {"dm_event__fields": "sender"},
        {"expansions": "author_id"},
        {"pagination_token": "short"},
    ],
)
def test_what_a_listing_does_not_take(sandbox, caller, wrong):
    refused = caller("GET", "/2/dm_events", **wrong)
    assert (refused.status, refused.json()["type"].rpartition("/")[2]) == (400, "invalid-request")


def test_both_generations_of_names_are_taken(sandbox, ann):
    sandbox.names = "post"
    ann.message(sandbox.account, "what is this?", shares=sandbox.account.post("New boxes!"))
    told = Caller(sandbox).get("/2/dm_events", expansions="referenced_posts,sender_id", post__fields="lang")
    assert told["data"][0]["referenced_posts"]
    assert told["includes"]["posts"][0]["lang"] == "en"


def test_one_conversation_by_its_people_and_by_its_id(sandbox, ann, caller):
    said = ann.message(sandbox.account, "from ann")
    sandbox.user("bob").message(sandbox.account, "from bob")
    assert texts(caller.get(f"/2/dm_conversations/with/{ann.id}/dm_events")) == ["from ann"]
    assert texts(caller.get(f"/2/dm_conversations/{said.conversation.id}/dm_events")) == ["from ann"]
    assert texts(caller.get("/2/dm_events")) == ["from bob", "from ann"]


def test_a_conversation_of_others_is_closed(sandbox, ann, caller):
    said = ann.message(sandbox.user("bob", dms_open=True), "psst")
    refused = caller("GET", f"/2/dm_conversations/{said.conversation.id}/dm_events")
    assert (refused.status, refused.json()["type"].rpartition("/")[2]) == (403, "not-authorized-for-resource")
    assert caller("GET", f"/2/dm_events/{said.id}").status == 404


def test_one_event(sandbox, ann, caller):
    said = ann.message(sandbox.account, "hello")
    told = caller.get(f"/2/dm_events/{said.id}", dm_event__fields="sender_id")
    assert told == {
        "data": {"id": said.id, "event_type": "MessageCreate", "text": "hello", "sender_id": ann.id}
    }


def test_thirty_days(sandbox, ann, caller):
    ann.message(sandbox.account, "old")
    sandbox.advance(days=30)
    ann.message(sandbox.account, "new")
    assert texts(caller.get("/2/dm_events")) == ["new", "old"]
    sandbox.advance(seconds=1)
    assert texts(caller.get("/2/dm_events")) == ["new"]


@pytest.mark.parametrize("how", ["setting", "fault"])
def test_a_read_right_after_the_write_may_come_back_empty(sandbox, ann, caller, how):
    if how == "setting":
        sandbox.dm_lag = 10
    else:
        sandbox.fail(faults.LateIndexing(10))
    ann.message(sandbox.account, "hello")
    assert caller.get("/2/dm_events") == {"meta": {"result_count": 0}}
    sandbox.advance(seconds=10)
    assert texts(caller.get("/2/dm_events")) == ["hello"]


def test_an_encrypted_message_is_never_shown(sandbox, ann, caller):
    ann.message(sandbox.account, "secret", encrypted=True)
    assert caller.get("/2/dm_events") == {"meta": {"result_count": 0}}


# ---------------------------------------------------------------------------------------------------------- sending


def test_an_answer_has_the_shape_and_headers_that_were_recorded(sandbox, ann, caller):
    recorded = shared_json("recorded", "x", "dm_send_to_participant_201.json")["response"]
    ann.follow(sandbox.account)
    answer = send(caller, ann, "hello")
    data = answer.json()["data"]
    assert (answer.status, data.keys()) == (recorded["status"], recorded["body"]["data"].keys())
    assert answer.headers["location"] == f'https://api.twitter.com/2/dm_events/"{data["dm_event_id"]}"'
    assert answer.headers["x-access-level"] == recorded["headers"]["x-access-level"]
    assert [event.written for event in sandbox.messages(ann, sandbox.account)] == ["hello"]


def test_who_takes_messages(sandbox, ann, caller):
    account = sandbox.account
    refused = send(caller, ann, "hello")
    assert (refused.status, refused.json()["detail"]) == (
        403,
        "You do not have permission to DM one or more participants.",
    )
    follower, open_one, asking = (sandbox.user(name) for name in ("follower", "open_one", "asking"))
    follower.follow(account)
    sandbox.user("open_one", dms_open=True)
    asking.message(account, "help")
    assert [send(caller, user, "hello").status for user in (follower, open_one, asking)] == [201] * 3
    asking.block(account)
    assert send(caller, asking, "hello again").status == 403
    with pytest.raises(StateError, match="does not take messages"):
        follower.message(ann, "hi")


def test_whether_a_user_takes_messages_is_told_to_users_and_not_to_the_app(sandbox, ann):
    ann.follow(sandbox.account)
    sandbox.account.follow(ann)
    asked = {"user__fields": "receives_your_dm,connection_status"}
    seen = Caller(sandbox).get("/2/users/by/username/ann", **asked)["data"]
    assert (seen["receives_your_dm"], seen["connection_status"]) == (True, ["followed_by", "following"])
    stranger = sandbox.user("bob")
    assert Caller(sandbox).get(f"/2/users/{stranger.id}", **asked)["data"]["receives_your_dm"] is False
    assert "receives_your_dm" not in Caller(sandbox, "app").get("/2/users/by/username/ann", **asked)["data"]


@pytest.mark.parametrize(
    ("body", "status"),
    [
        ({"text": "x" * 10_000}, 201),
        ({"text": "x" * 10_001}, 400),
        ({"text": ""}, 400),
        ({}, 400),
        ({"text": "a", "to": "b"}, 400),
        ({"text": "a", "attachments": []}, 400),
        ({"attachments": [{"media_id": "1"}, {"media_id": "2"}]}, 400),
        ({"attachments": [{"media_id": "12"}]}, 400),
        ({"text": 5}, 400),
    ],
)
def test_what_a_message_may_hold(sandbox, ann, caller, body, status):
    ann.message(sandbox.account, "help")
    path = f"/2/dm_conversations/with/{ann.id}/messages"
    assert caller("POST", path, json=body).status == status


def test_into_a_conversation_by_its_id(sandbox, ann, caller):
    said = ann.message(sandbox.account, "help")
    answer = caller("POST", f"/2/dm_conversations/{said.conversation.id}/messages", json={"text": "At once"})
    assert answer.status == 201
    assert [event.written for event in sandbox.messages(ann, sandbox.account)] == ["help", "At once"]
    low, high = sorted((sandbox.user("bob", dms_open=True).id, sandbox.account.id), key=int)
    fresh = caller("POST", f"/2/dm_conversations/{low}-{high}/messages", json={"text": "Hello bob"})
    assert fresh.json()["data"]["dm_conversation_id"] == f"{low}-{high}"


def test_groups(sandbox, ann, caller):
    recorded = shared_json("recorded", "x", "dm_create_group_201.json")
    bob, carl = sandbox.user("bob", dms_open=True), sandbox.user("carl", dms_open=True)
    body = {**recorded["request"]["body"], "participant_ids": [bob.id, carl.id]}
    answer = caller("POST", "/2/dm_conversations", json=body)
    assert answer.status == 201
    conversation = answer.json()["data"]["dm_conversation_id"]
    assert conversation.isdigit()
    group = sandbox.world.directs.conversations[conversation]
    bob.message(group, "hi all")
    sandbox.world.directs.leave(group, carl)
    path = f"/2/dm_conversations/{conversation}/dm_events"
    told = caller.get(path, dm_event__fields="participant_ids")["data"]
    assert [event["event_type"] for event in told] == [
        "ParticipantsLeave",
        "MessageCreate",
        "MessageCreate",
        "ParticipantsJoin",
    ]
    assert told[0]["participant_ids"] == [carl.id]
    assert texts(caller.get(path, event_types="MessageCreate")) == ["hi all", "Testing"]
    assert caller("POST", f"/2/dm_conversations/{conversation}/messages", json={"text": "so"}).status == 201
    late = sandbox.user("late")
    sandbox.world.directs.join(group, late)
    other = Caller(sandbox, "oauth1", sandbox.connect_account("late"))
    assert texts(other.get(path, event_types="MessageCreate")) == []
    body = {**body, "participant_ids": [bob.id, ann.id]}
    assert caller("POST", "/2/dm_conversations", json=body).status == 403  # ann takes none from strangers
    assert caller("POST", "/2/dm_conversations", json={**body, "participant_ids": [bob.id]}).status == 400


def test_taking_a_message_back(sandbox, ann, caller):
    theirs = ann.message(sandbox.account, "help")
    mine = send(caller, ann, "No").json()["data"]["dm_event_id"]
    assert caller("DELETE", f"/2/dm_events/{mine}").json() == {"data": {"deleted": True}}
    assert texts(caller.get("/2/dm_events")) == ["help"]
    reader = Caller(sandbox, "oauth1", sandbox.connect_account("ann"))
    assert texts(reader.get("/2/dm_events")) == ["No", "help"]
    assert caller("DELETE", f"/2/dm_events/{mine}").status == 404
    assert caller("DELETE", f"/2/dm_events/{theirs.id}").status == 403


def test_blocking_messages_both_ways(sandbox, ann, caller):
    ann.message(sandbox.account, "help")
    path = f"/2/users/{ann.id}/dm"
    assert caller("POST", f"{path}/block").json() == {"data": {"blocked": True}}
    with pytest.raises(StateError):
        ann.message(sandbox.account, "and again")
    assert send(caller, ann, "No").status == 403
    assert ann.post("@acme hello").id  # posts are not concerned
    answer = caller("POST", f"{path}/unblock")
    assert (answer.json(), answer.headers["x-user-limit-24hour-limit"]) == (
        {"data": {"blocked": False}},
        "400",
    )
    assert send(caller, ann, "Yes").status == 201
    assert caller("POST", f"/2/users/{sandbox.account.id}/dm/block").status == 400
    assert caller("POST", "/2/users/12/dm/block").status == 404


# --------------------------------------------------------------------------------------------- credentials and limits


def test_scopes_and_kinds(sandbox, ann):
    ann.message(sandbox.account, "help")
    assert Caller(sandbox, "app")("GET", "/2/dm_events").status == 403
    keys = sandbox.credentials
    reads = Caller(sandbox, "oauth2", keys | sandbox.grant("acme", "dm.read", "tweet.read", "users.read"))
    assert reads("GET", "/2/dm_events").status == 200
    assert send(reads, ann, "hello").status == 403
    narrow = {name.removeprefix("read_only_"): value for name, value in keys.items() if "read_only" in name}
    for kind in ("oauth1", "oauth2"):
        assert Caller(sandbox, kind, {**keys, **narrow})("GET", "/2/dm_events").status == 403


def test_the_months_reading_of_posts_does_not_count_messages(sandbox, ann, caller):
    ann.message(sandbox.account, "help")
    sandbox.usage_cap = 0
    assert caller("GET", "/2/dm_events").status == 200
    assert caller("GET", f"/2/users/{sandbox.account.id}/mentions").status == 429
    assert sandbox.used() == 0


def test_each_listing_has_fifteen_calls_of_its_own(sandbox, ann, caller):
    said = ann.message(sandbox.account, "help")
    paths = [
        "/2/dm_events",
        f"/2/dm_events/{said.id}",
        f"/2/dm_conversations/with/{ann.id}/dm_events",
        f"/2/dm_conversations/{said.conversation.id}/dm_events",
    ]
    for path in paths:
        answers = [caller("GET", path) for _ in range(16)]
        assert [answer.status for answer in answers] == [200] * 15 + [429]
        assert answers[0].headers["x-rate-limit-limit"] == "15"


def test_all_ways_of_sending_are_counted_together(sandbox, ann, caller):
    said = ann.message(sandbox.account, "help")
    path = f"/2/dm_conversations/{said.conversation.id}/messages"
    answers = [send(caller, ann, "a"), caller("POST", path, json={"text": "b"})]
    assert [answer.headers["x-rate-limit-remaining"] for answer in answers] == ["14", "13"]
    last = answers[-1].headers
    assert (last["x-user-limit-24hour-remaining"], last["x-app-limit-24hour-remaining"]) == ("1438", "1438")
    sandbox.limits.set("POST /2/dm_conversations/with/{participant_id}/messages", user_day=2)
    over = send(caller, ann, "c")
    assert (over.status, over.headers["x-user-limit-24hour-remaining"]) == (429, "0")
    assert over.headers["x-rate-limit-remaining"] == "13"


# -------------------------------------------------------------------------------------------------------- over HTTP


def control(sandbox, method, path, body=None):
    request = Request(method, f"{sandbox.base_url}/_sandbox{path}", body=Json(body) if body else None)
    answer = sandbox.send(request, 5)
    return answer.status, answer.json()


def test_the_control_surface(sandbox, caller):
    status, said = control(sandbox, "POST", "/messages", {"by": "ann", "to": "acme", "text": "help"})
    assert (status, said["by"], said["text"]) == (200, "ann", "help")
    assert texts(caller.get("/2/dm_events")) == ["help"]
    send(caller, sandbox.user("ann"), "At once")
    _, told = control(sandbox, "GET", "/messages/ann/acme")
    assert [event["text"] for event in told["messages"]] == ["help", "At once"]
    assert control(sandbox, "POST", "/follows", {"by": "bob", "who": "acme"})[0] == 200
    assert send(caller, sandbox.user("bob"), "Hi").status == 201
    group = {"by": "acme", "with": ["bob", "ann"], "text": "you two"}
    _, begun = control(sandbox, "POST", "/groups", group)
    into = {"by": "ann", "conversation": begun["conversation_id"], "text": "yes?"}
    assert control(sandbox, "POST", "/messages", into)[0] == 200
    status, wrong = control(sandbox, "POST", "/messages", {"by": "ann", "to": "bob", "text": "hey"})
    assert (status, wrong) == (400, {"error": "the person does not take messages from the sender"})
    assert control(sandbox, "POST", "/switches", {"dm_lag": 5})[1]["dm_lag"] == 5
