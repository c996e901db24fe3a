"""Which query parameters each endpoint takes, and what they may be. Anything else is a 400, as X answers it.

The names are those of X's OpenAPI documents 2.165 (tweet.fields) and 2.167 (post.fields); both are taken.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timezone

from socialdesk.testing.sandbox import Incoming

from .answers import (
    DIRECT_DEFAULTS,
    MEDIA_DEFAULTS,
    POST_DEFAULTS,
    USER_DEFAULTS,
    Ask,
    old_expansion,
    old_name,
)
from .problems import Refused
from .state import User

_POST_FIELDS = (
    "article attachments card_uri community_id context_annotations conversation_id display_text_range edit_controls "
    "entities geo id lang matched_media_notes media_metadata non_public_metrics note_request_suggestions "
    "organic_metrics paid_partnership possibly_sensitive promoted_metrics public_metrics reply_settings scopes source "
    "suggested_source_links suggested_source_links_with_counts text withheld created_at"
)
_USER_FIELDS = (
    "affiliation confirmed_email connection_status created_at description entities id is_identity_verified location "
    "most_recent_tweet_id most_recent_post_id name parody pinned_tweet_id pinned_post_id profile_banner_url "
    "profile_image_url protected public_metrics receives_your_dm subscribes_to_you subscription subscription_type url "
    "username verified verified_followers_count verified_type withheld"
)
_SHARED_EXPANSIONS = (
    "article.cover_media article.media_entities attachments.media_keys attachments.media_source_tweet "
    "attachments.poll_ids author_id entities.mentions.username geo.place_id in_reply_to_user_id"
)

FIELDS: Mapping[str, frozenset[str]] = {
    "tweet.fields": frozenset(
        f"{_POST_FIELDS} author_id edit_history_tweet_ids in_reply_to_user_id note_tweet referenced_tweets".split()
    ),
    "post.fields": frozenset(f"{_POST_FIELDS} article_title note_post".split()),
    "user.fields": frozenset(_USER_FIELDS.split()),
    "media.fields": frozenset(
        "alt_text duration_ms height media_key non_public_metrics organic_metrics preview_image_url promoted_metrics "
        "public_metrics type url variants width".split()
    ),
    "poll.fields": frozenset("duration_minutes end_datetime id options voting_status".split()),
    "place.fields": frozenset(
        "contained_within country country_code full_name geo id name place_type".split()
    ),
    "dm_event.fields": frozenset(
        "attachments created_at dm_conversation_id entities event_type id participant_ids referenced_tweets sender_id "
        "text".split()
    ),
    "webhook_config.fields": frozenset({"created_at", "id", "url", "valid"}),
    "usage.fields": frozenset(
        "cap_reset_day daily_client_app_usage daily_project_usage project_cap project_id project_usage".split()
    ),
}
POST_EXPANSIONS = frozenset(
    f"{_SHARED_EXPANSIONS} edit_history_tweet_ids entities.note.mentions.username referenced_tweets.id "
    "referenced_tweets.id.attachments.media_keys referenced_tweets.id.author_id edit_history_post_ids "
    "referenced_posts username".split()
)
DIRECT_EXPANSIONS = frozenset(
    "attachments.media_keys participant_ids referenced_tweets.id referenced_posts sender_id".split()
)
USER_EXPANSIONS = frozenset(
    "affiliation.user_id affiliation most_recent_tweet_id most_recent_post_id pinned_tweet_id pinned_post_id".split()
)

_ID = re.compile(r"[0-9]{1,19}")
_MOMENT = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?Z")


def moment(text: str) -> datetime:
    """A moment as parameters write it."""
    return datetime.fromisoformat(text.replace("Z", "+00:00")).astimezone(timezone.utc)


def _is_moment(text: str) -> bool:
    try:
        return _MOMENT.fullmatch(text) is not None and moment(text).year >= 2006
    except ValueError:
        return False


def _one_of(*words: str) -> Callable[[str], bool]:
    return lambda text: all(part in words for part in text.split(","))


_CHECKS: Mapping[str, tuple[Callable[[str], bool], str]] = {
    "since_id": (lambda text: _ID.fullmatch(text) is not None, "is not a valid id"),
    "until_id": (lambda text: _ID.fullmatch(text) is not None, "is not a valid id"),
    "start_time": (_is_moment, "is not a valid RFC3339 date-time"),
    "end_time": (_is_moment, "is not a valid RFC3339 date-time"),
    "exclude": (_one_of("replies", "retweets"), "is not one of [replies,retweets]"),
    "event_types": (
        _one_of("MessageCreate", "ParticipantsJoin", "ParticipantsLeave"),
        "is not one of [MessageCreate,ParticipantsJoin,ParticipantsLeave]",
    ),
    "pagination_token": (lambda text: len(text) >= 16, "is not valid"),
    "sort_order": (
        lambda text: text in ("recency", "relevancy"),
        "is not one of [recency,relevancy]",
    ),
    "ids": (
        lambda text: 0 < text.count(",") + 1 <= 100 and all(map(_ID.fullmatch, text.split(","))),
        "is not a list of 1 to 100 ids",
    ),
    "usernames": (
        lambda text: text.count(",") < 100 and all(re.fullmatch(r"\w{1,15}", n) for n in text.split(",")),
        "is not a list of 1 to 100 usernames",
    ),
    "media_id": (lambda text: _ID.fullmatch(text) is not None, "is not a valid id"),
    "command": (_one_of("STATUS"), "is not one of [STATUS]"),
    "days": (lambda text: text.isdigit() and 1 <= int(text) <= 90, "is not between 1 and 90"),
    "query": (lambda text: bool(text.strip()), "must not be empty"),
}

COMMON = frozenset({"tweet.fields", "post.fields", "user.fields", "expansions"})
ON_POSTS = COMMON | {"media.fields", "poll.fields", "place.fields"}
_WINDOW = frozenset({"since_id", "until_id", "start_time", "end_time", "max_results", "pagination_token"})


@dataclass(frozen=True, slots=True)
class Params:
    """The parameters of an endpoint. ``size`` is (least, most, default) of max_results; the first of ``required``
    that is missing is named."""

    takes: frozenset[str]
    required: tuple[str, ...] = ()
    size: tuple[int, int, int] = (0, 0, 0)
    expansions: frozenset[str] = POST_EXPANSIONS


LISTING = Params(ON_POSTS | _WINDOW, size=(5, 100, 10))
TIMELINE = Params(ON_POSTS | _WINDOW | {"exclude"}, size=(5, 100, 10))
SEARCH = Params(ON_POSTS | _WINDOW | {"query", "next_token", "sort_order"}, ("query",), (10, 100, 10))
QUOTES = Params(ON_POSTS | {"max_results", "pagination_token", "exclude"}, size=(10, 100, 10))
ONE_POST = Params(ON_POSTS)
MANY_POSTS = Params(ON_POSTS | {"ids"}, ("ids",))
ONE_USER = Params(COMMON, expansions=USER_EXPANSIONS)
MANY_USERS = Params(COMMON | {"ids"}, ("ids",), expansions=USER_EXPANSIONS)
NAMED_USERS = Params(COMMON | {"usernames"}, ("usernames",), expansions=USER_EXPANSIONS)
_ON_DIRECTS = COMMON | {"media.fields", "dm_event.fields"}
DIRECTS = Params(
    _ON_DIRECTS | {"max_results", "pagination_token", "event_types"},
    size=(1, 100, 100),
    expansions=DIRECT_EXPANSIONS,
)
ONE_DIRECT = Params(_ON_DIRECTS, expansions=DIRECT_EXPANSIONS)
USAGE = Params(frozenset({"days", "usage.fields"}))
UPLOAD = Params(frozenset({"media_id", "command"}), ("media_id",))
WEBHOOKS = Params(frozenset({"webhook_config.fields"}))
SUBSCRIPTIONS = Params(frozenset({"max_results", "pagination_token"}), size=(1, 1000, 1000))
MANY_SUBSCRIPTIONS = Params(frozenset({"ids"}), ("ids",))
NONE = Params(frozenset())


def check(seen: Incoming, params: Params) -> None:
    """Raises Refused(400) where the query's parameters are not what the endpoint takes."""
    for name in params.required:
        if not seen.query.get(name):
            raise Refused.invalid((name, "", f"The `{name}` query parameter can not be empty"))
    errors: list[tuple[str, str, str]] = []
    for name, value in seen.pairs:
        problem = _problem(name, value, params)
        if problem:
            errors.append((name, value, problem))
    names = [name for name, _ in seen.pairs]
    errors += [
        (n, seen.query[n], f"The query parameter [{n}] is given twice")
        for n in {*names}
        if names.count(n) > 1
    ]
    if errors:
        raise Refused.invalid(*errors)


