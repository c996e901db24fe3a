"""The report of ./dev bench: what it measures, and what it calls reached."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import orjson
import pytest

from benchmarks.pages import page
from benchmarks.rows import Row, interleaved, percentile
from socialdesk_twitter.joining import raws
from socialdesk_twitter.translate import to_mention

QUICK = ("parsing", "stepping", "polling")


def report(root: Path, *arguments: str) -> list[dict[str, Any]]:
    done = subprocess.run(
        [sys.executable, "benchmarks/run.py", "--quick", "--json", *arguments],
        cwd=root,
        capture_output=True,
        text=True,
        timeout=180,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    rows: list[dict[str, Any]] = json.loads(done.stdout)
    return rows


def whats(rows: list[dict[str, Any]]) -> str:
    return "\n".join(row["what"] for row in rows)


def test_a_figure_is_judged_by_its_target() -> None:
    assert Row("at most", 1.2, 1.3).reached is True
    assert Row("at most", 1.4, 1.3).reached is False
    assert Row("at least", 1.9, 2, more_is_better=True).reached is False
    assert Row("at least", 2.0, 2, more_is_better=True).reached is True
    assert Row("no target", 3.0).reached is None
    assert "missed" in Row("at most", 1.4, 1.3).line()
    assert "reached" not in Row("no target", 3.0).line()


def test_a_percentile_is_one_of_the_values() -> None:
    values = [float(value) for value in range(1, 101)]
    assert percentile(values, 0.95) == 95
    assert percentile(values, 0.5) == 50
    assert percentile([7.0], 0.95) == 7


def test_contenders_take_turns() -> None:
    order: list[str] = []
    took = interleaved({"a": lambda: order.append("a"), "b": lambda: order.append("b")}, 3, each=2)
    assert order == ["a", "a", "b", "b"] * 3
    assert set(took) == {"a", "b"}


def test_a_page_is_as_large_as_real_ones_and_can_be_read_whole() -> None:
    body = page(0, following="1")
    assert 2_000 <= len(body) / 100 <= 2_400
    mentions = [to_mention(raw.body, "999") for raw in raws(orjson.loads(body))]
    assert len({mention.id for mention in mentions}) == 100
    for mention in mentions:
        assert mention.kind == "reply"
        assert mention.provenance.missing == ()
        assert [entity.kind for entity in mention.entities] == ["mention", "url"]
        assert [item.kind for item in mention.attachments] == ["image"]
        assert "&amp;" not in mention.text


def test_pages_follow_one_another_without_a_post_twice() -> None:
    bodies = [orjson.loads(page(number, 10)) for number in range(3)]
    ids = [int(post["id"]) for body in bodies for post in body["data"]]
    assert ids == sorted(set(ids), reverse=True)


@pytest.mark.slow
def test_the_measures_that_take_seconds_report_their_figures(root: Path) -> None:
    rows = report(root, *QUICK)
    assert all(row["value"] > 0 for row in rows)
    judged = [row for row in rows if row["target"] is not None]
    assert len(judged) >= 5
    assert all(isinstance(row["reached"], bool) for row in judged)
    for words in ("json.loads", "tweepy", "driven effect", "limit check", "small poll"):
        assert words in whats(rows)


@pytest.mark.slow
def test_an_unknown_measure_is_named_with_the_known_ones(root: Path) -> None:
    done = subprocess.run(
        [sys.executable, "benchmarks/run.py", "nothing"],
        cwd=root,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert done.returncode == 2
    assert "nothing" in done.stderr
    assert "syncing" in done.stderr


@pytest.mark.slow
def test_the_report_is_whole(root: Path) -> None:
    told = whats(report(root))
    for words in (
        "json.loads",
        "sync of",
        "sqlite3 executemany",
        "SQLAlchemy Core",
        "peak memory",
        "again",
        "import socialdesk",
        "--help",
        "driven effect",
        "limit check",
        "small poll",
        "first byte on the wire",
    ):
        assert words in told
