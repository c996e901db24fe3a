"""The inbox, the answers and the outbox, as somebody types them."""

from __future__ import annotations

from datetime import datetime, timedelta, timezone

import orjson
import pytest

from socialdesk import Desk
from socialdesk.testing.faults import (
    CutJson,
    DropAnswer,
    ExpireToken,
    Matching,
    RefuseConnection,
    ServerError,
    TooManyRequests,
)
from socialdesk_twitter.sandbox import TwitterSandbox
from tests.cli.typing_hand import Hand

POSTING = Matching(method="POST", path="/2/tweets")


def test_the_inbox_shows_and_answers_and_says_nothing_twice(
    hand: Hand, acme: str, sandbox: TwitterSandbox
) -> None:
    unanswered = hand.type("inbox", "--json", "--unanswered").json
    assert [mention["id"] for mention in unanswered] == [f"twitter:post:{acme}"]
    assert "is anybody there?" in hand.type("inbox").out
    assert "reply: yes" in hand.type("show", acme).out
    planned = hand.type("reply", acme, "We are.", "--plan")
    assert planned.code == 0
    assert '"text":"We are."' in planned.out
    assert len(sandbox.account.posts) == 0
    for _ in range(2):
        told = hand.type("reply", acme, "We are.")
        assert (told.code, told.out[:4]) == (0, "sent")
    assert len(sandbox.account.posts) == 1
    assert hand.type("outbox", "--json").json[0]["state"] == "sent"
    assert hand.type("inbox", "--json", "--unanswered").json == []
    assert len(hand.type("inbox", "--json", "--answered").json) == 1
    assert hand.type("doctor").code == 0


def test_every_filter_of_the_inbox_narrows_it(hand: Hand, acme: str, sandbox: TwitterSandbox) -> None:
    sandbox.user("bo").post("Acme Cable cut me off", at=sandbox.clock.now() - timedelta(seconds=50))
    loud = sandbox.user("cy").post("@acme thank you")
    sandbox.repost_by_crowd(loud, 20)
    sandbox.advance(minutes=1)
    assert hand.type("sync").code == 0
    everything = hand.type("inbox", "--json").json
    assert len(everything) == 3
    by_ann = next(mention for mention in everything if mention["author"]["handle"] == "ann")

    def shown(*arguments: str) -> list[str]:
        return [mention["author"]["handle"] for mention in hand.type("inbox", "--json", *arguments).json]

    assert shown("--order", "spread")[0] == "cy"
    assert shown("--rule", "acme-cable") == ["bo"]
    assert shown("--kind", "search_match") == ["bo"]
    assert shown("--text", "THANK") == ["cy"]
    assert shown("--author", by_ann["author"]["id"]) == ["ann"]
    assert shown("--conversation", by_ann["conversation"]) == ["ann"]
    assert shown("--state", "deleted") == []
    assert len(shown("--account", "acme", "--visibility", "public", "--since", "1h")) == 3
    assert shown("--until", "1h") == []
    oldest = hand.type("inbox", "--json", "--order", "oldest", "--limit", "1").json[0]
    rest = shown("--order", "oldest", "--before", oldest["id"].rpartition(":")[2])
    assert len(rest) == 2
    assert oldest["author"]["handle"] not in rest


def test_a_mention_is_shown_with_its_conversation_and_our_answer(
    hand: Hand, acme: str, sandbox: TwitterSandbox
) -> None:
    hand.type("reply", acme, "We are.")
    shown = hand.type("show", acme)
    assert "@ann" in shown.out
    assert "sent: We are." in shown.out
    told = hand.type("show", acme, "--json").json
    assert told["mention"]["id"] == f"twitter:post:{acme}"
    assert [receipt["state"] for receipt in told["conversation"]["receipts"]] == ["sent"]
    assert {action["name"] for action in told["actions"]} >= {"reply"}
    for name in (f"twitter:post:{acme}", told["mention"]["public_id"]):
        assert hand.type("show", name).out == shown.out


