"""Python's cyclic garbage collector, held back while one page is read or stored.

A page is tens of thousands of objects, none of which is part of a cycle: all go when their page goes. The collector
would walk through them a dozen times meanwhile, and now and then through all that the process holds, which takes a
quarter of a sync.
"""

from __future__ import annotations

import gc
import os
import threading
from types import TracebackType

__all__ = ["held_back"]


class _HeldBack:
    """``with held_back:`` around computing of a few milliseconds. It waits for nothing and runs no one else's code.

    Threads may be in it side by side, and each as often as it likes. Where the host has switched the collector off, it
    stays so.
    """

    def __init__(self) -> None:
        self._guard = threading.Lock()
        self._inside = 0
        self._resumes = False
        os.register_at_fork(after_in_child=self._forget)

    def __enter__(self) -> None:
        with self._guard:
            if self._inside == 0:
                self._resumes = gc.isenabled()
                gc.disable()
            self._inside += 1

    def __exit__(self, *_: type[BaseException] | BaseException | TracebackType | None) -> None:
        with self._guard:
            self._inside = max(0, self._inside - 1)
            if self._inside == 0 and self._resumes:
                gc.enable()

    def _forget(self) -> None:
        """In a forked child: the threads that were inside are the parent's."""
        self._guard = threading.Lock()
        if self._inside and self._resumes:
            gc.enable()
        self._inside = 0


held_back = _HeldBack()
