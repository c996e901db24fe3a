"""One call of an endpoint: who asks, and what."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from socialdesk.testing.sandbox import Incoming

from .names import DID, HANDLE, URI
from .refused import Refused, invalid
from .state import User
from .views import Views

if TYPE_CHECKING:
    from .bluesky import BlueskySandbox


@dataclass(frozen=True, slots=True)
class Call:
    """One request to an endpoint. ``caller`` is None where nobody is signed in; ``token`` is what came with it."""

    sandbox: BlueskySandbox
    seen: Incoming
    caller: User | None
    token: str | None

    @property
    def user(self) -> User:
        """Who is signed in. Raises Refused where nobody is."""
        if self.caller is None:
            raise Refused(401, "AuthMissing", "Authentication Required")
        return self.caller

    @property
    def views(self) -> Views:
        return Views(self.sandbox.world, self.caller, tells_blocked=self.sandbox.tells_blocked)

    # -------------------------------------------------------------------------------------------------- parameters

    def text(self, name: str) -> str | None:
        return self.seen.query.get(name)

    def needed(self, name: str) -> str:
        value = self.text(name)
        if not value:
            raise invalid(f'Error: Params must have the property "{name}"')
        return value

    def texts(self, name: str, most: int) -> list[str]:
        values = [value for key, value in self.seen.pairs if key == name]
        if len(values) > most:
            raise invalid(f"Error: {name} must not have more than {most} elements")
        return values

    def number(self, name: str, standard: int, least: int, most: int) -> int:
        value = self.text(name)
        if value is None:
            return standard
        try:
            number = int(value)
        except ValueError:
            raise invalid(f"Error: {name} must be an integer") from None
        if number < least:
            raise invalid(f"Error: {name} can not be less than {least}")
        if number > most:
            raise invalid(f"Error: {name} can not be greater than {most}")
        return number

    def uri(self, value: str) -> str:
        """An at-uri with a DID. Raises Refused where it is none, or names nobody."""
        found = URI.fullmatch(value)
        if found is None or found[3] is None:
            raise invalid("Error: uri must be a valid at-uri")
        if DID.fullmatch(found[1]):
            return value
        return f"at://{self.person(found[1]).did}/{found[2]}/{found[3]}"

    def person(self, name: str) -> User:
        """Who a DID or handle names. Raises Refused where nobody has it."""
        if not DID.fullmatch(name) and not HANDLE.fullmatch(name):
            raise invalid("Error: actor must be a valid did or a handle")
        user = self.sandbox.world.find(name)
        if user is None or user.status in ("takendown", "suspended"):
            raise invalid("Profile not found")
        return user

    # -------------------------------------------------------------------------------------------------------- body

    def body(self, **needed: type) -> dict[str, Any]:
        """The JSON object that came, with these members. Raises Refused otherwise."""
        if self.seen.media_type != "application/json":
            raise invalid(f"Wrong request encoding (Content-Type): {self.seen.media_type or 'none'}")
        try:
            body = self.seen.json()
        except ValueError:
            raise invalid("Invalid JSON in request body") from None
        if not isinstance(body, dict):
            raise invalid("Input must be an object")
        for name, kind in needed.items():
            if name not in body:
                raise invalid(f'Input must have the property "{name}"')
            if not isinstance(body[name], kind):
                raise invalid(f"Input/{name} must be a {kind.__name__}")
        return body
