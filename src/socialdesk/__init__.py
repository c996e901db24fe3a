"""socialdesk: hear and answer customers wherever they speak.

The public names are loaded when they are first used, so that importing this package costs next to nothing.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from socialdesk.client import AsyncClient as AsyncClient
    from socialdesk.client import Batch as Batch
    from socialdesk.client import Client as Client
    from socialdesk.desk import AsyncDesk as AsyncDesk
    from socialdesk.desk import Desk as Desk
    from socialdesk.errors import AuthError as AuthError
    from socialdesk.errors import ConfigError as ConfigError
    from socialdesk.errors import DeliveryUnknown as DeliveryUnknown
    from socialdesk.errors import PlatformError as PlatformError
    from socialdesk.errors import PluginError as PluginError
    from socialdesk.errors import RateLimited as RateLimited
    from socialdesk.errors import Rejected as Rejected
    from socialdesk.errors import SocialdeskError as SocialdeskError
    from socialdesk.errors import Unavailable as Unavailable
    from socialdesk.hookspecs import hookimpl as hookimpl
    from socialdesk.models import Attempt as Attempt
    from socialdesk.models import Author as Author
    from socialdesk.models import Conversation as Conversation
    from socialdesk.models import Event as Event
    from socialdesk.models import ExternalId as ExternalId
    from socialdesk.models import Health as Health
    from socialdesk.models import Labels as Labels
    from socialdesk.models import Mention as Mention
    from socialdesk.models import Plan as Plan
    from socialdesk.models import Receipt as Receipt
    from socialdesk.models import Reply as Reply
    from socialdesk.models import Rule as Rule
    from socialdesk.registry import Registry as Registry

_HOMES = {
    "client": ("AsyncClient", "Batch", "Client"),
    "desk": ("AsyncDesk", "Desk"),
    "errors": (
        "AuthError",
        "ConfigError",
        "DeliveryUnknown",
        "PlatformError",
        "PluginError",
        "RateLimited",
        "Rejected",
        "SocialdeskError",
        "Unavailable",
    ),
    "hookspecs": ("hookimpl",),
    "models": (
        "Attempt",
        "Author",
        "Conversation",
        "Event",
        "ExternalId",
        "Health",
        "Labels",
        "Mention",
        "Plan",
        "Receipt",
        "Reply",
        "Rule",
    ),
    "registry": ("Registry",),
}
_HOME_OF = {name: home for home, names in _HOMES.items() for name in names}

__all__ = [
    "AsyncClient",
    "AsyncDesk",
    "Attempt",
    "AuthError",
    "Author",
    "Batch",
    "Client",
    "ConfigError",
    "Conversation",
    "DeliveryUnknown",
    "Desk",
    "Event",
    "ExternalId",
    "Health",
    "Labels",
    "Mention",
    "Plan",
    "PlatformError",
    "PluginError",
    "RateLimited",
    "Receipt",
    "Registry",
    "Rejected",
    "Reply",
    "Rule",
    "SocialdeskError",
    "Unavailable",
    "hookimpl",
]


def __getattr__(name: str) -> Any:
    home = _HOME_OF.get(name)
    if home is None:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    value = getattr(import_module(f"{__name__}.{home}"), name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
