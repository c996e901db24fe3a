"""The how-to guides' helpdesks hear and answer, each under its own framework and against a served sandbox."""

from __future__ import annotations

import importlib
import os
import subprocess
import sys
import time
import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from types import ModuleType
from typing import Any

import anyio
import httpx
import pytest

from socialdesk import ConfigError, Desk
from socialdesk.testing.sandbox import served
from socialdesk_twitter.sandbox import Post, TwitterSandbox

EXAMPLES = Path(__file__).resolve().parents[2] / "docs" / "examples"
PATIENCE = 20.0  # seconds


@pytest.fixture
def sandbox() -> Iterator[TwitterSandbox]:
    made = TwitterSandbox()
    made.search_lag = 0.0
    with served(made):
        yield made


@pytest.fixture
def question(sandbox: TwitterSandbox, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Post:
    """Someone asks; an account is connected, in the database that SOCIALDESK_DB names."""
    url = f"sqlite:///{tmp_path}/desk.db"
    monkeypatch.setenv("SOCIALDESK_DB", url)
    monkeypatch.setenv("HELPDESK_DB", url.replace("sqlite:", "sqlite+aiosqlite:"))
    monkeypatch.syspath_prepend(str(EXAMPLES))
    asked = sandbox.user("ann", dms_open=True).post("@acme is the shop open?")
    sandbox.advance(minutes=1)
    with Desk(url) as desk:
        desk.connect("twitter", name="acme", settings=sandbox.settings, hear_from=None)
    return asked


def example(name: str) -> ModuleType:
    """A module of the examples, as new: it reads its settings when it is imported."""
    sys.modules.pop(name, None)
    return importlib.import_module(name)


def until(found: Callable[[], Any], what: str) -> Any:
    """What ``found`` gives, once it gives something."""
    ends = time.monotonic() + PATIENCE
    while time.monotonic() < ends:
        value = found()
        if value:
            return value
        time.sleep(0.05)
    raise AssertionError(f"{what} within {PATIENCE:.0f} seconds")


async def sent(agent: httpx.AsyncClient, key: str) -> None:
    """The answer of this key goes out, by whichever gets to it first: the task after the request, or run()."""
    state = ""
    with anyio.fail_after(PATIENCE):
        while state != "sent":
            state = (await agent.get(f"/answers/{key}")).json()["state"]
            await anyio.sleep(0.02)


def said(sandbox: TwitterSandbox, root: Post) -> list[str]:
    """Who spoke in a thread, as the platform shows it."""
    return [post.author.handle for post in sandbox.thread(root)]


def test_fastapi_helpdesk(sandbox: TwitterSandbox, question: Post) -> None:
    module = example("fastapi_helpdesk")
    key = {"Idempotency-Key": "ticket-1"}

    async def use() -> None:
        transport = httpx.ASGITransport(app=module.app)
        async with (
            module.app.router.lifespan_context(module.app),
            httpx.AsyncClient(transport=transport, base_url="http://helpdesk") as agent,
        ):
            for _ in range(int(PATIENCE / 0.05)):
                heard = (await agent.get("/mentions")).json()
                if heard:
                    break
                await anyio.sleep(0.05)
            mention = f"/mentions/{heard[0]['public_id']}"
            planned = (await agent.get(f"{mention}/plan", params={"text": "It is."})).json()
            assert [part["text"] for part in planned["parts"]] == ["It is."]
            for _ in range(2):
                answered = await agent.post(f"{mention}/answers", params={"text": "It is."}, headers=key)
                assert answered.status_code == 202
            await sent(agent, "ticket-1")
            other = await agent.post(f"{mention}/answers", params={"text": "It is not."}, headers=key)
            assert other.status_code == 400
            assert "another reply" in other.json()["detail"]
            assert said(sandbox, question) == ["ann", "acme"]
            theirs = await agent.get("/hooks/acme", params={"crc_token": "challenge123"})
            assert theirs.json()["response_token"].startswith("sha256=")
            assert (await agent.post("/hooks/acme", content=b"{}")).status_code == 403
            alone = await agent.post(
                f"{mention}/private",
                params={"text": "Your number is 4711.", "note": "We have written to you."},
                headers={"Idempotency-Key": "ticket-3"},
            )
            assert alone.status_code == 202, alone.text
            assert [part["mode"] for part in alone.json()["parts"]] == ["private", "public"]
            await module.app.state.desk.drain()
            await sent(agent, "ticket-3")
            async with module.engine.begin() as connection:
                await connection.run_sync(module.Base.metadata.create_all)
            together = {"Idempotency-Key": "ticket-4"}
            for _ in range(2):
                opened = await agent.post(f"{mention}/tickets", params={"text": "Not yet."}, headers=together)
                assert opened.status_code == 202, opened.text
            await sent(agent, "ticket-4")
            other = await agent.post(f"{mention}/tickets", params={"text": "Oh."}, headers=together)
            assert other.status_code == 400
            async with module.Sessions() as session:
                assert (await session.get_one(module.Ticket, "ticket-4")).mention == heard[0]["public_id"]
            await module.engine.dispose()
            sandbox.user("ann").delete(question)
            await module.app.state.desk.refresh([heard[0]["public_id"]])
            late = {"Idempotency-Key": "ticket-2"}
            gone = await agent.post(f"{mention}/answers", params={"text": "Until eight."}, headers=late)
            assert gone.status_code == 409

    anyio.run(use)


@pytest.mark.slow
def test_flask_and_celery_helpdesk(
    sandbox: TwitterSandbox, question: Post, monkeypatch: pytest.MonkeyPatch
) -> None:
    from celery.contrib.testing.worker import start_worker

    monkeypatch.setenv("CELERY_BROKER_URL", "memory://")
    module = example("flask_celery_helpdesk")
    module.celery.conf.broker_transport_options = {"polling_interval": 0.02}
    agent = module.app.test_client()
    with module.desk, start_worker(module.celery, pool="solo", perform_ping_check=False, shutdown_timeout=20):
        assert agent.get("/mentions").json == []
        module.hear.delay()
        heard = until(lambda: agent.get("/mentions").json, "nothing was heard")
        address = f"/mentions/{heard[0]['public_id']}/answers"
        for _ in range(2):
            assert agent.post(address, json={"text": "It is.", "key": "ticket-1"}).status_code == 202
        until(lambda: agent.get("/answers/ticket-1").json["state"] == "sent", "the answer was not sent")
        assert agent.post(address, json={"text": "It is not.", "key": "ticket-1"}).status_code == 400
        module.Base.metadata.create_all(module.engine)
        module.take.delay()
        until(module.desk.consumers, "no consumer is known")
        sandbox.user("bo").post("@acme and on Sunday?")
        sandbox.advance(minutes=1)
        module.desk.poll()
        module.take.delay()
        (ticket,) = until(lambda: tickets(module, answered=False), "no ticket was opened")
        there = f"/tickets/{ticket}/answers"
        assert agent.post(there, json={"text": "It is not.", "key": "ticket-1"}).status_code == 400
        assert tickets(module, answered=False) == [ticket]
        assert agent.post(there, json={"text": "Until noon.", "key": "ticket-2"}).status_code == 202
        assert tickets(module, answered=False) == []
        until(lambda: agent.get("/answers/ticket-2").json["state"] == "sent", "the answer was not sent")
        module.engine.dispose()
    assert said(sandbox, question) == ["ann", "acme"]
    assert set(module.celery.conf.beat_schedule) == {"hear", "send"}
    scheduled = {entry["task"] for entry in module.celery.conf.beat_schedule.values()}
    assert scheduled <= set(module.celery.tasks)


def tickets(module: Any, *, answered: bool) -> list[str]:
    with module.Sessions() as session:
        return [one.event for one in session.query(module.Ticket) if (one.answer is not None) == answered]


@pytest.fixture
def django_agent(question: Post, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Any]:
    """A browser at the Django helpdesk, whose tables are made."""
    monkeypatch.setenv("DJANGO_SETTINGS_MODULE", "django_helpdesk.settings")
    monkeypatch.setenv("DJANGO_SECRET_KEY", "of this test alone")
    monkeypatch.setenv("HELPDESK_DB", str(tmp_path / "desk.db"))  # for the desk and for Django
    import django
    from django.core.management import call_command
    from django.db import connections
    from django.test import Client

    django.setup()
    call_command("migrate", run_syncdb=True, verbosity=0)
    desk = example("django_helpdesk.desk")
    yield Client()
    desk.get_desk().close()
    connections.close_all()


@contextmanager
def running() -> Iterator[None]:
    """The command that hears and sends, as long as the context is open; it ends well when it is told to."""
    environment = {**os.environ, "PYTHONPATH": str(EXAMPLES)}
    command = [sys.executable, "-m", "django", "run_desk"]
    with subprocess.Popen(command, env=environment, stderr=subprocess.PIPE, text=True) as process:
        try:
            yield
        finally:
            process.terminate()
        _, complaints = process.communicate(timeout=PATIENCE)
    assert (process.returncode, complaints) == (0, "")


@pytest.mark.slow
def test_django_helpdesk(django_agent: Any, sandbox: TwitterSandbox, question: Post) -> None:
    from django_helpdesk.desk import get_desk
    from django_helpdesk.models import Answer

    with running():
        (heard,) = until(lambda: django_agent.get("/mentions").json()["mentions"], "nothing was heard")
    address = f"/mentions/{heard['public_id']}/answers"
    answered = django_agent.post(address, {"text": "It is."})
    assert answered.status_code == 202
    assert get_desk().receipt(answered.json()["key"]).state == "pending"
    key = str(uuid.uuid4())
    together = django_agent.post(f"/mentions/{heard['public_id']}/together", {"text": "Always.", "key": key})
    assert together.json() == {"key": key}
    assert get_desk().receipt(key).state == "pending"
    get_desk().cancel(key)
    taken = str(uuid.uuid4())
    get_desk().reply(heard["public_id"], "By another way.", key=taken)
    get_desk().cancel(taken)
    with pytest.raises(ConfigError, match="another reply"):  # and the view's own row is gone with it
        django_agent.post(f"/mentions/{heard['public_id']}/together", {"text": "Oh.", "key": taken})
    assert not Answer.objects.filter(key=taken).exists()
    # One that was committed by a process that ended before it could hand it over, and one that can never be sent.
    left = Answer.objects.create(mention=heard["public_id"], text="Until eight.")
    wrong = Answer.objects.create(mention="nobody", text="Hello?")
    with running():
        until(lambda: said(sandbox, question) == ["ann", "acme", "acme"], "not all was sent")
        until(lambda: get_desk().receipt(str(left.key)).state == "sent", "the receipt was not written")
    left.refresh_from_db()
    wrong.refresh_from_db()
    assert left.handed_over
    assert "no mention 'nobody'" in wrong.problem
    assert get_desk().receipt(answered.json()["key"]).state == "sent"
