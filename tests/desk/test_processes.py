"""Several processes at one desk: nothing is lost between them, and nothing is inherited across a fork."""

from __future__ import annotations

import os
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest
import sqlalchemy as sa

from socialdesk import ConfigError, Desk
from socialdesk.testing.sandbox import served
from socialdesk_twitter.sandbox import TwitterSandbox
from tests.store.programs import together

WORK = """
    import sys
    from socialdesk import Desk

    with Desk(sys.argv[1]) as desk:
        for _ in range(3):
            desk.poll()
            desk.drain()
"""


@pytest.mark.slow
def test_four_processes_at_one_account_say_nothing_twice(tmp_path: Path) -> None:
    sandbox = TwitterSandbox()
    url = f"sqlite:///{tmp_path}/desk.db"
    with served(sandbox):
        with Desk(url) as desk:
            desk.connect("twitter", name="acme", settings=sandbox.settings, hear_from=None)
            for number in range(8):
                sandbox.user(f"u{number}").post(f"@acme question {number}")
            sandbox.advance(minutes=1)
            desk.poll()
            for number, mention in enumerate(desk.mentions()):
                desk.reply(mention, f"answer {number}", key=str(number))
            for number in range(8, 16):
                sandbox.user(f"u{number}").post(f"@acme question {number}")
            sandbox.advance(minutes=1)
        together(WORK, url)
        with Desk(url) as desk:
            desk.drain()
            assert {receipt.state for receipt in desk.receipts()} == {"sent"}
            assert len(desk.mentions(direction="inbound", limit=100)) == 16
    answers = [sandbox.world.posts[number].written for number in sandbox.account.posts]
    assert len(answers) == len(set(answers)) == 8


@pytest.mark.slow
def test_four_processes_renew_a_rotating_token_once(tmp_path: Path) -> None:
    sandbox = TwitterSandbox()
    names = ("consumer_key", "consumer_secret", "access_token", "access_token_secret", "bearer_token")
    url = f"sqlite:///{tmp_path}/desk.db"
    with served(sandbox):
        settings = {name: value for name, value in sandbox.settings.items() if name not in names}
        with Desk(url) as desk:
            desk.connect("twitter", name="acme", settings=settings)
            desk.check("acme")
        sandbox.advance(hours=3)  # the access token has ended
        together(WORK, url)
        with Desk(url) as desk:
            assert desk.account("acme").health.state == "ok"
    refreshes = [seen for seen in sandbox.log if seen.path == "/2/oauth2/token"]
    assert [seen.status for seen in refreshes] == [200]


def test_a_forked_child_is_a_worker_of_its_own(tmp_path: Path) -> None:
    sandbox = TwitterSandbox()
    with served(sandbox), Desk(f"sqlite:///{tmp_path}/desk.db") as desk:
        desk.connect("twitter", name="acme", settings=sandbox.settings, hear_from=None)
        desk.poll()
        parent = desk._worker.id
        sandbox.user("ann").post("@acme hello?")
        sandbox.advance(minutes=1)
        child = os.fork()
        if child == 0:
            fine = desk._worker.id != parent and desk.poll().new == 1 and desk._worker.is_alive(None) is False
            os._exit(0 if fine else 1)
        _, status = os.waitpid(child, 0)
        assert os.waitstatus_to_exitcode(status) == 0
        assert desk._worker.id == parent
        assert len(desk.mentions()) == 1
        assert desk.poll().ok


def test_a_database_of_a_newer_version_is_refused(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path}/desk.db"
    with Desk(url) as desk:
        desk.accounts()
        with desk._store._get_engine().begin() as connection:
            connection.exec_driver_sql("UPDATE socialdesk_alembic_version SET version_num = '9999'")
    with Desk(url) as desk, pytest.raises(ConfigError, match="newer"):
        desk.accounts()


def test_a_new_database_is_what_the_migrations_make(tmp_path: Path) -> None:
    """Tables, columns, keys and indices: a new database is made without the migrations, an older one with them."""
    from alembic import command
    from alembic.config import Config

    with Desk(f"sqlite:///{tmp_path}/new.db") as desk:
        desk.accounts()
    config = Config()
    config.set_main_option("script_location", "socialdesk.desk:migrations")
    engine = sa.create_engine(f"sqlite:///{tmp_path}/migrated.db")
    with engine.begin() as connection:
        config.attributes["connection"] = connection
        command.upgrade(config, "head")
    engine.dispose()
    made = described(tmp_path / "new.db")
    assert made == described(tmp_path / "migrated.db")
    assert "socialdesk_mention" in made


def test_an_older_desk_is_brought_up_with_all_that_it_holds(tmp_path: Path) -> None:
    from alembic import command
    from alembic.config import Config

    config = Config()
    config.set_main_option("script_location", "socialdesk.desk:migrations")
    engine = sa.create_engine(f"sqlite:///{tmp_path}/old.db")
    with engine.begin() as connection:
        config.attributes["connection"] = connection
        command.upgrade(config, "0001")
        connection.exec_driver_sql(
            "INSERT INTO socialdesk_account (id, tenant, platform, name, settings, tokens_version, rules, state)"
            " VALUES ('a', '', 'twitter', 'acme', '{}', 0, '[]', 'active'),"
            " ('b', '', 'twitter', 'broke', '{}', 0, '[]', 'needs_human'),"
            " ('c', '', 'twitter', 'out', '{}', 0, '[]', 'reauth_required')"
        )
        connection.exec_driver_sql("UPDATE socialdesk_account SET problem = 'Buy more.' WHERE id = 'b'")
        connection.exec_driver_sql(
            "INSERT INTO socialdesk_reply (account_id, key, id, digest, thread, state, data, created_at)"
            " VALUES ('a', 'k', 'r', 'd', 't', 'sent', '{}', 1)"
        )
        connection.exec_driver_sql(
            "INSERT INTO socialdesk_part (account_id, id, reply_key, number, state, epoch, text, attachments, attempts,"
            " unknowns, negatives) VALUES ('a', 'p', 'k', 0, 'sent', 1, 'Hello', '[]', 1, 0, 0)"
        )
    engine.dispose()
    with Desk(f"sqlite:///{tmp_path}/old.db") as desk:
        states = {account.name: account.health.state for account in desk.accounts()}
        assert states == {"acme": "ok", "broke": "out_of_credit", "out": "reauth_required"}
        assert desk.health("broke").text == "Buy more."
        (part,) = desk.receipt("k").parts
        assert (part.text, part.mode, part.state) == ("Hello", "public", "sent")
        desk.poll("acme")
    assert described(tmp_path / "old.db").keys() == described_new(tmp_path).keys()


def described_new(folder: Path) -> dict[str, object]:
    with Desk(f"sqlite:///{folder}/new.db") as desk:
        desk.accounts()
    return described(folder / "new.db")


def described(path: Path) -> dict[str, object]:
    """Each table's columns and its indices with theirs, and the version."""
    with closing(sqlite3.connect(path)) as connection:
        tables = [name for (name,) in connection.execute("SELECT name FROM sqlite_schema WHERE type='table'")]
        found: dict[str, object] = {
            name: (
                sorted(row[1:] for row in connection.execute(f"PRAGMA table_info({name})")),
                sorted(
                    (unique, origin, [row[2] for row in connection.execute(f"PRAGMA index_info({index})")])
                    for _, index, unique, origin, _ in connection.execute(f"PRAGMA index_list({name})")
                ),
            )
            for name in tables
        }
        found["version"] = connection.execute("SELECT * FROM socialdesk_alembic_version").fetchall()
    return found
