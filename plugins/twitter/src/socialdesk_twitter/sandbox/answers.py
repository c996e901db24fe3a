"""What an answer holds: the fields and expansions that were asked for, in either generation of names.

Names here are those of the tweet generation; :func:`renamed` gives the other's. An expansion brings the field that it
expands along, as X does.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from .directs import Direct
from .fields import referenced, tell_direct, tell_media, tell_post, tell_user
from .problems import HOSTS, missing, unseen
from .state import Media, Post, User
from .world import World

POST_DEFAULTS = frozenset({"id", "text", "edit_history_tweet_ids"})
USER_DEFAULTS = frozenset({"id", "name", "username"})
MEDIA_DEFAULTS = frozenset({"media_key", "type"})
DIRECT_DEFAULTS = frozenset({"id", "event_type", "text"})

RENAMED: Mapping[str, str] = {
    "edit_history_tweet_ids": "edit_history_post_ids",
    "note_tweet": "note_post",
    "referenced_tweets": "referenced_posts",
    "retweet_count": "repost_count",
    "tweet_count": "post_count",
    "most_recent_tweet_id": "most_recent_post_id",
    "pinned_tweet_id": "pinned_post_id",
    "tweets": "posts",
}
_BACK = {new: old for old, new in RENAMED.items()}

EXPANSIONS: Mapping[str, str] = {
    "author_id": "author_id",
    "in_reply_to_user_id": "in_reply_to_user_id",
    "entities.mentions.username": "entities",
    "referenced_tweets.id": "referenced_tweets",
    "referenced_tweets.id.author_id": "referenced_tweets",
    "referenced_tweets.id.attachments.media_keys": "referenced_tweets",
    "attachments.media_keys": "attachments",
    "edit_history_tweet_ids": "edit_history_tweet_ids",
    "sender_id": "sender_id",
    "participant_ids": "participant_ids",
}
"""Each expansion that finds something here, and the field that it brings along."""

_EXPANSIONS_BACK = {
    "referenced_posts": "referenced_tweets.id",
    "edit_history_post_ids": "edit_history_tweet_ids",
}


def old_name(name: str) -> str:
    """The tweet generation's name of a field."""
    return _BACK.get(name, name)


def old_expansion(name: str) -> str:
    """The tweet generation's name of an expansion."""
    return _EXPANSIONS_BACK.get(name, name)


def renamed(value: Any) -> Any:
    """The same answer with the post generation's names."""
    if isinstance(value, dict):
        said = {RENAMED.get(name, name): renamed(inner) for name, inner in value.items()}
        if "country_codes" in said and said.get("scope") == "tweet":
            said["scope"] = "post"
        return said
    return [renamed(item) for item in value] if isinstance(value, list) else value


@dataclass(frozen=True, slots=True)
class Ask:
    """What a request asks to be told, and whose eyes it has (None: the app's)."""

    post: frozenset[str] = POST_DEFAULTS
    user: frozenset[str] = USER_DEFAULTS
    media: frozenset[str] = MEDIA_DEFAULTS
    direct: frozenset[str] = DIRECT_DEFAULTS
    expansions: frozenset[str] = frozenset()
    viewer: User | None = None


# ------------------------------------------------------------------------------------------------- what is joined in


