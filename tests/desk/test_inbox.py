"""What is heard, and how it is found again: the same for Desk, and for AsyncDesk under asyncio and trio."""

from __future__ import annotations

from datetime import datetime, timedelta, timezone
from typing import Any

import pytest

from socialdesk import ConfigError, Mention
from socialdesk.connector import Item, Raw
from socialdesk.testing.sandbox import DropAnswer, Matching, TooManyRequests
from socialdesk_twitter.sandbox import TwitterSandbox
from tests.desk.faces import Hand
from tests.simulation.world import Platform, Toy


def post(number: int, **more: Any) -> dict[str, Any]:
    return {"id": str(number), "is": "post", "text": f"post {number}", **more}


def texts(found: Any) -> list[str]:
    return [said.text for said in found]


# ------------------------------------------------------------------------------------------------------ filters


def test_each_filter_holds(desk: Hand, sandbox: TwitterSandbox) -> None:
    ann = sandbox.user("ann")
    question = ann.post("@acme is my ÄRGER heard?")
    sandbox.advance(seconds=30)
    sandbox.user("bob").post("Acme Cable cut me off")
    sandbox.advance(seconds=30)
    desk.poll()
    asked, cut = desk.mentions(order="oldest")
    assert texts([asked, cut]) == ["@acme is my ÄRGER heard?", "Acme Cable cut me off"]
    expected: list[tuple[dict[str, Any], list[Mention]]] = [
        ({"account": "acme"}, [asked, cut]),
        ({"kind": asked.kind}, [asked]),
        ({"kind": "search_match"}, [cut]),
        ({"state": "active"}, [asked, cut]),
        ({"state": "deleted"}, []),
        ({"direction": "inbound"}, [asked, cut]),
        ({"direction": "outbound_native"}, []),
        ({"visibility": asked.visibility}, [asked, cut]),
        ({"visibility": "direct"}, []),
        ({"conversation": str(asked.conversation)}, [asked]),
        ({"author": str(asked.author.id)}, [asked]),
        ({"rule": "brand"}, [cut]),
        ({"rule": "Brand"}, []),
        ({"rule": "bran"}, []),
        ({"text": "ärger"}, [asked]),
        ({"text": "CUT me"}, [cut]),
        ({"text": "100%"}, []),
        ({"since": cut.created_at}, [cut]),
        ({"until": cut.created_at}, [asked]),
        ({"answered": False}, [asked, cut]),
        ({"answered": True}, []),
        ({"kind": asked.kind, "text": "cut"}, []),
        ({"limit": 1}, [asked]),
    ]
    for filters, found in expected:
        assert desk.mentions(order="oldest", **filters) == tuple(found), filters
    desk.reply(asked, "It is.", key="k")
    assert desk.mentions(answered=True) == (asked,)
    desk.cancel("k")
    assert desk.mentions(answered=True) == ()
    assert str(question.id) == asked.id.value


@pytest.mark.parametrize(
    ("filters", "named"),
    [
        ({"status": "open"}, "status"),
        ({"order": "loudest"}, "order"),
        ({"limit": 0}, "limit"),
        ({"limit": -1}, "limit"),
        ({"since": datetime(2026, 1, 1)}, "since"),  # noqa: DTZ001 - a time without a zone is what is tried
        ({"before": "nothing"}, "before"),
        ({"account": "nobody"}, "nobody"),
    ],
)
def test_what_is_no_filter_is_refused(toys: Hand, filters: dict[str, Any], named: str) -> None:
    with pytest.raises(ConfigError, match=named):
        toys.mentions(**filters)


@pytest.mark.parametrize("order", ["newest", "oldest", "spread"])
def test_pages_leave_nothing_out_in_any_order(toys: Hand, toy: Platform, order: str) -> None:
    toy.page_size = 50
    toy.streams["mentions"] = [post(number) for number in range(1, 18)]
    toys.poll()
    whole = toys.mentions(order=order, limit=100)
    assert len(whole) == 17
    seen: list[Mention] = []
    while page := toys.mentions(order=order, limit=4, **({"before": seen[-1].public_id} if seen else {})):
        seen += page
    assert tuple(seen) == whole
    if order != "spread":
        assert toys.mentions(order={"newest": "oldest", "oldest": "newest"}[order], limit=100) == whole[::-1]


# -------------------------------------------------------------------------------- what a page may hold


class Breaking(Toy):
    """A plugin whose reading of some posts cannot be written down."""

    def parse(self, raw: Raw) -> Item | None:
        item = super().parse(raw)
        if raw.body.get("half") and isinstance(item, Mention):
            return item.model_copy(update={"text": "\ud83d"})  # as when text is cut by UTF-16 offsets
        return item


