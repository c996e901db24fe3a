"""X's endpoints, as a table: what each takes, who may call it, and what it does."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from socialdesk.testing.sandbox import Routes

from . import params as p
from .access import Kind
from .call import Call
from .listings import mentions, quote_tweets, search_recent, timeline
from .lookups import many_posts, many_users, me, one_post, usage, user_by_id, user_by_name
from .writing import create, delete, hide, like, unlike

if TYPE_CHECKING:
    from .twitter import TwitterSandbox

ANYONE: tuple[Kind, ...] = ("app", "oauth2", "oauth1")
USERS: tuple[Kind, ...] = ("oauth1", "oauth2")
READS = ("tweet.read", "users.read")


@dataclass(frozen=True, slots=True)
class Endpoint:
    """``run`` gives the status and the body in the tweet generation's names."""

    run: Callable[[TwitterSandbox, Call], tuple[int, dict[str, Any]]]
    params: p.Params
    takes: tuple[Kind, ...] = ANYONE
    scopes: tuple[str, ...] = READS
    writes: bool = False


_USER_WRITES = ("tweet.read", "tweet.write", "users.read")

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
        ("POST", "/2/tweets"): Endpoint(create, p.NONE, USERS, _USER_WRITES, writes=True),
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
