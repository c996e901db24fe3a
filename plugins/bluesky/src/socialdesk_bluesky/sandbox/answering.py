"""The way of a request: which endpoint, who asks, what is left to them, and what they are told."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from socialdesk.testing.sandbox import Answer, Incoming, json_response
from socialdesk.wire import Headers, Request, Response

from . import chatting, reading, repo, searching, server
from .call import Call
from .refused import Refused
from .sessions import bearer
from .state import User

if TYPE_CHECKING:
    from .bluesky import BlueskySandbox


@dataclass(frozen=True, slots=True)
class Endpoint:
    """What an endpoint is. ``renews`` takes a renewal token, ``signs_in`` none at all; ``open`` answers those too who
    are not signed in; ``costs`` are limits beside the one on all requests."""

    run: Callable[[Call], Any]
    method: str = "GET"
    open: bool = False
    renews: bool = False
    signs_in: bool = False
    costs: tuple[str, ...] = ()


ENDPOINTS: Mapping[str, Endpoint] = {
    "com.atproto.server.createSession": Endpoint(
        server.create_session, "POST", signs_in=True, costs=("sign-ins", "sign-ins-day")
    ),
    "com.atproto.server.refreshSession": Endpoint(server.refresh_session, "POST", renews=True),
    "com.atproto.server.deleteSession": Endpoint(server.delete_session, "POST", renews=True),
    "com.atproto.server.getSession": Endpoint(server.get_session),
    "com.atproto.server.describeServer": Endpoint(server.describe_server, open=True),
    "com.atproto.identity.resolveHandle": Endpoint(server.resolve_handle, open=True),
    "com.atproto.repo.describeRepo": Endpoint(server.describe_repo, open=True),
    "com.atproto.repo.createRecord": Endpoint(repo.create_record, "POST"),
    "com.atproto.repo.putRecord": Endpoint(repo.put_record, "POST"),
    "com.atproto.repo.deleteRecord": Endpoint(repo.delete_record, "POST"),
    "com.atproto.repo.applyWrites": Endpoint(repo.apply_writes, "POST"),
    "com.atproto.repo.getRecord": Endpoint(repo.get_record, open=True),
    "com.atproto.repo.listRecords": Endpoint(repo.list_records, open=True),
    "com.atproto.repo.uploadBlob": Endpoint(repo.upload_blob, "POST", costs=("uploads-day",)),
    "app.bsky.actor.getProfile": Endpoint(reading.get_profile, open=True),
    "app.bsky.actor.getProfiles": Endpoint(reading.get_profiles, open=True),
    "app.bsky.feed.getPosts": Endpoint(reading.get_posts, open=True),
    "app.bsky.feed.getPostThread": Endpoint(reading.get_post_thread, open=True),
    "app.bsky.feed.getAuthorFeed": Endpoint(reading.get_author_feed, open=True),
    "app.bsky.feed.getLikes": Endpoint(reading.get_likes, open=True),
    "app.bsky.feed.getRepostedBy": Endpoint(reading.get_reposted_by, open=True),
    "app.bsky.feed.getQuotes": Endpoint(reading.get_quotes, open=True),
    "app.bsky.feed.searchPosts": Endpoint(searching.search_posts),
    "app.bsky.graph.getBlocks": Endpoint(reading.get_blocks),
    "app.bsky.graph.muteActor": Endpoint(reading.mute_actor, "POST"),
    "app.bsky.graph.unmuteActor": Endpoint(reading.unmute_actor, "POST"),
    "app.bsky.notification.listNotifications": Endpoint(reading.list_notifications),
    "app.bsky.notification.getUnreadCount": Endpoint(reading.get_unread_count),
    "app.bsky.notification.updateSeen": Endpoint(reading.update_seen, "POST"),
    "chat.bsky.convo.listConvos": Endpoint(chatting.list_convos),
    "chat.bsky.convo.getConvo": Endpoint(chatting.get_convo),
    "chat.bsky.convo.getConvoForMembers": Endpoint(chatting.get_convo_for_members),
    "chat.bsky.convo.getMessages": Endpoint(chatting.get_messages),
    "chat.bsky.convo.sendMessage": Endpoint(chatting.send_message, "POST"),
    "chat.bsky.convo.deleteMessageForSelf": Endpoint(chatting.delete_message, "POST"),
}
_SEARCH = "app.bsky.feed.searchPosts"
_FORBIDDEN = (
    b"<html>\r\n<head><title>403 Forbidden</title></head>\r\n<body>403 Forbidden</body>\r\n</html>\r\n"
)


def answer(sandbox: BlueskySandbox, request: Request) -> Answer:
    """What the platform answers; it has acted when this returns."""
    seen = Incoming(request)
    name = seen.path.removeprefix("/xrpc/") if seen.path.startswith("/xrpc/") else ""
    sandbox.told_headers = {}
    caller: User | None = None
    try:
        endpoint = _endpoint(name, seen)
        token = bearer(seen.request.headers.get("authorization", ""))
        caller = _caller(sandbox, endpoint, token)
        if caller is None and name == _SEARCH:
            return Answer(Response(403, Headers({"Content-Type": "text/html"}), _FORBIDDEN))
        if caller is None and not (endpoint.open or endpoint.renews or endpoint.signs_in):
            raise Refused(401, "AuthMissing", "Authentication Required")
        _limit(sandbox, endpoint, seen, caller)
        told = endpoint.run(Call(sandbox, seen, caller, token))
        response = Response(200) if told is None else json_response(200, told)
    except Refused as refusal:
        response = refusal.response()
        if refusal.status == 429:
            sandbox.told_headers["Retry-After"] = _wait(sandbox)
    return Answer(
        Response(response.status, Headers({**response.headers, **sandbox.told_headers}), response.body),
        "" if caller is None else caller.handle,
    )


def _endpoint(name: str, seen: Incoming) -> Endpoint:
    endpoint = ENDPOINTS.get(name)
    if endpoint is None:
        raise Refused(501) if name else Refused(404)
    if seen.method != endpoint.method:
        raise Refused(
            405, "InvalidRequest", f"Incorrect HTTP method ({seen.method}) expected {endpoint.method}"
        )
    return endpoint


def _caller(sandbox: BlueskySandbox, endpoint: Endpoint, token: str | None) -> User | None:
    if token is None or endpoint.renews or endpoint.signs_in:
        return None
    user = sandbox.world.users[sandbox.sessions.who(token)]
    if user.status in ("takendown", "suspended"):
        raise Refused(401, "AccountTakedown", "Account has been taken down")
    return user


def _limit(sandbox: BlueskySandbox, endpoint: Endpoint, seen: Incoming, caller: User | None) -> None:
    sandbox.charge("ip", {"requests": 1})
    if endpoint.costs:
        who = caller.did if caller is not None else _identifier(seen)
        sandbox.charge(who, dict.fromkeys(endpoint.costs, 1))


def _identifier(seen: Incoming) -> str:
    try:
        return str(seen.json().get("identifier"))
    except (ValueError, AttributeError):
        return "nobody"


def _wait(sandbox: BlueskySandbox) -> str:
    reset = int(sandbox.told_headers.get("RateLimit-Reset", "0"))
    return str(max(1, reset - int(sandbox.clock.now().timestamp())))
