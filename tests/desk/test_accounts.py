"""Apps, accounts and tenants: the same for Desk, and for AsyncDesk under asyncio and trio."""

from __future__ import annotations

from typing import Any

import pytest

from socialdesk import ConfigError, Registry, Rule, SocialdeskError
from socialdesk_twitter.sandbox import TwitterSandbox
from tests.desk.faces import Hand
from tests.simulation.world import Toy

APP = ("consumer_key", "consumer_secret", "bearer_token", "client_id", "client_secret")


def divided(sandbox: TwitterSandbox, handle: str = "acme") -> tuple[dict[str, Any], dict[str, Any]]:
    settings = sandbox.settings_for(handle)
    app = {name: settings.pop(name) for name in APP}
    return settings, app


@pytest.fixture
def hand(face: str, sandbox: TwitterSandbox, url: str) -> Any:
    made = Hand(face, url, transport=sandbox, registry=Registry(extra=[Toy]))
    yield made
    made.shut()


def test_accounts_share_an_app(hand: Hand, sandbox: TwitterSandbox) -> None:
    own, app = divided(sandbox)
    other, _ = divided(sandbox, "acmehelp")
    with pytest.raises(ConfigError, match="no twitter app named 'one'"):
        hand.connect("twitter", name="acme", settings=own, app="one")
    hand.app("twitter", name="one", settings={**app, "bearer_token": "wrong", "consumer_secret": "wrong"})
    hand.connect("twitter", name="acme", settings=own, app="one")
    hand.connect("twitter", name="help", settings=other, app="one")
    assert not hand.poll().ok
    hand.app("twitter", name="one", settings=app)
    for name in ("acme", "help"):
        assert hand.check(name).health.state == "ok"
    assert hand.poll().ok
    assert hand.apps() == (("twitter", "one"),)
    assert {account.handle for account in hand.accounts()} == {"acme", "acmehelp"}


def test_an_account_with_its_own_app_leaves_an_app_of_the_same_name_alone(
    hand: Hand, sandbox: TwitterSandbox
) -> None:
    own, app = divided(sandbox)
    hand.app("twitter", name="acme", settings=app)
    hand.connect("twitter", name="help", settings=own, app="acme")
    hand.connect("twitter", name="acme", settings={**sandbox.settings, "consumer_secret": "wrong"})
    assert hand.check("help").health.state == "ok"
    assert hand.apps() == (("twitter", "acme"),)


def test_everything_that_is_wrong_is_said_at_once(hand: Hand, sandbox: TwitterSandbox) -> None:
    with pytest.raises(ConfigError) as caught:
        hand.app("twitter", name="one", settings={"colour": "blue", "consumer_key": 7})
    assert {problem.split(":")[0] for problem in caught.value.problems} >= {"colour", "consumer_key"}
    with pytest.raises(ConfigError, match="No plugin"):
        hand.connect("nowhere", name="acme", settings={})
    hand.connect("toy", name="toy", settings={})
    with pytest.raises(ConfigError, match="one of toy"):
        hand.connect("twitter", name="toy", settings=sandbox.settings)
    assert [(account.name, account.platform) for account in hand.accounts()] == [("toy", "toy")]
    for wrong in ("", " ", "a/b"):
        with pytest.raises(ConfigError, match="name"):
            hand.connect("toy", name=wrong, settings={})
        with pytest.raises(ConfigError, match="name"):
            hand.app("toy", name=wrong, settings={})


def test_a_rule_that_cannot_be_asked_is_refused_at_once(hand: Hand, sandbox: TwitterSandbox) -> None:
    too_long = Rule(name="long", phrase="word " * 200)
    with pytest.raises(SocialdeskError):
        hand.connect("twitter", name="acme", settings=sandbox.settings, rules=[too_long])
    assert hand.accounts() == ()


def test_tenants_are_strangers_to_each_other(hand: Hand, sandbox: TwitterSandbox) -> None:
    own, app = divided(sandbox)
    one, two = hand.scoped("one"), hand.scoped("two")
    one.app("twitter", name="app", settings=app)
    one.connect("twitter", name="acme", settings=own, app="app")
    two.connect("toy", name="acme", settings={})
    sandbox.user("ann").post("@acme hello?")
    sandbox.advance(minutes=1)
    one.poll()
    (said,) = one.mentions()
    one.reply(said, "Hello.", key="k")
    assert [account.platform for account in two.accounts()] == ["toy"]
    assert two.account("acme").platform == "toy"
    for empty in (two.mentions(), two.receipts(), two.apps()):
        assert empty == ()
    assert two.counts() == {"acme": {}}
    refused: list[Any] = [
        lambda: two.mention(said),
        lambda: two.mention(said.public_id),
        lambda: two.conversation(said),
        lambda: two.conversation(str(said.conversation)),
        lambda: two.refresh([said]),
        lambda: two.actions(said),
        lambda: two.plan(said, "x"),
        lambda: two.reply(said, "x", key="x"),
        lambda: two.receipt("k"),
        lambda: two.cancel("k"),
        lambda: two.settle("k"),
        lambda: two.mentions(before=said.public_id),
        lambda: two.connect("twitter", name="x", settings=own, app="app"),
        lambda: two.connect("twitter", name="x", settings=own, tenant="one"),
    ]
    for number, ask in enumerate(refused):
        with pytest.raises(ConfigError):
            ask()
        assert number < len(refused)
    assert two.drain().sent == 0
    assert sandbox.account.posts == []
    two.app("twitter", name="app", settings={**app, "consumer_secret": "wrong"})  # an app of its own
    two.listen("acme", [])
    two.remove("acme")
    assert one.check("acme").health.state == "ok"
    assert one.drain().sent == 1
    with pytest.raises(ConfigError, match="no account"):
        two.poll("acme")
    assert [account.tenant for account in hand.accounts()] == ["one"]


def test_an_account_name_of_several_tenants_has_to_be_scoped(hand: Hand) -> None:
    for tenant in ("one", "two"):
        hand.connect("toy", name="acme", tenant=tenant, settings={})
    with pytest.raises(ConfigError, match="scoped"):
        hand.account("acme")
    assert hand.scoped("two").account("acme").tenant == "two"
