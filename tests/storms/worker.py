"""A worker of a storm: ``python -m tests.storms.worker URL`` works at a desk until it is killed."""

from __future__ import annotations

import sys

from socialdesk import Desk
from tests.storms.platforms import TIMEOUT, quick_registry

if __name__ == "__main__":
    with Desk(sys.argv[1], registry=quick_registry(), timeout=TIMEOUT) as desk:
        print("up", flush=True)
        desk.run()