def test_a_plan_is_what_is_sent(hand: Hand, acme: str, sandbox: TwitterSandbox) -> None:
    long = "We looked into it, and the line is well again. " * 8
    plan = hand.type("reply", acme, long, "--plan")
    assert "part 1 of 2" in plan.out
    assert "of 280" in plan.out
    assert "request: POST" in plan.out
    assert "costs: 1 of" in plan.out
    planned = [part["text"] for part in hand.type("reply", acme, long, "--plan", "--json").json["parts"]]
    assert hand.type("reply", acme, long).code == 0
    assert sandbox.account.posts
    sent = hand.type("outbox", "--json").json[0]
    assert [part["text"] for part in sent["parts"]] == planned


def test_an_answer_is_shown_with_each_attempt(hand: Hand, acme: str, sandbox: TwitterSandbox) -> None:
    sandbox.fail(DropAnswer(), when=lambda request: request.does == "speaks")
    assert hand.type("reply", acme, "We are.", "--key", "k").code == 7
    shown = hand.type("outbox", "show", "k").out
    assert "k is unknown." in shown
    assert "it answers https://" in shown
    assert "DeliveryUnknown" in shown
    told = hand.type("outbox", "show", "k", "--json").json
    assert [attempt["outcome"] for attempt in told["attempts"]] == ["unknown"]


def test_a_key_names_one_content_for_good(hand: Hand, acme: str, sandbox: TwitterSandbox) -> None:
    assert hand.type("reply", acme, "We are.", "--key", "ticket-1").code == 0
    other = hand.type("reply", acme, "We are not.", "--key", "ticket-1")
    assert other.code == 2
    assert "ticket-1" in other.err
    assert len(sandbox.account.posts) == 1


def test_an_answer_may_wait_and_be_taken_back(hand: Hand, acme: str, sandbox: TwitterSandbox) -> None:
    kept = hand.type("reply", acme, "We are.", "--key", "k", "--no-send")
    assert (kept.code, kept.out[:7]) == (0, "pending")
    assert hand.type("outbox", "--json", "--state", "pending").json[0]["key"] == "k"
    assert "waits (pending): k" in hand.type("doctor").out
    assert hand.type("outbox", "cancel", "k").out == "k is cancelled.\n"
    assert hand.type("outbox", "cancel", "k").code == 2
    hand.type("reply", acme, "We are indeed.", "--no-send")
    synced = hand.type("sync")
    assert synced.code == 0
    assert "outbox: 1 sent" in synced.out
    assert len(sandbox.account.posts) == 1


def test_it_is_shown_who_takes_events_and_what_could_not_be_taken(
    hand: Hand, acme: str, sandbox: TwitterSandbox
) -> None:
    assert "Nobody takes events" in hand.type("events").out
    with Desk(hand.db, transport=sandbox) as desk:
        assert list(desk.events("tickets")) == []
        sandbox.user("bo").post("@acme nor me?")
        sandbox.advance(minutes=1)
        desk.poll()
        for _ in range(10):
            for event in desk.events("tickets"):
                event.nack("no such queue")
            sandbox.advance(hours=1)
    (listed,) = hand.type("events", "--json").json
    assert (listed["name"], listed["waiting"], listed["dead"]) == ("tickets", 0, 1)
    assert "tickets" in hand.type("events").out
    assert "no such queue" in hand.type("events", "dead", "tickets").out
    assert hand.type("events", "dead", "tickets", "--json").json[0]["problem"] == "no such queue"
    assert hand.type("events", "revive", "tickets").out == "1 will be told again.\n"
    assert hand.type("events", "dead", "tickets").out == "Everything could be told to tickets.\n"
    assert hand.type("events", "remove", "--before", "90d").out == "0 were removed.\n"
    assert hand.type("events", "forget", "tickets").code == 0
    assert hand.type("events", "forget", "tickets").code == 2


def test_what_may_have_been_posted_is_never_repeated_and_a_person_decides(
    hand: Hand, acme: str, sandbox: TwitterSandbox
) -> None:
    sandbox.fail(DropAnswer(), when=POSTING)
    told = hand.type("reply", acme, "We are.", "--key", "k")
    assert told.code == 7
    assert "Look at the thread" in told.err
    assert hand.type("reply", acme, "We are.", "--key", "k").code in (0, 7)
    assert len(sandbox.account.posts) == 1


