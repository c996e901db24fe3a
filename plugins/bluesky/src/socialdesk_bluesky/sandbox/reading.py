"""What the app view is asked."""

from __future__ import annotations

from typing import Any

from .call import Call
from .names import POST, read_moment, told
from .notifying import Note
from .refused import invalid
from .state import Record

Told = dict[str, Any]


def get_profile(call: Call) -> Told:
    return call.views.detailed(call.person(call.needed("actor")))


def get_profiles(call: Call) -> Told:
    world = call.sandbox.world
    found = [world.find(name) for name in call.texts("actors", 25)]
    return {"profiles": [call.views.detailed(user) for user in found if user is not None]}


def get_posts(call: Call) -> Told:
    """app.bsky.feed.getPosts: what is deleted is left out, and what is by somebody blocked too."""
    wanted = [call.uri(uri) for uri in call.texts("uris", 25)]
    if not wanted:
        raise invalid('Error: Params must have the property "uris"')
    world, views = call.sandbox.world, call.views
    posts = [world.records.get(uri) for uri in dict.fromkeys(wanted)]
    return {
        "posts": [
            views.post(post)
            for post in posts
            if post is not None
            and post.collection == POST
            and world.is_there(post)
            and (views.tells_blocked or not views.hides(post))
        ]
    }


def get_post_thread(call: Call) -> Told:
    depth = call.number("depth", 6, 0, 1000)
    return call.views.thread(call.uri(call.needed("uri")), depth, call.number("parentHeight", 80, 0, 1000))


def get_author_feed(call: Call) -> Told:
    """app.bsky.feed.getAuthorFeed, with reposts as what was reposted."""
    world, author = call.sandbox.world, call.person(call.needed("actor"))
    if call.caller is not None and author.did in call.caller.blocks:
        raise invalid(f"Requester has blocked actor: {author.did}", "BlockedActor")
    if call.caller is not None and call.caller.did in author.blocks:
        raise invalid(f"Requester is blocked by actor: {author.did}", "BlockedByActor")
    without = call.text("filter") in ("posts_no_replies", "posts_and_author_threads")
    posts = [
        post for post in author.posts if world.is_there(post) and not (without and post.parent is not None)
    ]
    page, cursor = _paged(call, sorted(posts, key=lambda post: post.sort_at, reverse=True))
    return {"feed": [{"post": call.views.post(post)} for post in page], **cursor}


def get_likes(call: Call) -> Told:
    uri = call.uri(call.needed("uri"))
    page, cursor = _paged(call, list(call.sandbox.world.likes[uri].values()))
    likes = [
        {
            "indexedAt": told(like.seen_at),
            "createdAt": like.shown["createdAt"],
            "actor": call.views.profile(like.owner),
        }
        for like in page
    ]
    return {"uri": uri, "likes": likes, **cursor}


def get_reposted_by(call: Call) -> Told:
    uri = call.uri(call.needed("uri"))
    page, cursor = _paged(call, list(call.sandbox.world.reposts[uri].values()))
    return {"uri": uri, "repostedBy": [call.views.profile(repost.owner) for repost in page], **cursor}


def get_quotes(call: Call) -> Told:
    uri, world = call.uri(call.needed("uri")), call.sandbox.world
    page, cursor = _paged(call, [quote for quote in world.quotes[uri] if world.is_there(quote)])
    return {"uri": uri, "posts": [call.views.post(quote) for quote in page], **cursor}


def get_blocks(call: Call) -> Told:
    world = call.sandbox.world
    page, cursor = _paged(call, list(call.user.blocks.values()))
    found = [world.users.get(str(block.shown["subject"])) for block in page]
    return {"blocks": [call.views.profile(user) for user in found if user is not None], **cursor}


def _paged(call: Call, found: list[Record]) -> tuple[list[Record], Told]:
    """A page, and the cursor of the next one."""
    limit, start = call.number("limit", 50, 1, 100), call.number("cursor", 0, 0, 1_000_000)
    more = start + limit < len(found)
    return found[start : start + limit], {"cursor": str(start + limit)} if more else {}


def mute_actor(call: Call) -> None:
    call.user.mutes.add(call.person(str(call.body(actor=str)["actor"])).did)


def unmute_actor(call: Call) -> None:
    call.user.mutes.discard(call.person(str(call.body(actor=str)["actor"])).did)


# ------------------------------------------------------------------------------------------------------ notifications


def list_notifications(call: Call) -> Told:
    """app.bsky.notification.listNotifications: what is of another reason is left out of a page once it is made, so that
    pages are short, or empty, and have others after them."""
    if call.text("seenAt") is not None:
        raise invalid("The seenAt parameter is unsupported")
    viewer = call.user
    limit, reasons = call.number("limit", 50, 1, 100), call.texts("reasons", 1000)
    notes = sorted(_shown(call), key=_place, reverse=True)
    cursor = call.text("cursor")
    if cursor:
        moment, _, rkey = cursor.partition("::")
        if read_moment(moment) is None:
            raise invalid("Malformed cursor")
        notes = [note for note in notes if _place(note) < (moment, rkey)]
    page = notes[:limit]
    answer: Told = {
        "notifications": [call.views.note(note) for note in page if not reasons or note.reason in reasons],
        "priority": False,
    }
    if len(notes) > limit:
        answer["cursor"] = "::".join(_place(page[-1]))
    return answer | ({"seenAt": told(viewer.seen_at)} if viewer.seen_at is not None else {})


def _place(note: Note) -> tuple[str, str]:
    return told(note.record.sort_at), note.record.rkey


def _shown(call: Call) -> list[Note]:
    viewer, world = call.user, call.sandbox.world
    return [
        note
        for note in world.notes[viewer.did]
        if world.is_there(note.record)
        and not world.is_blocked(viewer, note.record.owner)
        and note.record.owner.did not in viewer.mutes
    ]


def get_unread_count(call: Call) -> Told:
    seen = call.user.seen_at
    return {"count": sum(1 for note in _shown(call) if seen is None or note.record.seen_at > seen)}


def update_seen(call: Call) -> None:
    moment = read_moment(call.body(seenAt=str)["seenAt"])
    if moment is None:
        raise invalid("Input/seenAt must be a valid datetime")
    call.user.seen_at = moment
