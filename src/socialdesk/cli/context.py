"""What the commands share: the desk, and the plugins."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from socialdesk.desk import Desk
    from socialdesk.registry import Registry

DEFAULT_DB = "sqlite:///desk.db"


@dataclass
class Context:
    """One call of the command line. The desk and the plugins are loaded when a command needs them."""

    db: str = DEFAULT_DB

    @cached_property
    def desk(self) -> Desk:
        from socialdesk.desk import Desk

        return Desk(self.db, registry=self.registry)

    def close(self) -> None:
        """Close the desk, where one was opened."""
        if "desk" in vars(self):
            self.desk.close()

    @cached_property
    def registry(self) -> Registry:
        from socialdesk.registry import Registry

        return Registry()
