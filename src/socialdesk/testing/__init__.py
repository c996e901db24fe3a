"""What tests of plugins and helpdesks need, without a network and without an account anywhere.

The names are loaded when they are first used.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from socialdesk.testing import faults as faults
    from socialdesk.testing.replaying import Replay as Replay
    from socialdesk.testing.replaying import replay as replay
    from socialdesk.testing.sandbox import Sandbox as Sandbox
    from socialdesk.testing.suite import ConnectorSuite as ConnectorSuite

_HOME_OF = {
    "ConnectorSuite": "suite",
    "Replay": "replaying",
    "Sandbox": "sandbox",
    "faults": "faults",
    "replay": "replaying",
}

__all__ = ["ConnectorSuite", "Replay", "Sandbox", "faults", "replay"]


def __getattr__(name: str) -> Any:
    home = _HOME_OF.get(name)
    if home is None:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    module = import_module(f"{__name__}.{home}")
    value = module if home == name else getattr(module, name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
