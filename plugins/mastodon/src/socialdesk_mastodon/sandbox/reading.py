"""What is read: statuses, threads, timelines, search, people, and what the server tells of itself."""

from __future__ import annotations

from typing import Any
from urllib.parse import unquote

from . import describe
from .call import Call, truth
from .problems import MISSING, Refused
from .rendering import LINK_LENGTH
from .state import Status, User

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


# ---------------------------------------------------------------------------------------------------------- search


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
        people = _named(call, query)
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


def _named(call: Call, query: str) -> list[User]:
    wanted = query.lstrip("@").lower()
    return [
        user
        for user in call.sandbox.world.users.values()
        if wanted in user.acct.lower() or wanted in user.display_name.lower()
    ]


# ---------------------------------------------------------------------------------------------------------- people


def verify_credentials(call: Call) -> Told:
    return describe.own_account(call.user)


def account(call: Call) -> Told:
    return describe.account(call.account())


def lookup(call: Call) -> Told:
    name, _, host = str(call.params.get("acct") or "").lstrip("@").partition("@")
    user = call.sandbox.world.find(name, host or None)
    if user is None:
        raise MISSING
    return describe.account(user)


def search_accounts(call: Call) -> Told:
    people = _named(call, str(call.params.get("q") or ""))
    return [describe.account(user) for user in people[: call.size(40, 80)]]


def relationships(call: Call) -> Told:
    wanted = call.params.get("id", ())
    world = call.sandbox.world
    numbers = [world.number(str(one)) for one in (wanted if isinstance(wanted, list) else [wanted])]
    users = [world.users[number] for number in numbers if number in world.users]
    return [relationship(call.user, user) for user in users]


def relationship(user: User, other: User) -> dict[str, Any]:
    return {
        "id": other.id,
        "following": other.number in user.follows,
        "showing_reblogs": other.number in user.follows,
        "notifying": False,
        "languages": None,
        "followed_by": user.number in other.follows,
        "blocking": other.number in user.blocks,
        "blocked_by": user.number in other.blocks,
        "muting": other.number in user.mutes,
        "muting_notifications": other.number in user.mutes,
        "muting_expires_at": None,
        "requested": False,
        "requested_by": False,
        "domain_blocking": False,
        "endorsed": False,
        "note": "",
    }


# ------------------------------------------------------------------------------------------------------ the server


def instance(call: Call) -> Told:
    """GET /api/v2/instance, which other makes may not have."""
    sandbox = call.sandbox
    if sandbox.is_other:
        raise Refused(404, "nowhere")
    host = sandbox.world.host
    return {
        "domain": host,
        "title": "Mastodon",
        "version": sandbox.version,
        "source_url": "https://github.com/mastodon/mastodon",
        "description": "",
        "usage": {"users": {"active_month": len(sandbox.world.users)}},
        "thumbnail": {"url": f"https://{host}/preview.png"},
        "icon": [],
        "languages": ["en"],
        "configuration": configuration(call),
        "registrations": {"enabled": False, "approval_required": False, "message": None},
        "api_versions": {"mastodon": 11},
        "contact": {"email": "", "account": None},
        "rules": [],
    }


def configuration(call: Call) -> dict[str, Any]:
    sandbox = call.sandbox
    return {
        "urls": {"streaming": f"wss://{sandbox.world.host}"},
        "accounts": {"max_featured_tags": 10, "max_pinned_statuses": 5},
        "statuses": {
            "max_characters": sandbox.max_characters,
            "max_media_attachments": sandbox.max_media,
            "characters_reserved_per_url": LINK_LENGTH,
        },
        "media_attachments": {
            "description_limit": 10_000,
            "image_matrix_limit": 33_177_600,
            "image_size_limit": sandbox.image_size,
            "supported_mime_types": list(sandbox.mime_types),
            "video_frame_rate_limit": 120,
            "video_matrix_limit": 8_294_400,
            "video_size_limit": sandbox.video_size,
        },
        "polls": {
            "max_options": 4,
            "max_characters_per_option": 50,
            "min_expiration": 300,
            "max_expiration": 2_629_746,
        },
        "translation": {"enabled": False},
    }


def instance_v1(call: Call) -> Told:
    sandbox = call.sandbox
    told: dict[str, Any] = {
        "uri": sandbox.world.host,
        "title": "Mastodon",
        "short_description": "",
        "description": "",
        "email": "",
        "version": sandbox.version,
        "urls": {"streaming_api": f"wss://{sandbox.world.host}"},
        "stats": {"user_count": len(sandbox.world.users), "status_count": len(sandbox.world.order)},
        "languages": ["en"],
        "registrations": False,
        "approval_required": False,
        "invites_enabled": False,
        "rules": [],
    }
    if sandbox.is_other:
        return {**told, "title": "Another make", "max_toot_chars": sandbox.max_characters}
    return {**told, "configuration": configuration(call)}


def authorization_server(call: Call) -> Told:
    base = call.sandbox.base_url
    return {
        "issuer": f"{base}/",
        "authorization_endpoint": f"{base}/oauth/authorize",
        "token_endpoint": f"{base}/oauth/token",
        "revocation_endpoint": f"{base}/oauth/revoke",
        "scopes_supported": ["read", "write", "follow", "push", "profile"],
        "response_types_supported": ["code"],
        "grant_types_supported": ["authorization_code", "client_credentials"],
        "code_challenge_methods_supported": ["S256"],
        "app_registration_endpoint": f"{base}/api/v1/apps",
    }


def app(call: Call) -> Told:
    if call.token is None:
        raise Refused(401, "token")
    return call.token.app.told()
