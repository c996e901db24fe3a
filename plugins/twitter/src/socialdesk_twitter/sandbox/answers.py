"""What an answer holds: the fields and expansions that were asked for, in either generation of names.

Names here are those of the tweet generation; :func:`renamed` gives the other's. An expansion brings the field that it
expands along, as X does.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from .problems import HOSTS, missing, unseen
from .snowflake import stamp
from .state import Media, Post, User
from .world import EDITS_AT_MOST, World

POST_DEFAULTS = frozenset({"id", "text", "edit_history_tweet_ids"})
USER_DEFAULTS = frozenset({"id", "name", "username"})
MEDIA_DEFAULTS = frozenset({"media_key", "type"})

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
    expansions: frozenset[str] = frozenset()
    viewer: User | None = None


# ------------------------------------------------------------------------------------------------------ the fields


def _referenced(post: Post) -> list[tuple[str, int]]:
    listed = (("retweeted", post.reposts), ("quoted", post.quotes), ("replied_to", post.reply_to))
    return [(kind, number) for kind, number in listed if number is not None]


def _edit_controls(world: World, post: Post) -> dict[str, Any]:
    return {
        "edits_remaining": max(0, EDITS_AT_MOST + 1 - len(post.history)),
        "is_edit_eligible": world.edit_refusal(post.author, post.newest) is None,
        "editable_until": stamp(world.editable_until(post)),
    }


def _withheld(world: World, post: Post) -> dict[str, Any] | None:
    if not post.withheld:
        return None
    return {"copyright": post.copyright, "country_codes": list(post.withheld), "scope": "tweet"}


def _note(world: World, post: Post) -> dict[str, Any] | None:
    if not post.is_long or post.withheld:
        return None
    said = {kind: items for kind, items in post.full.entities.items() if kind != "annotations"}
    return {"text": post.full.text, **({"entities": said} if said else {})}


def _reply_user(world: World, post: Post) -> str | None:
    return None if post.reply_to is None else world.posts[post.reply_to].author.id


POST_FIELDS: Mapping[str, Callable[[World, Post], Any]] = {
    "id": lambda world, post: post.id,
    "text": lambda world, post: post.text,
    "edit_history_tweet_ids": lambda world, post: [str(number) for number in post.history],
    "attachments": lambda world, post: (
        {"media_keys": [media.key for media in post.media]} if post.media else None
    ),
    "author_id": lambda world, post: post.author.id,
    "conversation_id": lambda world, post: str(post.root),
    "created_at": lambda world, post: stamp(post.created_at),
    "display_text_range": lambda world, post: list(post.short.shown),
    "edit_controls": _edit_controls,
    "entities": lambda world, post: post.short.entities or None,
    "in_reply_to_user_id": _reply_user,
    "lang": lambda world, post: post.lang,
    "note_tweet": _note,
    "possibly_sensitive": lambda world, post: post.sensitive,
    "public_metrics": lambda world, post: world.counts(post),
    "referenced_tweets": lambda world, post: (
        [{"type": kind, "id": str(number)} for kind, number in _referenced(post)] or None
    ),
    "reply_settings": lambda world, post: post.reply_settings,
    "withheld": _withheld,
}

USER_FIELDS: Mapping[str, Callable[[World, User], Any]] = {
    "id": lambda world, user: user.id,
    "name": lambda world, user: user.name or user.handle,
    "username": lambda world, user: user.handle,
    "created_at": lambda world, user: stamp(user.created_at),
    "description": lambda world, user: user.description,
    "location": lambda world, user: user.location or None,
    "most_recent_tweet_id": lambda world, user: str(user.posts[-1]) if user.posts else None,
    "profile_image_url": lambda world, user: (
        f"https://pbs.twimg.com/profile_images/{user.id}/face_normal.png"
    ),
    "protected": lambda world, user: user.protected,
    "public_metrics": lambda world, user: {
        "followers_count": user.followers,
        "following_count": user.following,
        "tweet_count": len(user.posts),
        "listed_count": user.listed,
        "like_count": 0,
        "media_count": 0,
    },
    "receives_your_dm": lambda world, user: False,
    "verified": lambda world, user: user.verified,
    "verified_type": lambda world, user: "blue" if user.verified else "none",
}

MEDIA_FIELDS: Mapping[str, Callable[[Media], Any]] = {
    "media_key": lambda media: media.key,
    "type": lambda media: media.kind,
    "url": lambda media: media.url if media.kind == "photo" else None,
    "preview_image_url": lambda media: media.url if media.kind != "photo" else None,
    "alt_text": lambda media: media.alt_text,
    "width": lambda media: media.width,
    "height": lambda media: media.height,
    "duration_ms": lambda media: media.duration_ms,
}


def tell_post(world: World, post: Post, names: Iterable[str]) -> dict[str, Any]:
    """A post with the fields that are asked for and that there is something to say about."""
    told = {name: POST_FIELDS[name](world, post) for name in names if name in POST_FIELDS}
    return {name: value for name, value in told.items() if value is not None}


def tell_user(world: World, user: User, names: Iterable[str]) -> dict[str, Any]:
    """A user with the fields that are asked for and that there is something to say about."""
    told = {name: USER_FIELDS[name](world, user) for name in names if name in USER_FIELDS}
    return {name: value for name, value in told.items() if value is not None}


def tell_media(media: Media, names: Iterable[str]) -> dict[str, Any]:
    told = {name: MEDIA_FIELDS[name](media) for name in names if name in MEDIA_FIELDS}
    return {name: value for name, value in told.items() if value is not None}


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

    def _join_referenced(self, post: Post) -> None:
        for _, number in _referenced(post):
            other, parameter = self.world.posts[number], "referenced_tweets.id"
            if other.deleted:
                self.errors[parameter, other.id] = missing("tweet", parameter, other.id)
            elif not self.world.visible(other, self.ask.viewer):
                self.errors[parameter, other.id] = unseen("tweet", parameter, other.id)
            else:
                self.posts.setdefault(number, other)
                if "referenced_tweets.id.author_id" in self.ask.expansions:
                    self.users.setdefault(other.author.id, other.author)
                if "referenced_tweets.id.attachments.media_keys" in self.ask.expansions:
                    self.media.update((media.key, media) for media in other.media)

    def tell(self) -> dict[str, Any]:
        ask, world = self.ask, self.world
        told = {
            "users": [tell_user(world, user, ask.user) for user in self.users.values()],
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
    data = [tell_post(world, post, names) for post in posts]
    for post in posts:
        includes.join(post)
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
    return {int(item["id"]) for item in told if "text" in item}


def finished(body: Mapping[str, Any], names: str) -> dict[str, Any]:
    """A body in the generation of names that answers use, with its problems' types as URLs."""
    said = dict(body)
    if "errors" in said:
        said["errors"] = [
            {**problem, "type": f"{HOSTS[names]}/2/problems/{problem['type']}"} for problem in said["errors"]
        ]
    return renamed(said) if names == "post" else said
