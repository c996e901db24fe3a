"""What X delivers, without the ``..._str`` twin that every number comes with. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

__all__ = ["EVENT", "plain"]

EVENT = "event"
"""The shape of what is delivered and is neither a post nor a message."""

_TWIN = "_str"


def _names_an_id(name: str) -> bool:
    return name == "id" or name.endswith(("_id", "_ids"))


def plain(value: Any, name: str = "") -> Any:
    """The same without twins: ids as text, whatever a number may lose on its way, and other numbers as they are."""
    if isinstance(value, list):
        return [plain(item, name) for item in value]
    if isinstance(value, dict):
        return {
            bare: plain(item, bare)
            for key, item in value.items()
            if (bare := _without_twin(key, value)) is not None
        }
    if isinstance(value, int) and not isinstance(value, bool) and _names_an_id(name):
        return str(value)
    return value


def _without_twin(key: str, among: Mapping[str, Any]) -> str | None:
    """The name under which a value is kept; None for the one of two twins that is left out."""
    if key.endswith(_TWIN):
        bare = key.removesuffix(_TWIN)
        if _names_an_id(bare):
            return bare
        return None if bare in among else key
    return None if _names_an_id(key) and f"{key}{_TWIN}" in among else key
