"""The command line: ``socialdesk``.

Exit codes: 0 all is well; 1 something is not, or waits; 2 the call or the settings are wrong; 3 sign in again;
4 a limit is reached; 5 the platform cannot be reached; 6 it refuses; 7 it may have been posted, or a person is
needed; 70 a plugin or socialdesk itself is broken; 130 interrupted.
"""

from socialdesk.cli.main import main

__all__ = ["main"]
