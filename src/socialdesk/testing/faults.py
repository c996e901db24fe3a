"""What can go wrong between a client and a platform, to be armed with :meth:`Sandbox.fail`."""

from socialdesk.testing._faults import (
    CutJson,
    DropAnswer,
    ExpireToken,
    Fault,
    HtmlPage,
    LateIndexing,
    Matching,
    RefuseConnection,
    ServerError,
    SlowDrip,
    TooManyRequests,
)
from socialdesk.testing._push_faults import (
    PushFault,
    PushForged,
    PushLate,
    PushLost,
    PushSwapped,
    PushTwice,
)

__all__ = [
    "CutJson",
    "DropAnswer",
    "ExpireToken",
    "Fault",
    "HtmlPage",
    "LateIndexing",
    "Matching",
    "PushFault",
    "PushForged",
    "PushLate",
    "PushLost",
    "PushSwapped",
    "PushTwice",
    "RefuseConnection",
    "ServerError",
    "SlowDrip",
    "TooManyRequests",
]
