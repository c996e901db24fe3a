"""Looks for credentials in what a run of the tests has logged: ``python -m tests.packaging.secrets_in FOLDER``.

The sandboxes give out the same credentials in every test, so that each of them is a canary in all of the tests. The
logs are those that SOCIALDESK_DEBUG_LOG asks for: each line begins with the name of its logger.
"""

from __future__ import annotations

import re
import sys
from functools import cache
from pathlib import Path

from tests.desk.whole import SECRET
from tests.platforms.lines import PLATFORMS

__all__ = ["known_secrets", "secrets_in"]

PUBLIC = frozenset({"api_key", "consumer_key", "verify_token"})
"""What stands in URLs and dashboards by the platforms' own rules."""
FOREIGN = (
    *("atproto", "authlib", "facebook_business", "google", "mastodon", "oauthlib", "pyfacebook", "pytumblr"),
    *("requests_oauthlib", "tweepy", "urllib3", "xdk"),
)
"""Loggers of the independent clients that the sandboxes are tried with: what they log is their own affair."""
_SECRET = re.compile(r"(?:token|secret|password|jwt|key)$")
FEWEST_LINES = 1000  # a run at DEBUG leaves far more


@cache
def known_secrets() -> tuple[str, ...]:
    """Credentials that the tests use, as none of them may be logged."""
    given = [suite().new_sandbox().credentials for suite in PLATFORMS.values()]
    secrets = {
        value
        for credentials in given
        for name, value in credentials.items()
        if _SECRET.search(name) and name not in PUBLIC
    }
    return (*sorted(secrets), SECRET, "whole-token-canary")


def secrets_in(text: str) -> list[str]:
    """Which of the known secrets stand in a text, by their first letters."""
    return [secret[:6] for secret in known_secrets() if secret in text]


def main(folders: list[str]) -> int:
    paths = [path for folder in folders for path in sorted(Path(folder).glob("debug.log.*"))]
    text = "".join(path.read_text(errors="replace") for path in paths)
    own = [line for line in text.splitlines() if not line.startswith(FOREIGN)]
    lines, found = len(own), secrets_in("\n".join(own))
    print(f"{lines} lines logged, {len(known_secrets())} secrets looked for, {len(found)} found")
    if lines < FEWEST_LINES:
        print(f"That is no whole run at DEBUG: it leaves {FEWEST_LINES} lines at least.")
    return int(bool(found) or lines < FEWEST_LINES)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
