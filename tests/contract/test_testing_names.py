"""What ``socialdesk.testing`` offers, and what the suite says where a class gives it too little."""

from __future__ import annotations

import subprocess
import sys
from unittest import SkipTest

import pytest

from socialdesk import testing
from socialdesk.testing import ConnectorSuite
from socialdesk.testing.faults import DropAnswer
from tests.contract.chirp import Chirp, ChirpSandbox
from tests.contract.test_chirp import RECORDED


def test_the_names_are_there_and_no_others() -> None:
    assert testing.__all__ == ["ConnectorSuite", "Replay", "Sandbox", "faults", "replay"]
    assert all(hasattr(testing, name) for name in testing.__all__)
    assert set(testing.__all__) <= set(dir(testing))
    assert testing.faults.DropAnswer is DropAnswer
    with pytest.raises(AttributeError, match="no attribute 'Sandpit'"):
        _ = testing.Sandpit


def test_importing_the_package_loads_nothing_heavy() -> None:
    program = (
        "import sys, socialdesk.testing; print(*{'httpx', 'pydantic', 'pytest', 'uvicorn'} & {*sys.modules})"
    )
    done = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, timeout=60, check=True
    )
    assert done.stdout.strip() == ""


def test_the_suite_needs_neither_pytest_nor_an_http_client() -> None:
    program = "import sys, socialdesk.testing.suite; print(*{'httpx', 'pytest', 'uvicorn'} & {*sys.modules})"
    done = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, timeout=60, check=True
    )
    assert done.stdout.strip() == ""


def skipped(suite: type[ConnectorSuite], check: str) -> str:
    """Why a check was skipped."""
    with pytest.raises(SkipTest) as caught:
        getattr(suite(), f"test_{check}")()
    return str(caught.value)


def test_a_skipped_check_says_what_to_give() -> None:
    class Bare(ConnectorSuite):
        connector = Chirp
        settings = {"token": "secret"}

    assert "`pages = [Response(...), ...]`" in skipped(Bare, "fetch_gives_pages_and_ends")
    assert "`items = [Raw(...), ...]`" in skipped(Bare, "parse_is_pure")
    assert "`sent = Response(...)`" in skipped(Bare, "send_speaks_once")
    assert "`refusals =" in skipped(Bare, "known_refusals_mean_what_they_should")
    assert "`sandbox = ...`" in skipped(Bare, "sandbox_a_complaint_is_heard")


def test_a_sandbox_without_people_says_what_to_write() -> None:
    class Deserted(ConnectorSuite):
        connector = Chirp
        sandbox = ChirpSandbox

    assert "complain(self, sandbox, text)" in skipped(Deserted, "sandbox_a_complaint_is_heard")


def test_pages_are_recorded_from_a_sandbox_once() -> None:
    made = []

    class Counted(ConnectorSuite):
        connector = Chirp

        @staticmethod
        def sandbox() -> ChirpSandbox:
            made.append(ChirpSandbox())
            return made[-1]

        def complain(self, sandbox: ChirpSandbox, text: str) -> str:
            return sandbox.complain(text)

    Counted().test_parse_is_pure()
    Counted().test_send_speaks_once()
    assert len(made) == 1
    assert len(Counted().raws()) == 3


def test_what_is_given_is_not_shared_between_classes() -> None:
    class First(ConnectorSuite):
        connector = Chirp
        settings = {"token": "secret"}
        pages = RECORDED.PAGES

    class Second(First):
        pages = RECORDED.PAGES[1:]

    assert len(First().raws()) == 3
    assert len(Second().raws()) == 1