@dataclass(slots=True)
class _Includes:
    """What is joined in to the posts of one answer, each thing once."""

    world: World
    ask: Ask
    users: dict[str, User] = field(default_factory=dict)
    posts: dict[int, Post] = field(default_factory=dict)
    media: dict[str, Media] = field(default_factory=dict)
    errors: dict[tuple[str, str], dict[str, Any]] = field(default_factory=dict)

    def join(self, post: Post) -> None:
        wanted = self.ask.expansions
        if "author_id" in wanted:
            self.users.setdefault(post.author.id, post.author)
        if "in_reply_to_user_id" in wanted and post.reply_to is not None:
            author = self.world.posts[post.reply_to].author
            self.users.setdefault(author.id, author)
        if "entities.mentions.username" in wanted:
            for item in post.short.entities.get("mentions", ()):
                self.users.setdefault(item["id"], self.world.users[item["id"]])
        if "attachments.media_keys" in wanted:
            self.media.update((media.key, media) for media in post.media)
        if "edit_history_tweet_ids" in wanted:
            self.posts.update((number, self.world.posts[number]) for number in post.history)
        if any(name.startswith("referenced_tweets.id") for name in wanted):
            self._join_referenced(post)

    def join_direct(self, event: Direct) -> None:
        wanted = self.ask.expansions
        if "sender_id" in wanted:
            self.users.setdefault(event.sender.id, event.sender)
        if "participant_ids" in wanted:
            self.users.update((user.id, user) for user in event.participants)
        if "attachments.media_keys" in wanted:
            self.media.update((media.key, media) for media in event.media)
        if "referenced_tweets.id" in wanted and event.shares is not None:
            self._join_post(event.shares)

    def _join_post(self, other: Post) -> bool:
        """Join a post that is referred to, or the reason why it cannot be."""
        parameter = "referenced_tweets.id"
        if other.deleted:
            self.errors[parameter, other.id] = missing("tweet", parameter, other.id)
        elif not self.world.visible(other, self.ask.viewer):
            self.errors[parameter, other.id] = unseen("tweet", parameter, other.id)
        else:
            self.posts.setdefault(other.number, other)
            return True
        return False

    def _join_referenced(self, post: Post) -> None:
        for _, number in referenced(post):
            other = self.world.posts[number]
            if self._join_post(other):
                if "referenced_tweets.id.author_id" in self.ask.expansions:
                    self.users.setdefault(other.author.id, other.author)
                if "referenced_tweets.id.attachments.media_keys" in self.ask.expansions:
                    self.media.update((media.key, media) for media in other.media)

    def tell(self) -> dict[str, Any]:
        ask, world = self.ask, self.world
        told = {
            "users": [tell_user(world, user, ask.user, ask.viewer) for user in self.users.values()],
            "tweets": [tell_post(world, post, post_names(ask)) for post in self.posts.values()],
            "media": [tell_media(media, ask.media) for media in self.media.values()],
        }
        return {name: items for name, items in told.items() if items}


def post_names(ask: Ask) -> frozenset[str]:
    """The fields of a post that an answer tells: those asked for and those that expansions bring along."""
    return ask.post | {EXPANSIONS[name] for name in ask.expansions if name in EXPANSIONS}


def body_of_posts(
    world: World, ask: Ask, posts: list[Post], *, one: bool = False, errors: Iterable[dict[str, Any]] = ()
) -> dict[str, Any]:
    """An answer's body: data, includes and errors, each only where there is any."""
    includes = _Includes(world, ask)
    names = post_names(ask)
    for post in posts:
        includes.join(post)
    data = [tell_post(world, post, names) for post in posts]
    return _body(data, includes, one=one, errors=errors)


def body_of_directs(world: World, ask: Ask, events: list[Direct], *, one: bool = False) -> dict[str, Any]:
    """As :func:`body_of_posts`, for events of conversations."""
    includes = _Includes(world, ask)
    names = ask.direct | {EXPANSIONS[name] for name in ask.expansions if name in EXPANSIONS}
    for event in events:
        includes.join_direct(event)
    return _body([tell_direct(event, names) for event in events], includes, one=one)


def _body(
    data: list[dict[str, Any]], includes: _Includes, *, one: bool, errors: Iterable[dict[str, Any]] = ()
) -> dict[str, Any]:
    body: dict[str, Any] = {}
    if data:
        body["data"] = data[0] if one else data
    joined = includes.tell()
    if joined:
        body["includes"] = joined
    listed = [*errors, *includes.errors.values()]
    if listed:
        body["errors"] = listed
    return body


def read_by(body: Mapping[str, Any]) -> set[int]:
    """The numbers of the posts that a body tells of: reading them is what is charged for."""
    data = body.get("data", [])
    told = [*(data if isinstance(data, list) else [data]), *body.get("includes", {}).get("tweets", ())]
    return {int(item["id"]) for item in told if "text" in item and "event_type" not in item}


def finished(body: Mapping[str, Any], names: str) -> dict[str, Any]:
    """A body in the generation of names that answers use, with its problems' types as URLs."""
    said = dict(body)
    if "errors" in said:
        said["errors"] = [
            {**problem, "type": f"{HOSTS[names]}/2/problems/{problem['type']}"} for problem in said["errors"]
        ]
    return renamed(said) if names == "post" else said
