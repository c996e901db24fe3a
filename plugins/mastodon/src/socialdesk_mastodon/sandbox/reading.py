"""What is read: statuses, threads, timelines and conversations."""

from __future__ import annotations

from typing import Any
from urllib.parse import unquote

from . import describe
from .call import Call, truth
from .problems import Refused
from .state import Status

Told = Any


def status(call: Call) -> Told:
    return describe.status(call.status(), call.viewer)


def statuses(call: Call) -> Told:
    """Several by their ids; what is not shown is left out."""
    world, found = call.sandbox.world, []
    for identity in call.params.get("id", ()):
        told = world.statuses.get(world.number(str(identity)) or -1)
        if told is not None and call.sandbox.shows(told, call.viewer):
            found.append(describe.status(told, call.viewer))
    return found


def context(call: Call) -> Told:
    told = call.status()
    shown = call.sandbox.shows
    world = call.sandbox.world
    before = [describe.status(item, call.viewer) for item in world.before(told) if shown(item, call.viewer)]
    after = [describe.status(item, call.viewer) for item in world.after(told) if shown(item, call.viewer)]
    most = (4_096, 4_096) if call.viewer else (40, 60)
    return {"ancestors": before[-most[0] :], "descendants": after[: most[1]]}


def history(call: Call) -> Told:
    told = call.status()
    return [describe.version(told, one) for one in told.versions]


def source(call: Call) -> Told:
    told = call.status()
    if told.author is not call.user:
        raise Refused(403, "forbidden")
    return {"id": told.id, "text": told.text, "spoiler_text": told.spoiler_text}


def tag(call: Call) -> Told:
    """A hashtag's timeline: public statuses with it or one of ``any``, with ``all`` and without ``none``."""
    wanted = {unquote(call.args["tag"]).lower(), *_tags(call, "any")}
    every, without = _tags(call, "all"), _tags(call, "none")

    def fits(told: Status) -> bool:
        tags = set(told.tags)
        local = told.author.host is None
        return (
            told.visibility == "public"
            and told.boost_of is None
            and bool(tags & wanted)
            and every <= tags
            and not (without & tags)
            and (local or not truth(call.params.get("local")))
            and (not local or not truth(call.params.get("remote")))
            and (bool(told.media) or not truth(call.params.get("only_media")))
        )

    return _timeline(call, fits)


def _tags(call: Call, name: str) -> set[str]:
    return {str(told).lower() for told in call.params.get(name, ())[:4]}


def _timeline(call: Call, fits: Any) -> Told:
    world, viewer = call.sandbox.world, call.viewer
    listed = [world.statuses[number] for number in world.order]
    shown = [
        told
        for told in listed
        if fits(told)
        and call.sandbox.shows(told, viewer)
        and (viewer is None or told.author.number not in viewer.blocks | viewer.mutes)
    ]
    page, link = call.page(shown, lambda told: told.number, (20, 40))
    return [describe.status(told, viewer) for told in page], link


def account_statuses(call: Call) -> Told:
    """What a person wrote, as far as the viewer may see it: their own all of it, direct messages too."""
    user, params = call.account(), call.params

    def fits(told: Status) -> bool:
        return (
            told.author is user
            and not (told.boost_of and truth(params.get("exclude_reblogs")))
            and not (told.reply_to and truth(params.get("exclude_replies")))
            and (bool(told.media) or not truth(params.get("only_media")))
        )

    return _timeline(call, fits)


def home(call: Call) -> Told:
    user = call.user
    return _timeline(
        call,
        lambda told: (
            told.author is user or (told.author.number in user.follows and told.visibility != "direct")
        ),
    )


def conversations(call: Call) -> Told:
    """Direct messages, one entry for each thread, by its newest."""
    user, world = call.user, call.sandbox.world
    newest: dict[int, Status] = {}
    for number in world.order:
        told = world.statuses[number]
        if told.visibility == "direct" and call.sandbox.shows(told, user):
            newest[told.root.number] = told
    page, link = call.page(newest.values(), lambda told: told.number, (20, 40))
    found = []
    for told in page:
        people = [person for person in dict.fromkeys((told.author, *told.mentions)) if person is not user]
        found.append(
            {
                "id": str(sorted(newest).index(told.root.number) + 1),
                "unread": told.author is not user,
                "accounts": [describe.account(person) for person in people],
                "last_status": describe.status(told, user),
            }
        )
    return found, link
