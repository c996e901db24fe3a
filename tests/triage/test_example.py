"""The example of the page does what the page says, and its hook is heard."""

from __future__ import annotations

import io
from contextlib import redirect_stdout
from pathlib import Path

from socialdesk.desk.hooks import Hooks
from socialdesk.models import Author
from socialdesk.registry import Registry
from socialdesk.triage import Triage
from tests.contract.chirp import load
from tests.triage.posts import said

EXAMPLES = Path(__file__).resolve().parents[2] / "docs" / "examples"


def test_it_prints_what_the_page_shows() -> None:
    """triage_order.py prints triage_order.txt."""
    with redirect_stdout(io.StringIO()) as printed:
        load("triage_order_printed", EXAMPLES / "triage_order.py")
    assert printed.getvalue() == (EXAMPLES / "triage_order.txt").read_text("utf-8")


def test_its_plugin_is_asked_by_the_desk() -> None:
    with redirect_stdout(io.StringIO()):
        example = load("triage_order_hook", EXAMPLES / "triage_order.py")
    registry = Registry([])
    registry.register(example.KeyAccounts(), "key-accounts")
    enrich = Hooks(registry).enricher()
    assert enrich is not None
    mention = said("no internet", author=Author(handle="northwind"))
    labels = enrich(mention)
    assert labels is not None
    assert (labels.route, labels.priority) == ("key-accounts", 0.95)
    assert (Triage().assess(mention).priority or 0) < 0.95
    assert enrich(said("no internet")) is None
