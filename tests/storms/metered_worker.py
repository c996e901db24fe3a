"""A worker: ``python -m tests.storms.metered_worker URL`` works at a desk until it is killed."""

from __future__ import annotations

import sys

from socialdesk import Desk
from tests.storms.metered import TIMEOUT, metered_registry

if __name__ == "__main__":
    with Desk(sys.argv[1], registry=metered_registry(), timeout=TIMEOUT) as desk:
        print("up", flush=True)
        desk.run()
