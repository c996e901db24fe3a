"""The example of the page does what the page says, and its hook is heard."""

from __future__ import annotations

import io
from contextlib import redirect_stdout
from pathlib import Path
from typing import Any

from socialdesk import Desk, Labels, Registry, Rule
from socialdesk.triage import Triage
from socialdesk_twitter.sandbox import TwitterSandbox
from tests.contract.chirp import load

EXAMPLES = Path(__file__).resolve().parents[2] / "docs" / "examples"


def test_it_prints_what_the_page_shows() -> None:
    """triage_order.py prints triage_order.txt."""
    with redirect_stdout(io.StringIO()) as printed:
        load("triage_order_printed", EXAMPLES / "triage_order.py")
    assert printed.getvalue() == (EXAMPLES / "triage_order.txt").read_text("utf-8")


def test_its_plugin_is_asked_by_the_desk() -> None:
    with redirect_stdout(io.StringIO()):
        example = load("triage_order_hook", EXAMPLES / "triage_order.py")
    registry = Registry()
    registry.register(example.KeyAccounts(), "key-accounts")
    labels = judged(registry=registry)
    assert (labels["northwind"].route, labels["northwind"].priority) == ("key-accounts", 0.95)
    assert {"complaint", "a key account"} <= set(labels["northwind"].reasons)
    assert labels["ann"].route is None
    assert labels["ann"].intent == "complaint"


def test_the_desk_knows_the_names_of_the_account_and_of_its_rules() -> None:
    labels = judged()
    assert labels["ann"].relevant is True
    assert labels["skye"].relevant is not True, "it only shares words with us"
    assert (labels["skye"].priority or 0) < (labels["ann"].priority or 0)


def test_a_desk_may_judge_otherwise_or_not_at_all() -> None:
    assert judged(triage=False)["ann"] == Labels()
    other = judged(triage=Triage(about=("cable car",)))
    assert other["skye"].relevant is True


def judged(**options: Any) -> dict[str | None, Labels]:
    """How a desk with these options judges what three people say."""
    sandbox = TwitterSandbox()
    sandbox.user("northwind").post("@acme still no internet, three days now")
    sandbox.user("ann").post("Acme Cable has let me down again: no internet since Monday!")
    sandbox.user("skye").post("cable car to school was late AGAIN. the acme of a bad monday")
    sandbox.advance(minutes=5)
    with Desk("sqlite://", transport=sandbox, **options) as desk:
        rules = [Rule(name="brand", phrase="Acme Cable"), Rule(name="word", any_of=("cable",))]
        desk.connect("twitter", name="acme", settings=sandbox.settings, rules=rules, hear_from=None)
        desk.poll()
        return {mention.author.handle: mention.labels for mention in desk.mentions()}
