"""One call of an endpoint: who asks for what, and the pages that are answered."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, TypeVar
from urllib.parse import urlencode

from socialdesk.testing.sandbox import Incoming

from .access import Token
from .problems import MISSING, Refused
from .state import Status, User

if TYPE_CHECKING:
    from .mastodon import MastodonSandbox

T = TypeVar("T")
_PLACES = ("max_id", "min_id", "since_id")


def given(seen: Incoming) -> dict[str, Any]:
    """The parameters of a request from query, form or JSON; ``name[]`` is a list under ``name``."""
    found: dict[str, Any] = {}
    for name, value in [*seen.pairs, *seen.form]:
        if name.endswith("[]"):
            found.setdefault(name[:-2], []).append(value)
        else:
            found[name] = value
    if seen.media_type == "application/json" and seen.body:
        try:
            body = seen.json()
        except ValueError:
            raise Refused(400, "Error occurred while parsing request parameters") from None
        if isinstance(body, dict):
            found |= {name.removesuffix("[]"): value for name, value in body.items()}
    return found


def truth(value: Any) -> bool:
    """What counts as yes."""
    return value is True or (isinstance(value, str) and value.lower() not in ("", "0", "f", "false", "off"))


@dataclass(frozen=True, slots=True)
class Call:
    """One request, checked: by which token, on whose behalf, with what in the path, and which parameters."""

    sandbox: MastodonSandbox
    seen: Incoming
    token: Token | None
    args: Mapping[str, str]
    params: Mapping[str, Any]

    @property
    def user(self) -> User:
        """On whose behalf. Raises Refused where it is nobody's."""
        if self.token is None or self.token.user is None:
            raise Refused(422 if self.token else 401, "anonymous")
        return self.token.user

    @property
    def viewer(self) -> User | None:
        return self.token.user if self.token is not None else None

    def status(self, identity: Any = None) -> Status:
        """The status that is named, by the path if not otherwise. Raises Refused(404) where it is not shown."""
        number = self.sandbox.world.number(str(self.args.get("id") if identity is None else identity))
        found = self.sandbox.world.statuses.get(-1 if number is None else number)
        if found is None or not self.sandbox.shows(found, self.viewer):
            raise MISSING
        return found

    def account(self) -> User:
        number = self.sandbox.world.number(self.args["id"])
        found = self.sandbox.world.users.get(-1 if number is None else number)
        if found is None:
            raise MISSING
        return found

    def size(self, usual: int, most: int) -> int:
        told = str(self.params.get("limit", usual))
        return max(1, min(int(told), most)) if told.isascii() and told.isdigit() else usual

    def page(
        self, items: Iterable[T], number_of: Callable[[T], int], sizes: tuple[int, int]
    ) -> tuple[list[T], dict[str, str]]:
        """One page, newest first, and the Link header that leads on. ``min_id`` gives what follows it, ``since_id``
        the newest of what is newer."""
        size = self.size(*sizes)
        bounds: dict[str, int] = {}
        for name in _PLACES:
            if name in self.params:
                number = self.sandbox.world.number(str(self.params[name]))
                bounds[name] = -1 if number is None else number
        rising = sorted(items, key=number_of)
        above = max(bounds.get("min_id", -1), bounds.get("since_id", -1))
        rising = [
            item
            for item in rising
            if number_of(item) > above and number_of(item) < bounds.get("max_id", 1 << 200)
        ]
        taken = rising[:size] if "min_id" in bounds else rising[-size:]
        taken.reverse()
        return taken, self._link([number_of(item) for item in taken])

    def _link(self, numbers: Sequence[int]) -> dict[str, str]:
        if not numbers or not self.sandbox.links:
            return {}
        others = [(name, value) for name, value in self.seen.pairs if name not in _PLACES]
        place = f"{self.sandbox.base_url}{self.seen.path}"
        links = []
        for name, number, rel in (("max_id", numbers[-1], "next"), ("min_id", numbers[0], "prev")):
            query = urlencode([(name, self.sandbox.world.name(number)), *others])
            links.append(f'<{place}?{query}>; rel="{rel}"')
        return {"Link": ", ".join(links)}
