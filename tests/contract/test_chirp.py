"""The tutorial's connector keeps to the contract: by its recorded pages, and against a platform."""

from __future__ import annotations

import ast
import tokenize
from pathlib import Path

from socialdesk.testing import ConnectorSuite
from tests.contract.chirp import EXAMPLE, Chirp, ChirpSandbox, load
from tests.contract.running import outcomes

RECORDED = load("chirp_example_tests", EXAMPLE / "tests" / "test_chirp.py")


class TestRecorded(RECORDED.TestChirp):  # type: ignore[misc, name-defined]  # a class of a file outside of the path
    """The example's own tests."""


class TestPlatform(ConnectorSuite):
    connector = Chirp
    sandbox = ChirpSandbox

    def complain(self, sandbox: ChirpSandbox, text: str) -> str:
        return sandbox.complain(text)

    def spoken(self, sandbox: ChirpSandbox) -> list[str]:
        return sandbox.spoken


def test_four_lines_check_most_of_the_contract() -> None:
    class Minimal(ConnectorSuite):
        connector = Chirp
        settings = {"token": "secret"}
        pages = RECORDED.PAGES

    found = outcomes(Minimal)
    assert [name for name, message in found.items() if message] == []
    assert len(found) >= 28


def code_lines(path: Path) -> int:
    """Lines that hold code: no blank ones, no comments, no docstrings."""
    docstrings = {
        line
        for node in ast.walk(ast.parse(path.read_text("utf-8")))
        if isinstance(node, ast.Expr)
        and isinstance(node.value, ast.Constant)
        and isinstance(node.value.value, str)
        for line in range(node.lineno, (node.end_lineno or node.lineno) + 1)
    }
    idle = {
        tokenize.COMMENT,
        tokenize.NL,
        tokenize.NEWLINE,
        tokenize.INDENT,
        tokenize.DEDENT,
        tokenize.ENDMARKER,
    }
    with path.open("rb") as source:
        lines = {
            line
            for token in tokenize.tokenize(source.readline)
            if token.type not in idle and token.type != tokenize.ENCODING
            for line in range(token.start[0], token.end[0] + 1)
        }
    return len(lines - docstrings)


def test_a_whole_connector_takes_at_most_sixty_lines() -> None:
    assert 30 < code_lines(EXAMPLE / "socialdesk_chirp.py") <= 60


def test_hello_world_takes_ten_lines_besides_its_imports() -> None:
    path = EXAMPLE.parent / "ten_lines" / "socialdesk_hello.py"
    imports = [line for line in path.read_text("utf-8").splitlines() if line.startswith("from ")]
    assert code_lines(path) - len(imports) <= 10
