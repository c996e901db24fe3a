"""What is searched for: statuses, people and hashtags."""

from __future__ import annotations

from typing import Any

from . import describe
from .call import Call, truth
from .people import named
from .problems import Refused
from .state import Status

Told = Any


def search(call: Call) -> Told:
    """Texts are found only where the server has a search for them, and for a user; names and hashtags always."""
    query, kind = str(call.params.get("q") or "").strip(), call.params.get("type")
    if not query:
        raise Refused(400, "parameter", {"name": "q"})
    found: dict[str, list[Any]] = {"accounts": [], "statuses": [], "hashtags": []}
    begin, size = int(call.params.get("offset") or 0), call.size(20, 40)
    if kind in (None, "statuses"):
        told = _by_address(call, query) if query.startswith("http") else _with_words(call, query)
        found["statuses"] = [describe.status(item, call.viewer) for item in told[begin : begin + size]]
    if kind in (None, "accounts"):
        people = named(call, query)
        found["accounts"] = [describe.account(user) for user in people[begin : begin + size]]
    if kind in (None, "hashtags"):
        host = call.sandbox.world.host
        tags = {tag for told in call.sandbox.world.statuses.values() for tag in told.tags}
        found["hashtags"] = [
            {"name": tag, "url": f"https://{host}/tags/{tag}", "history": [], "following": False}
            for tag in sorted(tags)
            if tag.startswith(query.lstrip("#").lower())
        ][begin : begin + size]
    return found


def _by_address(call: Call, query: str) -> list[Status]:
    if call.viewer is None or not truth(call.params.get("resolve")):
        return []
    told = call.sandbox.world.statuses.values()
    return [item for item in told if query in (item.url, item.uri) and call.sandbox.shows(item, call.viewer)]


def _with_words(call: Call, query: str) -> list[Status]:
    user = call.viewer
    if user is None or not call.sandbox.has_search:
        return []
    parts = query.split('"')
    wanted = [part.lower() for part in (*parts[1::2], *" ".join(parts[::2]).split()) if part.strip()]

    def findable(told: Status) -> bool:
        dealt = told.author is user or user in told.mentions or user.number in told.favourites
        return dealt or (told.visibility == "public" and told.author.indexable)

    def fits(told: Status) -> bool:
        text = f"{told.spoiler_text} {told.text}".lower()
        return all(word in text for word in wanted)

    world = call.sandbox.world
    found = [world.statuses[number] for number in reversed(world.order)]
    return [
        told
        for told in found
        if told.boost_of is None and call.sandbox.shows(told, user) and findable(told) and fits(told)
    ]
