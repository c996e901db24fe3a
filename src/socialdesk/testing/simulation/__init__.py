"""The engine and the desk as they ship, under a virtual clock, with everything going wrong that can.

:func:`simulate` puts a connector and its sandbox through random faults; :class:`Play` is one play, for those who want
to say themselves what strikes where; :mod:`~socialdesk.testing.simulation.model` has platforms to play on.
"""

from socialdesk.testing.simulation._moments import PLACES, Moment, Task
from socialdesk.testing.simulation._network import FATES, Fate
from socialdesk.testing.simulation._play import Play
from socialdesk.testing.simulation._report import Report
from socialdesk.testing.simulation._scene import Scene
from socialdesk.testing.simulation._simulate import Faults, simulate
from socialdesk.testing.simulation._stage import Stage
from socialdesk.testing.simulation._watch import RULES
from socialdesk.testing.simulation._workers import Cancel, Crash, LoseLock, Pause, SimWorker, Strike, Struck
from socialdesk.testing.simulation._world import World

__all__ = [
    "FATES",
    "PLACES",
    "RULES",
    "Cancel",
    "Crash",
    "Fate",
    "Faults",
    "LoseLock",
    "Moment",
    "Pause",
    "Play",
    "Report",
    "Scene",
    "SimWorker",
    "Stage",
    "Strike",
    "Struck",
    "Task",
    "World",
    "simulate",
]
