"""The how-to guide's helpdesk opens one ticket for each complaint, also where it or its tables fail meanwhile."""

from __future__ import annotations

import sqlite3
from pathlib import Path
from typing import Any

import pytest

from socialdesk import Desk
from socialdesk_twitter.sandbox import TwitterSandbox
from tests.contract.chirp import load

example: Any = load(
    "take_events", Path(__file__).resolve().parents[2] / "docs" / "examples" / "take_events.py"
)


def test_one_ticket_for_each_complaint(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    sandbox = TwitterSandbox()
    tickets = example.Tickets(str(tmp_path / "helpdesk.db"))
    with Desk(f"sqlite:///{tmp_path}/desk.db", transport=sandbox) as desk:
        desk.connect("twitter", name="acme", settings=sandbox.settings, hear_from=None)
        assert example.take(desk, tickets) == 0
        sandbox.user("ann").post("@acme my parcel is lost")
        sandbox.user("bo").post("@acme mine too")
        sandbox.advance(minutes=1)
        desk.poll()
        with monkeypatch.context() as broken:
            broken.setattr(tickets, "open", _locked)
            assert example.take(desk, tickets) == 2
        assert example.take(desk, tickets) == 0
        sandbox.advance(minutes=1)
        assert example.take(desk, tickets) == 2
        assert example.take(desk, tickets) == 0
    rows = tickets.rows.execute("SELECT who, text FROM ticket ORDER BY who").fetchall()
    assert rows == [("ann", "@acme my parcel is lost"), ("bo", "@acme mine too")]
    tickets.rows.close()


def test_ticket_answer_and_ack_are_one(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    sandbox = TwitterSandbox()
    path = tmp_path / "desk.db"
    tickets = example.Tickets(str(path))
    with Desk(f"sqlite:///{path}", transport=sandbox) as desk:
        desk.connect("twitter", name="acme", settings=sandbox.settings, hear_from=None)
        assert example.take_together(desk, tickets.rows) == 0
        sandbox.user("ann").post("@acme my parcel is lost")
        sandbox.user("bo").post("@acme mine too")
        sandbox.advance(minutes=1)
        desk.poll()
        with monkeypatch.context() as broken:
            broken.setattr("socialdesk.desk.within.Within.ack", _locked)
            with pytest.raises(sqlite3.OperationalError):
                example.take_together(desk, tickets.rows)
        assert (tickets.rows.execute("SELECT * FROM ticket").fetchall(), desk.receipts()) == ([], ())
        assert example.take_together(desk, tickets.rows) == 2
        assert example.take_together(desk, tickets.rows) == 0
        assert len(desk.receipts()) == 2
    assert tickets.rows.execute("SELECT who FROM ticket ORDER BY who").fetchall() == [("ann",), ("bo",)]
    tickets.rows.close()


def _locked(*_: object) -> None:
    raise sqlite3.OperationalError("database is locked")