class TestExitCodes:
    """Each kind of trouble has its own, and says what to do next."""

    def test_an_answer_that_is_refused(self, hand: Hand, acme: str, sandbox: TwitterSandbox) -> None:
        sandbox.user("bo").post("Acme Cable cut me off")
        sandbox.advance(minutes=1)
        hand.type("sync")
        uncalled = hand.type("inbox", "--json", "--rule", "acme-cable").json[0]["id"]
        told = hand.type("reply", uncalled, "Sorry!")
        assert (told.code, told.out[:6]) == (6, "failed")
        assert "answer another way" in told.err

    def test_credit_that_is_used_up(self, hand: Hand, acme: str, sandbox: TwitterSandbox) -> None:
        sandbox.credit = False
        assert hand.type("account", "check", "acme").code == 4
        synced = hand.type("sync")
        assert synced.code == 1
        assert "credit" in synced.out
        assert "until 20" in synced.out
        told = hand.type("doctor")
        assert told.code == 1
        assert "out_of_credit" in told.out
        assert hand.type("reply", acme, "We are.").code == 4

    def test_credentials_that_are_not_accepted(self, hand: Hand, acme: str, sandbox: TwitterSandbox) -> None:
        sandbox.fail(ExpireToken(), times=None)
        told = hand.type("account", "check", "acme")
        assert told.code == 3
        assert "socialdesk account add" in told.err

    def test_an_answer_that_waits_for_credentials(
        self, hand: Hand, acme: str, sandbox: TwitterSandbox
    ) -> None:
        sandbox.fail(ExpireToken(), times=None)
        told = hand.type("reply", acme, "We are.")
        assert told.code == 3
        assert "new credentials" in told.err
        assert hand.type("outbox", "--json").json[0]["state"] == "pending"

    def test_a_limit_that_is_reached(self, hand: Hand, acme: str, sandbox: TwitterSandbox) -> None:
        sandbox.fail(TooManyRequests(), times=None)
        told = hand.type("account", "check", "acme")
        assert told.code == 4
        assert "UTC" in told.err

    def test_a_platform_that_cannot_be_reached(self, hand: Hand, acme: str, sandbox: TwitterSandbox) -> None:
        sandbox.fail(RefuseConnection(), times=None)
        told = hand.type("account", "check", "acme")
        assert told.code == 5
        assert "call again later" in told.err
        synced = hand.type("sync")
        assert synced.code == 1
        assert "waits, until 20" in synced.out

    def test_an_answer_that_waits_for_a_limit(self, hand: Hand, acme: str, sandbox: TwitterSandbox) -> None:
        sandbox.fail(TooManyRequests(), when=POSTING)
        told = hand.type("reply", acme, "We are.")
        assert told.code == 1
        assert "again at 20" in told.out
        assert "It is kept" in told.err
        assert len(sandbox.account.posts) == 0

    def test_an_answer_that_cannot_be_read(self, hand: Hand, acme: str, sandbox: TwitterSandbox) -> None:
        sandbox.fail(CutJson(), times=None)
        told = hand.type("account", "check", "acme")
        assert told.code in (5, 70)
        assert "Traceback" not in told.err

    def test_a_fault_of_ours(self, hand: Hand, monkeypatch: pytest.MonkeyPatch) -> None:
        def broken(*_: object) -> None:
            raise RuntimeError("broken")

        monkeypatch.setattr("socialdesk.desk.Desk.__init__", broken)
        told = hand.type("inbox")
        assert told.code == 70
        assert "Traceback" in told.err
        assert "report it" in told.err


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (["sync"], "no account yet"),
        (["sync", "nobody"], "nobody"),
        (["sync", "acme", "--watch"], "--watch is for all accounts"),
        (["show", "4711"], "no mention '4711'"),
        (["reply", "4711", "x"], "no mention '4711'"),
        (["inbox", "--order", "loudest"], "loudest"),
        (["inbox", "--kind", "shout"], "search_match"),
        (["inbox", "--state", "gone"], "withheld"),
        (["inbox", "--visibility", "secret"], "unlisted"),
        (["inbox", "--since", "tuesday"], "no moment"),
        (["inbox", "--account", "nobody"], "nobody"),
        (["inbox", "--before", "4711"], "no mention '4711'"),
        (["outbox", "--state", "done"], "needs_human"),
        (["outbox", "cancel", "k"], "'k'"),
        (["outbox", "settle", "k"], "--sent ID, or --retry"),
        (["outbox", "settle", "k", "--sent", "1", "--retry"], "--sent ID, or --retry"),
        (["outbox", "settle", "k", "--retry"], "'k'"),
        (["sandbox", "nowhere"], "socialdesk-nowhere"),
        (["sandbox", "twitter", "--port", "70000"], "65535"),
        (["nonsense"], "nonsense"),
    ],
)
def test_a_wrong_call_says_what_to_mend(hand: Hand, arguments: list[str], says: str) -> None:
    told = hand.type(*arguments)
    assert told.code == 2
    assert says in told.err
    assert "Traceback" not in told.err