def _problem(name: str, value: str, params: Params) -> str | None:
    if name not in params.takes:
        return f"The query parameter [{name}] is not one of [{','.join(sorted(params.takes))}]"
    if name == "max_results":
        low, high, _ = params.size
        if value.isdigit() and low <= int(value) <= high:
            return None
        return f"The `max_results` query parameter value [{value}] is not between {low} and {high}"
    known = params.expansions if name == "expansions" else FIELDS.get(name)
    if known is not None:
        wrong = [part for part in value.split(",") if part not in known]
        return (
            f"The `{name}` query parameter value [{wrong[0]}] is not one of [{','.join(sorted(known))}]"
            if wrong
            else None
        )
    fits, words = _CHECKS.get(name, (bool, "must not be empty"))
    return None if fits(value) else f"The `{name}` query parameter value [{value}] {words}"


def asked(seen: Incoming, viewer: User | None) -> Ask:
    """What a request, already checked, asks to be told."""

    def listed(name: str) -> frozenset[str]:
        return frozenset(filter(None, seen.query.get(name, "").split(",")))

    posts = {old_name(name) for name in listed("tweet.fields") | listed("post.fields")}
    return Ask(
        post=POST_DEFAULTS | posts,
        user=USER_DEFAULTS | {old_name(name) for name in listed("user.fields")},
        media=MEDIA_DEFAULTS | listed("media.fields"),
        direct=DIRECT_DEFAULTS | listed("dm_event.fields"),
        expansions=frozenset(old_expansion(name) for name in listed("expansions")),
        viewer=viewer,
    )
