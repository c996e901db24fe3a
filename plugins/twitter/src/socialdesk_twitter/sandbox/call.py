"""One call of an endpoint."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from socialdesk.testing.sandbox import Incoming

from .access import Caller
from .answers import Ask
from .params import Params


@dataclass(frozen=True, slots=True)
class Call:
    """One request to an endpoint, checked: who asks, what stood in the path, and what is to be told."""

    seen: Incoming
    caller: Caller
    args: Mapping[str, str]
    params: Params
    ask: Ask = field(default_factory=Ask)

    @property
    def size(self) -> int:
        return int(self.seen.query.get("max_results", self.params.size[2]))