def test_a_stranger_cannot_steer_the_terminal(hand: Hand, acme: str, sandbox: TwitterSandbox) -> None:
    post = sandbox.user("eve").post("@acme \x1b[2J\x1b]0;owned\x07 \u202eih")
    sandbox.advance(minutes=1)
    hand.type("sync")
    for told in (hand.type("inbox"), hand.type("show", post.id), hand.type("reply", post.id, "No.")):
        assert told.code == 0
        assert not {"\x1b", "\x07", "\u202e"} & set(told.all)


@pytest.fixture
def undecided(hand: Hand) -> TwitterSandbox:
    """A platform on which the answer ``k`` has failed so often, with no word on why, that a person is asked."""
    platform = TwitterSandbox(start=datetime.now(timezone.utc))  # commands go by the real clock
    platform.search_lag = 0.0
    with Desk(hand.db, transport=platform) as desk:
        desk.connect("twitter", name="acme", settings=platform.settings)
        platform.user("ann").post("@acme is anybody there?")
        platform.advance(minutes=1)
        desk.poll()
        platform.fail(ServerError(), times=None, when=POSTING)
        desk.reply(desk.mentions()[0], "We are.", key="k")
        for _ in range(600):
            desk.drain()
            if desk.receipt("k").state == "needs_human":
                return platform
            platform.advance(minutes=5)
    raise AssertionError("nobody was asked")


def test_a_person_says_that_it_was_posted(hand: Hand, undecided: TwitterSandbox) -> None:
    told = hand.type("doctor")
    assert told.code == 1
    assert "needs a person: k" in told.out
    assert "socialdesk outbox settle k" in told.out
    assert hand.type("outbox", "settle", "k", "--sent", "nowhere:x").code == 2
    assert hand.type("outbox", "settle", "k", "--sent", "4711").out == "k is sent.\n"
    (part,) = hand.type("outbox", "--json").json[0]["parts"]
    assert (part["id"], part["settled_by"]) == ("twitter:post:4711", "human")
    assert hand.type("doctor").code == 0


def test_a_person_says_that_it_was_not_posted(hand: Hand, undecided: TwitterSandbox) -> None:
    assert hand.type("outbox", "settle", "k", "--retry").out == "k is pending.\n"
    undecided.armed.clear()
    with Desk(hand.db, transport=undecided) as desk:
        desk.drain()
        assert desk.receipt("k").state == "sent"
    assert len(undecided.account.posts) == 1


def test_what_was_said_before_is_asked_for_seen_and_cancelled(
    hand: Hand, acme: str, sandbox: TwitterSandbox
) -> None:
    assert "Nothing was asked for yet" in hand.type("backfill").out
    told = hand.type("backfill", "acme", "--since", "3d", "--stream", "mentions")
    assert told.code == 0
    assert "under way" in told.out
    assert hand.type("sync", "acme").code == 0
    (done,) = orjson.loads(hand.type("backfill", "acme", "--json").out)
    assert (done["stream"], done["state"], done["waiting"]) == ("mentions", "done", 0)
    hand.type("backfill", "acme", "--since", "6d", "--stream", "mentions")
    assert "cancelled" in hand.type("backfill", "acme", "--cancel").out
    for wrong, says in (
        (["backfill", "--since", "3d"], "Which account"),
        (["backfill", "acme", "--since", "3d", "--stream", "conversation"], "when somebody looks"),
        (["backfill", "acme", "--since", "3d", "--cancel"], "give one of them"),
    ):
        refused = hand.type(*wrong)
        assert refused.code == 2
        assert says in refused.err
