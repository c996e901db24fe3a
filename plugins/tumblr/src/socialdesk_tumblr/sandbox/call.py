"""One call of an endpoint, and reading what it was given."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING, Any

from socialdesk.testing.sandbox import Incoming

from .access import Caller
from .items import Post
from .problems import Refused
from .state import Blog, Person

if TYPE_CHECKING:
    from .tumblr import TumblrSandbox

_TRUE = frozenset({"1", "true", "yes"})
_ARRAY = re.compile(r"(\w+)\[(\w*)\]")
FIELD_LENGTH = 2**20


@dataclass(frozen=True, slots=True)
class Upload:
    """A file that came with a request."""

    name: str
    filename: str
    media_type: str
    content: bytes = field(repr=False)


def read_fields(seen: Incoming) -> tuple[dict[str, Any], list[Upload]]:
    """The members of a body, JSON, form or multipart, and the files in it. Raises Refused(400) on a broken one."""
    try:
        if seen.media_type == "application/json":
            body = seen.json() if seen.body else {}
            if not isinstance(body, dict):
                raise Refused(400, "The body must be an object.")
            return body, []
        if seen.media_type == "multipart/form-data":
            return _multipart(seen)
    except ValueError:
        raise Refused(400, "The body cannot be read.") from None
    return dict(seen.form), []


def _multipart(seen: Incoming) -> tuple[dict[str, Any], list[Upload]]:
    fields: dict[str, Any] = {}
    files: list[Upload] = []
    for part in seen.parts():
        if part.filename is None:
            fields[part.name] = part.content(FIELD_LENGTH).decode()
        else:
            files.append(Upload(part.name, part.filename, part.media_type, b"".join(part.chunks)))
    return fields, files


@dataclass
class Call:
    """One request to an endpoint, admitted: who asks, and what stood in the path."""

    sandbox: TumblrSandbox
    seen: Incoming
    caller: Caller
    args: Mapping[str, str]

    @property
    def person(self) -> Person:
        """Who asks; only endpoints that want a person's credentials ask this."""
        assert self.caller.person is not None
        return self.caller.person

    @cached_property
    def blog(self) -> Blog:
        """The blog of the path. Raises Refused(404) where there is none."""
        found = self.sandbox.world.find(self.args["blog"])
        if found is None:
            raise Refused(404)
        return found

    def own(self) -> Blog:
        """The blog of the path, which must be the caller's. Raises Refused(403) otherwise."""
        if self.blog.owner is not self.person:
            raise Refused(403)
        return self.blog

    @cached_property
    def _body(self) -> tuple[dict[str, Any], list[Upload]]:
        return read_fields(self.seen)

    @property
    def files(self) -> list[Upload]:
        return self._body[1]

    @cached_property
    def fields(self) -> dict[str, Any]:
        """What was given: the query, and the body over it."""
        return {**self.seen.query, **self._body[0]}

    def text(self, name: str, default: str = "") -> str:
        value = self.fields.get(name)
        return default if value is None else str(value)

    def flag(self, name: str, default: bool = False) -> bool:
        value = self.fields.get(name)
        return default if value is None else str(value).lower() in _TRUE

    def whole(self, name: str, default: int | None = None) -> int | None:
        """A whole number. Raises Refused(400) where it is something else."""
        value = self.text(name)
        if not value:
            return default
        if not re.fullmatch(r"-?\d{1,19}", value):
            raise Refused(400, f"{name} must be a whole number.")
        return int(value)

    def between(self, name: str, least: int, most: int, default: int) -> int:
        """A whole number that must lie between two others. Raises Refused(400) otherwise."""
        value = self.whole(name, default)
        assert value is not None
        if not least <= value <= most:
            raise Refused(400, f"{name} must be {least} to {most}.")
        return value

    def array(self, name: str) -> list[str]:
        """The members of an array as PHP writes them, ``name[0]=a&name[1]=b``; one value alone counts as well."""
        found: list[str] = []
        for key, value in self.seen.pairs:
            fit = _ARRAY.fullmatch(key)
            if key == name or (fit is not None and fit[1] == name):
                found.append(value)
        return found

    def post(self, number: str, blog: Blog | None = None) -> Post:
        """The post of that id, on a blog if one is given, that the caller may see. Raises Refused(404) otherwise."""
        post = self.sandbox.world.posts.get(int(number)) if number.isascii() and number.isdigit() else None
        if post is None or (blog is not None and post.blog is not blog):
            raise Refused(404)
        if not self.sandbox.world.visible(post, self.caller.person):
            raise Refused(404)
        return post
