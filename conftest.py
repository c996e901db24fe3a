"""What the tests of core and of every plugin share."""

from __future__ import annotations

import logging
import os
from pathlib import Path

import pytest
from hypothesis import settings

ROOT = Path(__file__).resolve().parent

pytest_plugins = ["tests.postgres"]  # its fixtures are for all

# A slow or busy machine is no reason for a property to fail. Where there is time for it, more examples are tried.
EXAMPLES = int(os.environ.get("SOCIALDESK_EXAMPLES", "25"))
settings.register_profile("socialdesk", deadline=None, max_examples=EXAMPLES)
settings.load_profile("socialdesk")


# All that is logged goes to a file beside the one named here, a line a record, where it is named at all.
DEBUG_LOG = os.environ.get("SOCIALDESK_DEBUG_LOG")
HANDLERS = [logging.FileHandler(f"{DEBUG_LOG}.{os.getpid()}", delay=True)] if DEBUG_LOG else []


def pytest_runtest_setup() -> None:
    top = logging.getLogger()
    for handler in HANDLERS:  # before each test, since a framework may have taken it away
        if handler not in top.handlers:
            handler.setFormatter(logging.Formatter("%(name)s %(message)r"))
            top.addHandler(handler)
            top.setLevel(logging.DEBUG)


# ------------------------------------------------------------------------------------------------------- skips


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--no-skips", action="store_true", help="fail where a test is skipped, or none is run")


@pytest.hookimpl(trylast=True)
def pytest_sessionfinish(session: pytest.Session) -> None:
    told = session.config.pluginmanager.get_plugin("terminalreporter")
    if session.config.getoption("--no-skips") and told is not None and told.stats.get("skipped"):
        session.exitstatus = pytest.ExitCode.TESTS_FAILED


# ------------------------------------------------------------------------------------------------------- fixtures


@pytest.fixture(scope="session")
def root() -> Path:
    """The folder of the repository."""
    return ROOT


@pytest.fixture(scope="session")
def shared() -> Path:
    """The folder of recorded and published material that may lie beside the repository; skips where there is none."""
    folder = ROOT.parent / "shared"
    if not folder.is_dir():
        pytest.skip("there is no folder ../shared with recorded material beside the repository")
    return folder
