"""X's endpoints, as a table: what each takes, who may call it, and what it does."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, TypeAlias

from socialdesk.testing.sandbox import Routes
from socialdesk.wire import Response

from . import params as p
from .access import Kind
from .activity import list_subscriptions, resubscribe, subscribe, unsubscribe, unsubscribe_many
from .call import Call
from .listings import mentions, quote_tweets, search_recent, timeline
from .lookups import many_posts, many_users, me, one_post, usage, user_by_id, user_by_name
from .messaging import (
    begin_group,
    block,
    conversation_events,
    delete_event,
    events,
    events_with,
    one_event,
    say_into,
    say_to,
    unblock,
)
from .uploading import append, describe, download, finalize, initialize, status, upload_at_once
from .webhooks import check_webhook, create_webhook, delete_webhook, list_webhooks, replay
from .writing import create, delete, hide, like, unlike

if TYPE_CHECKING:
    from .twitter import TwitterSandbox

ANYONE: tuple[Kind, ...] = ("app", "oauth2", "oauth1")
USERS: tuple[Kind, ...] = ("oauth1", "oauth2")
READS = ("tweet.read", "users.read")


Run: TypeAlias = "Callable[[TwitterSandbox, Call], tuple[int, dict[str, Any]] | Response]"


@dataclass(frozen=True, slots=True)
class Endpoint:
    """``run`` gives the status and the body in the tweet generation's names. ``private`` is for what read-only keys of
    OAuth 1.0a may not do either: reading messages. ``location`` is the header of that name, ``{}`` the new id."""

    run: Run
    params: p.Params
    takes: tuple[Kind, ...] = ANYONE
    scopes: tuple[str, ...] = READS
    writes: bool = False
    private: bool = False
    location: str = ""


_USER_WRITES = ("tweet.read", "tweet.write", "users.read")
_DIRECT_READS = ("dm.read", "tweet.read", "users.read")
_DIRECT_WRITES = ("dm.write", "tweet.read", "users.read")


def _reads_directs(run: Run, params: p.Params = p.DIRECTS) -> Endpoint:
    return Endpoint(run, params, USERS, _DIRECT_READS, private=True)


_APP_OR_KEYS: tuple[Kind, ...] = ("app", "oauth1")


def _webhooks(run: Run, takes: tuple[Kind, ...] = _APP_OR_KEYS, params: p.Params = p.NONE) -> Endpoint:
    return Endpoint(run, params, takes, (), writes=True)


def _uploads(run: Run) -> Endpoint:
    return Endpoint(run, p.NONE, USERS, ("media.write",), writes=True)


def _says(run: Run) -> Endpoint:
    # the id in quotes is X's own, as recorded
    location = '/2/dm_events/"{dm_event_id}"'
    return Endpoint(run, p.NONE, USERS, _DIRECT_WRITES, writes=True, location=location)


ENDPOINTS: Routes[Endpoint] = Routes(
    {
        ("GET", "/2/users/me"): Endpoint(me, p.ONE_USER, USERS),
        ("GET", "/2/users/{id}"): Endpoint(user_by_id, p.ONE_USER),
        ("GET", "/2/users"): Endpoint(many_users, p.MANY_USERS),
        ("GET", "/2/users/by"): Endpoint(many_users, p.NAMED_USERS),
        ("GET", "/2/users/by/username/{username}"): Endpoint(user_by_name, p.ONE_USER),
        ("GET", "/2/users/{id}/mentions"): Endpoint(mentions, p.LISTING),
        ("GET", "/2/users/{id}/tweets"): Endpoint(timeline, p.TIMELINE),
        ("GET", "/2/tweets/search/recent"): Endpoint(search_recent, p.SEARCH),
        ("GET", "/2/tweets/{id}"): Endpoint(one_post, p.ONE_POST),
        ("GET", "/2/tweets"): Endpoint(many_posts, p.MANY_POSTS),
        ("GET", "/2/tweets/{id}/quote_tweets"): Endpoint(quote_tweets, p.QUOTES),
        ("GET", "/2/usage/tweets"): Endpoint(usage, p.USAGE, ("app",)),
        ("GET", "/2/dm_events"): _reads_directs(events),
        ("GET", "/2/dm_events/{event_id}"): _reads_directs(one_event, p.ONE_DIRECT),
        ("GET", "/2/dm_conversations/with/{participant_id}/dm_events"): _reads_directs(events_with),
        ("GET", "/2/dm_conversations/{id}/dm_events"): _reads_directs(conversation_events),
        ("POST", "/2/dm_conversations"): _says(begin_group),
        ("POST", "/2/dm_conversations/with/{participant_id}/messages"): _says(say_to),
        ("POST", "/2/dm_conversations/{dm_conversation_id}/messages"): _says(say_into),
        ("DELETE", "/2/dm_events/{event_id}"): Endpoint(
            delete_event, p.NONE, USERS, ("dm.read", "dm.write"), writes=True
        ),
        ("GET", "/2/dm_conversations/media/{dm_id}/{media_id}/{resource_id}"): Endpoint(
            download, p.NONE, USERS, ("dm.read",), private=True
        ),
        ("POST", "/2/media/upload"): _uploads(upload_at_once),
        ("GET", "/2/media/upload"): Endpoint(status, p.UPLOAD, USERS, ("media.write",)),
        ("POST", "/2/media/upload/initialize"): _uploads(initialize),
        ("POST", "/2/media/upload/{id}/append"): _uploads(append),
        ("POST", "/2/media/upload/{id}/finalize"): _uploads(finalize),
        ("POST", "/2/media/metadata"): _uploads(describe),
        ("POST", "/2/users/{id}/dm/block"): Endpoint(block, p.NONE, USERS, ("dm.write",), writes=True),
        ("POST", "/2/users/{id}/dm/unblock"): Endpoint(unblock, p.NONE, USERS, ("dm.write",), writes=True),
        ("POST", "/2/webhooks"): _webhooks(create_webhook),
        ("GET", "/2/webhooks"): Endpoint(list_webhooks, p.WEBHOOKS, ("app",), ()),
        ("PUT", "/2/webhooks/{webhook_id}"): _webhooks(check_webhook),
        ("DELETE", "/2/webhooks/{webhook_id}"): _webhooks(delete_webhook),
        ("POST", "/2/webhooks/replay"): _webhooks(replay, ("app",)),
        ("POST", "/2/activity/subscriptions"): _webhooks(subscribe, ANYONE),
        ("GET", "/2/activity/subscriptions"): Endpoint(list_subscriptions, p.SUBSCRIPTIONS, ANYONE, ()),
        ("DELETE", "/2/activity/subscriptions"): _webhooks(unsubscribe_many, ("app",), p.MANY_SUBSCRIPTIONS),
        ("PUT", "/2/activity/subscriptions/{subscription_id}"): _webhooks(resubscribe, ("app",)),
        ("DELETE", "/2/activity/subscriptions/{subscription_id}"): _webhooks(unsubscribe, ("app",)),
        ("POST", "/2/tweets"): Endpoint(
            create, p.NONE, USERS, _USER_WRITES, writes=True, location="/2/tweets/{id}"
        ),
        ("DELETE", "/2/tweets/{id}"): Endpoint(delete, p.NONE, USERS, _USER_WRITES, writes=True),
        ("PUT", "/2/tweets/{tweet_id}/hidden"): Endpoint(
            hide, p.NONE, USERS, ("tweet.read", "tweet.moderate.write", "users.read"), writes=True
        ),
        ("POST", "/2/users/{id}/likes"): Endpoint(
            like, p.NONE, USERS, ("tweet.read", "like.write", "users.read"), writes=True
        ),
        ("DELETE", "/2/users/{id}/likes/{tweet_id}"): Endpoint(
            unlike, p.NONE, USERS, ("tweet.read", "like.write", "users.read"), writes=True
        ),
    }
)
