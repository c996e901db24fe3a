"""What can go wrong with what a platform delivers by itself."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import ClassVar

from ._faults import Fault


@dataclass(frozen=True, slots=True)
class PushFault(Fault):
    """Something that goes wrong with what the platform delivers by itself; ``times`` counts deliveries, not requests,
    and ``when`` has no say."""


@dataclass(frozen=True, slots=True)
class PushTwice(PushFault):
    """The same delivery comes twice."""

    name: ClassVar[str] = "push_twice"


@dataclass(frozen=True, slots=True)
class PushLate(PushFault):
    """A delivery comes ``seconds`` late."""

    name: ClassVar[str] = "push_late"
    seconds: float = 60.0


@dataclass(frozen=True, slots=True)
class PushSwapped(PushFault):
    """A delivery comes only behind the next one, or ``seconds`` later where there is none."""

    name: ClassVar[str] = "push_swapped"
    seconds: float = 60.0


@dataclass(frozen=True, slots=True)
class PushForged(PushFault):
    """A delivery bears a signature that is not the platform's."""

    name: ClassVar[str] = "push_forged"


@dataclass(frozen=True, slots=True)
class PushLost(PushFault):
    """A delivery never comes by itself; where the platform can be asked to repeat, it is there."""

    name: ClassVar[str] = "push_lost"


PUSH_FAULTS: Mapping[str, type[Fault]] = {
    kind.name: kind for kind in (PushForged, PushLate, PushLost, PushSwapped, PushTwice)
}
