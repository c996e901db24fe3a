"""The cyclic garbage collector is held back for moments, and is then as the host had it."""

from __future__ import annotations

import gc
import os
import threading
from collections.abc import Iterator

import pytest

from socialdesk._engine.collector import held_back


@pytest.fixture(autouse=True)
def as_it_was() -> Iterator[None]:
    yield
    gc.enable()


def test_it_goes_on_once_the_last_of_several_is_out() -> None:
    with held_back:
        with held_back:
            assert not gc.isenabled()
        assert not gc.isenabled()
    assert gc.isenabled()


def test_it_goes_on_after_an_error() -> None:
    with pytest.raises(ValueError, match="bad"), held_back:
        raise ValueError("bad")
    assert gc.isenabled()


def test_where_the_host_has_switched_it_off_it_stays_off() -> None:
    gc.disable()
    with held_back:
        pass
    assert not gc.isenabled()


def test_threads_may_overlap() -> None:
    inside, leave = threading.Event(), threading.Event()

    def other() -> None:
        with held_back:
            inside.set()
            leave.wait(10)

    thread = threading.Thread(target=other)
    thread.start()
    assert inside.wait(10)
    with held_back:
        pass
    assert not gc.isenabled(), "the other one is still inside"
    leave.set()
    thread.join()
    assert gc.isenabled()


def test_a_child_forked_meanwhile_collects_its_garbage() -> None:
    """Another thread was inside: it does not exist in the child, and will never leave there."""
    inside, leave = threading.Event(), threading.Event()

    def other() -> None:
        with held_back:
            inside.set()
            leave.wait(10)

    thread = threading.Thread(target=other)
    thread.start()
    assert inside.wait(10)
    child = os.fork()
    if child == 0:
        os._exit(0 if gc.isenabled() else 1)
    leave.set()
    thread.join()
    assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 0
