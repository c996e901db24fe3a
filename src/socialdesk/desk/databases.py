"""What a store needs of a database: all in which SQLite and PostgreSQL differ."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager
from pathlib import Path
from typing import Protocol

from sqlalchemy.engine import Connection, Engine
from sqlalchemy.exc import DBAPIError

from socialdesk._engine.locks import Across
from socialdesk.desk.lives import Lives

__all__ = ["Database", "Watching"]

Watching = AbstractContextManager[Callable[[], int]]
"""A function that gives another number once anything may have become due, in whatever process."""


class Database(Protocol):
    """One kind of database behind the store. Safe to share among threads."""

    @property
    def path(self) -> Path | None:
        """The database's file; None where it is none."""

    @property
    def lasts(self) -> bool:
        """Whether what it holds outlives this process."""

    @property
    def lives(self) -> Lives:
        """Where workers prove that they live."""

    @property
    def across(self) -> Across | None:
        """Named locks among all processes at this database; None where there can be no other."""

    def new_engine(self) -> Engine: ...

    def begun(self, engine: Engine, *, writes: bool) -> AbstractContextManager[Connection]:
        """A transaction, committed where the block ends well. What one reads is of one moment."""

    def begun_for(self, owner: str) -> AbstractContextManager[Connection] | None:
        """A writing transaction that can only be committed while the run's worker holds its lock; None where the lock
        cannot be lost. Raises LifeLost where it was."""

    def upgrading(self, engine: Engine) -> AbstractContextManager[Connection]:
        """A transaction in which this process alone changes the tables."""

    def repeats(self, error: DBAPIError, tries: int) -> bool:
        """Whether a call that failed so has left nothing behind and can be tried again now."""

    def explain(self, error: DBAPIError) -> str:
        """What is wrong with the database, and what to do about it, without any password."""

    def watching(self, engine: Engine) -> Watching: ...

    def close(self) -> None: ...

    def after_fork(self) -> None:
        """Forget what belongs to the parent: its connections are its own to close."""
