"""Looks for credentials in what a run of the tests has logged: ``python -m tests.packaging.secrets_in LOG``.

The sandboxes give out the same credentials in every test, so that each of them is a canary in all of the tests.
"""

from __future__ import annotations

import sys
from pathlib import Path

from socialdesk_twitter.sandbox import TwitterSandbox
from tests.desk.whole import SECRET

__all__ = ["known_secrets", "secrets_in"]

PUBLIC = frozenset({"consumer_key", "client_id", "public_client_id"})
FEWEST_LINES = 1000  # a run at DEBUG leaves far more


def known_secrets() -> tuple[str, ...]:
    """Credentials that the tests use, as none of them may be logged."""
    given = TwitterSandbox().credentials
    return (*(value for name, value in given.items() if name not in PUBLIC), SECRET, "whole-token-canary")


def secrets_in(text: str) -> list[str]:
    """Which of the known secrets stand in a text, by their first letters."""
    return [secret[:6] for secret in known_secrets() if secret in text]


def main(paths: list[str]) -> int:
    text = "".join(Path(path).read_text(errors="replace") for path in paths)
    lines = text.count("\n")
    found = secrets_in(text)
    print(f"{lines} lines logged, {len(known_secrets())} secrets looked for, {len(found)} found")
    if lines < FEWEST_LINES:
        print(f"That is no whole run at DEBUG: it leaves {FEWEST_LINES} lines at least.")
    return int(bool(found) or lines < FEWEST_LINES)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
