"""The pages on simulating: their example holds, and their figures come out again."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from tests.contract.chirp import load

DOCS = Path(__file__).resolve().parents[2] / "docs"
example: Any = load("simulate_mastodon", DOCS / "examples" / "simulate_mastodon.py")
measure: Any = load("docs_measure_posting", DOCS / "measure_posting.py")

test_nothing_is_said_twice = example.test_nothing_is_said_twice
test_a_crash_at_every_tenth_effect_and_clocks_that_differ = pytest.mark.slow(
    example.test_a_crash_at_every_tenth_effect_and_clocks_that_differ
)


def ways(seeds: int, storms: int) -> dict[str, tuple[Any, Any]]:
    return {name: (single, many) for name, single, many in measure.compare(seeds, storms)}


@pytest.mark.slow
def test_others_post_twice_and_we_do_not() -> None:
    played = ways(1, 12)
    assert played["retry"][0].twice > 20
    assert played["lease of 90 s, read back at once"][1].twice > 0
    assert played["at most once"][1].asked > 10
    ours = {name: reports for name, reports in played.items() if name.startswith("socialdesk")}
    assert len(ours) == 4
    for name, reports in ours.items():
        for report in reports:
            assert report.ok, report
            assert (report.asked > 0) == (name == "socialdesk, nothing to go by"), report


@pytest.mark.slow
def test_the_same_sizes_give_the_same_tables() -> None:
    sizes = measure.Sizes(seeds=0, storms=3, runs=4)
    once, again = (measure.tables(sizes, list(measure.compare(1, 3))) for _ in range(2))
    assert once == again


@pytest.mark.slow
def test_what_cannot_be_solved_is_shown_as_it_is() -> None:
    late = {grace: report.twice for grace, report in measure.late_by_grace(12)}
    assert late[120] > late[700] == 0
    asleep = {kind: (report.twice, report.runs) for kind, report in measure.sleepers(4)}
    assert asleep == {"readback": (4, 4), "key": (0, 4), "client_id": (0, 4)}


def test_the_page_has_a_table_for_each_figure_and_none_is_empty() -> None:
    page = (DOCS / "explanation" / "never-post-twice.md").read_text("utf-8")
    filled = measure.written(page, dict.fromkeys(("ways", "grace", "sleepers"), "new"))
    assert filled.count("\nnew\n<!-- end -->") == 3
    for name in ("ways", "grace", "sleepers"):
        assert f"<!-- measured: {name} -->\n| " in page, f"run: python docs/measure_posting.py ({name})"
