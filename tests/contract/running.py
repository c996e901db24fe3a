"""Running a suite's checks one by one, without pytest, so that their failures can be looked at."""

from __future__ import annotations

from unittest import SkipTest

from socialdesk.testing import ConnectorSuite


def outcomes(suite: type[ConnectorSuite]) -> dict[str, str | None]:
    """Each check's failure message, None where it passed; checks that were skipped are left out."""
    found: dict[str, str | None] = {}
    for name in sorted(name for name in dir(suite) if name.startswith("test_")):
        try:
            getattr(suite(), name)()
        except SkipTest:
            continue
        except AssertionError as error:
            found[name] = str(error)
        except Exception as error:  # a check that breaks has found something, and says it badly
            found[name] = f"{type(error).__name__}: {error}"
        else:
            found[name] = None
    return found


def failures(suite: type[ConnectorSuite]) -> dict[str, str]:
    """The checks that failed, and what they say."""
    return {name: message for name, message in outcomes(suite).items() if message is not None}