def test_what_cannot_be_kept_is_set_aside_and_its_page_goes_on(
    face: str, toy: Platform, url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    from socialdesk import Registry
    from tests.desk.faces import ToyWire

    toy.page_size = 10
    toy.streams["mentions"] = [post(1), post(2, half=True), {"id": "3", "is": "post"}, post(4)]
    hand = Hand(face, url, transport=ToyWire(toy), registry=Registry(extra=[Breaking]))
    hand.connect("toy", name="acme", settings={}, hear_from=None)
    report = hand.poll()
    assert report.ok
    assert sum(listing.set_aside for listing in report.listings) == 2
    assert sorted(texts(hand.mentions())) == ["post 1", "post 4"]
    assert hand.counts()["acme"]["quarantine"] == 2
    assert hand.poll().new == 0
    hand.shut()


def test_a_post_and_its_end_on_one_page(toys: Hand, toy: Platform) -> None:
    toy.page_size = 10
    toy.streams["mentions"] = [post(1), post(2), {"id": "3", "is": "gone", "of": "2"}]
    toys.poll()
    assert {said.text: said.state for said in toys.mentions()} == {"post 1": "active", "post 2": "deleted"}


def test_of_two_versions_on_one_page_the_later_stands(toys: Hand, toy: Platform) -> None:
    toy.page_size = 10
    toy.streams["mentions"] = [post(1, text="helo"), post(2, of="1", text="hello", revision=1)]
    toys.poll()
    (said,) = toys.mentions()
    assert (said.text, said.revision) == ("hello", 1)


def test_hearing_begins_when_the_account_is_connected(face: str, sandbox: TwitterSandbox, url: str) -> None:
    sandbox.user("ann").post("@acme from before")
    sandbox.advance(hours=1)
    hand = Hand(face, url, transport=sandbox)
    hand.connect("twitter", name="acme", settings=sandbox.settings)
    hand.connect("twitter", name="all", settings=sandbox.settings, hear_from=None)
    sandbox.user("ann").post("@acme from now")
    sandbox.advance(minutes=1)
    hand.poll()
    assert texts(hand.mentions(account="acme")) == ["@acme from now"]
    assert texts(hand.mentions(account="all")) == ["@acme from now", "@acme from before"]
    hand.shut()


# ----------------------------------------------------------------------------------- several accounts, echoes


def test_a_post_that_two_accounts_heard_is_answered_by_the_one_that_was_asked(
    desk: Hand, sandbox: TwitterSandbox
) -> None:
    desk.connect("twitter", name="zeta", settings=sandbox.settings_for("acmehelp"))
    sandbox.user("ann").post("@acme @acmehelp which of you?")
    sandbox.advance(minutes=1)
    desk.poll()
    for account, handle in (("zeta", "acmehelp"), ("acme", "acme")):
        (said,) = desk.mentions(account=account)
        conversation = desk.conversation(said)
        assert conversation.account == account
        assert conversation.mentions == (said,)
        (fresh,) = desk.refresh([conversation.mentions[0]])
        assert fresh.account == account
        assert desk.reply(said, f"We, {handle}.", key="k").account == account
        desk.drain()
        assert desk.receipt("k", account=account).state == "sent"
        written = [sandbox.world.posts[number].written for number in sandbox.user(handle).posts]
        assert written == [f"We, {handle}."] or written[0].endswith(f"We, {handle}.")
        assert [one.account for one in desk.conversation(said).receipts] == [account]
    with pytest.raises(ConfigError, match=r"acme, zeta"):
        desk.receipt("k")


def test_our_own_answer_is_known_also_when_it_is_heard_before_its_answer(
    desk: Hand, sandbox: TwitterSandbox
) -> None:
    sandbox.user("ann").post("@acme hello?")
    sandbox.advance(minutes=1)
    desk.poll()
    (said,) = desk.mentions()
    desk.reply(said, "Hello.", key="k")
    sandbox.fail(DropAnswer(), when=Matching(method="POST"))
    assert desk.drain().unknown == 1
    sandbox.advance(minutes=1)
    heard = desk.conversation(said, refresh=True).mentions
    assert [one.direction for one in heard] == ["inbound", "outbound_native"]
    sandbox.advance(minutes=10)
    assert desk.drain().sent == 1
    assert [one.direction for one in desk.conversation(said).mentions] == ["inbound", "outbound_socialdesk"]
    assert [one.id for one in desk.mentions(direction="inbound")] == [said.id]


# ------------------------------------------------------------------------------------- listings that have to wait


def asked(sandbox: TwitterSandbox) -> int:
    return len(sandbox.log)


def test_a_limited_listing_says_until_when_and_is_left_alone(desk: Hand, sandbox: TwitterSandbox) -> None:
    desk.poll()
    sandbox.fail(TooManyRequests("retry_after", 600), when=Matching(path="/2/users/*/mentions"))
    sandbox.user("ann").post("@acme hello?")
    sandbox.advance(minutes=1)
    report = desk.poll("acme")
    (waiting,) = (listing for listing in report.listings if listing.stream == "mentions")
    now = sandbox.clock.now()
    assert waiting.waits is not None
    assert waiting.again_at is not None
    assert 600 <= (waiting.again_at - now).total_seconds() <= 603, "not all begin again at the same moment"
    before = [seen.path for seen in sandbox.log if seen.path.endswith("/mentions")]
    again = desk.poll("acme")
    assert [listing.again_at for listing in again.listings if listing.stream == "mentions"] == [
        waiting.again_at
    ]
    assert [seen.path for seen in sandbox.log if seen.path.endswith("/mentions")] == before
    sandbox.advance(minutes=11)
    assert desk.poll("acme").ok
    assert texts(desk.mentions(kind="mention")) == ["@acme hello?"]


def test_a_limit_of_which_nothing_is_told_is_waited_for_twice_as_long_each_time(
    desk: Hand, sandbox: TwitterSandbox
) -> None:
    sandbox.fail(TooManyRequests("nothing"), times=None, when=Matching(path="/2/users/*/mentions"))
    waits = []
    for _ in range(6):
        (waiting,) = (one for one in desk.poll("acme").listings if one.stream == "mentions")
        assert waiting.again_at is not None
        waits.append((waiting.again_at - sandbox.clock.now()).total_seconds())
        sandbox.advance(seconds=waits[-1] + 1)
    for wait, usual in zip(waits, [60, 120, 240, 480, 900, 900], strict=True):
        assert usual <= wait <= usual + 3


@pytest.mark.parametrize("status", [429, 401])
def test_an_account_that_is_refused_at_the_first_contact_is_not_asked_again_and_again(
    desk: Hand, sandbox: TwitterSandbox, status: int
) -> None:
    if status == 429:
        sandbox.fail(TooManyRequests("retry_after", 600), when=Matching(path="/2/users/me"))
    else:
        desk.connect("twitter", name="acme", settings={**sandbox.settings, "access_token_secret": "wrong"})
    report = desk.poll()
    assert not report.ok
    assert report.again_at is not None
    assert report.again_at >= sandbox.clock.now() + timedelta(seconds=600)
    seen = asked(sandbox)
    for _ in range(3):
        assert not desk.poll().ok
        desk.poll(due_only=True)
    assert asked(sandbox) == seen
    assert desk.account("acme").health.state == ("rate_limited" if status == 429 else "reauth_required")
    assert desk.flow(lambda flows: flows.next_due()) >= sandbox.clock.now() + timedelta(seconds=600)
    sandbox.advance(minutes=20)
    if status == 401:
        desk.connect("twitter", name="acme", settings=sandbox.settings)
    assert desk.poll().ok
    assert desk.account("acme").health.state == "ok"


def test_what_nobody_listens_for_any_more_is_never_due(desk: Hand, sandbox: TwitterSandbox) -> None:
    desk.poll()
    desk.listen("acme", [])
    sandbox.advance(minutes=5)
    desk.poll()
    assert desk.flow(lambda flows: flows.next_due()) > sandbox.clock.now()
    assert {listing.stream for listing in desk.poll().listings} == {"mentions", "messages", "replies"}


def test_credentials_that_ended_are_replaced_and_all_goes_on(desk: Hand, sandbox: TwitterSandbox) -> None:
    sandbox.user("ann").post("@acme hello?")
    sandbox.advance(minutes=1)
    desk.poll()
    (said,) = desk.mentions()
    desk.connect("twitter", name="acme", settings={**sandbox.settings, "access_token_secret": "wrong"})
    desk.poll()
    sandbox.user("bob").post("Acme Cable is slow")
    # the reply is taken although nothing can be sent: the mention is known, and so is the account's name
    with_known_profile = sandbox.settings
    desk.connect("twitter", name="acme", settings=with_known_profile)
    desk.poll()
    desk.reply(said, "Hello.", key="k")
    desk.connect("twitter", name="acme", settings={**sandbox.settings, "access_token_secret": "wrong"})
    report = desk.drain()
    assert report.put_off == 1
    assert desk.account("acme").health.state == "reauth_required"
    assert desk.receipt("k").state == "pending"
    assert desk.drain() == type(report)()  # it waits for its owner, and is not tried again and again
    account = desk.connect("twitter", name="acme", settings=sandbox.settings)
    assert [rule.name for rule in account.rules] == ["brand", "cable"]  # what was listened for stays
    assert desk.drain().sent == 1
    assert desk.receipt("k").state == "sent"
    assert texts(desk.mentions(rule="brand")) == ["Acme Cable is slow"]


def test_times_are_told_with_their_zone(toys: Hand, toy: Platform) -> None:
    toy.streams["mentions"] = [post(1)]
    toys.poll()
    (said,) = toys.mentions()
    assert said.created_at is not None
    assert said.created_at.tzinfo == timezone.utc
    assert said.observed_at == toy.now
