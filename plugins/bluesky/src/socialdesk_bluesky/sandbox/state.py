"""Users and records: what a test holds in its hands."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING, Any, TypedDict, Unpack

from . import richtext
from .cids import cid_of_file
from .names import BLOCK, FOLLOW, GATE, LIKE, POST, POSTGATE, REPOST, read_moment, told

if TYPE_CHECKING:
    from .world import World


class StateError(ValueError):
    """Something that the platform's own app would not let a person do."""


class Profile(TypedDict, total=False):
    """What a user may be given. ``labels`` are put on by Bluesky's moderation, ``own_labels`` by themselves (a bot's is
    ``bot``); ``verified`` by a trusted verifier; ``status`` is ``takendown``, ``suspended``, ``deactivated`` or "";
    ``hides_handle`` has it told as ``handle.invalid``. ``takes_messages`` says from whom: all, following or none."""

    name: str
    description: str
    labels: Sequence[str]
    own_labels: Sequence[str]
    verified: bool
    status: str
    hides_handle: bool
    takes_messages: str


class PostOptions(TypedDict, total=False):
    """What a post may have beside its text. ``at`` is what its author claims, ``plain`` leaves the facets out;
    ``allow`` says who may answer: [] nobody, ``mention``, ``follower`` and ``following`` those kinds of people."""

    langs: Sequence[str]
    at: datetime
    plain: bool
    facets: list[dict[str, Any]]
    embed: dict[str, Any]
    tags: Sequence[str]
    allow: Sequence[str]
    quotable: bool


@dataclass(slots=True, eq=False)
class Record:
    """A record. ``value`` is what the author's server has; ``shown`` what the app view took over first, which it keeps;
    ``seen_at`` is when it did so. ``closed`` says that it broke a threadgate, ``astray`` that its root is wrong: either
    is shown to nobody."""

    owner: User
    collection: str
    rkey: str
    value: dict[str, Any]
    cid: str
    rev: str
    seen_at: datetime
    shown: dict[str, Any]
    shown_cid: str
    deleted: bool = False
    closed: bool = False
    astray: bool = False

    @property
    def uri(self) -> str:
        return f"at://{self.owner.did}/{self.collection}/{self.rkey}"

    @property
    def id(self) -> str:
        """What names it: its uri."""
        return self.uri

    @property
    def text(self) -> str:
        return str(self.shown.get("text", ""))

    @property
    def ref(self) -> dict[str, str]:
        return {"uri": self.uri, "cid": self.cid}

    @property
    def parent(self) -> str | None:
        """The uri of what a post answers."""
        reply = self.shown.get("reply")
        return None if reply is None else str(reply["parent"]["uri"])

    @property
    def root(self) -> str:
        """The uri of the first post of the thread that a post says it is in."""
        reply = self.shown.get("reply")
        return self.uri if reply is None else str(reply["root"]["uri"])

    @property
    def quoted(self) -> str | None:
        """The uri of what a post quotes."""
        embed = self.shown.get("embed") or {}
        if embed.get("$type") == "app.bsky.embed.recordWithMedia":
            embed = embed["record"]
        return embed["record"]["uri"] if embed.get("$type") == "app.bsky.embed.record" else None

    @property
    def sort_at(self) -> datetime:
        """Where it is sorted: at what the author claims, but never later than it was seen."""
        claimed = read_moment(self.shown.get("createdAt"))
        return self.seen_at if claimed is None else min(claimed, self.seen_at)

    def __repr__(self) -> str:
        return f"<Record {self.uri}>"


@dataclass(slots=True, eq=False)
class User:
    """Someone with a repository. ``records`` are theirs, by collection and key; ``files`` what they uploaded."""

    world: World = field(repr=False)
    did: str
    handle: str
    name: str
    created_at: datetime
    description: str = ""
    labels: Sequence[str] = ()
    own_labels: Sequence[str] = ()
    verified: bool = False
    status: str = ""
    hides_handle: bool = False
    takes_messages: str = "following"
    password: str = ""
    seen_at: datetime | None = None
    records: dict[tuple[str, str], Record] = field(default_factory=dict, repr=False)
    files: dict[str, tuple[str, int]] = field(default_factory=dict, repr=False)
    blocks: dict[str, Record] = field(default_factory=dict, repr=False)
    follows: dict[str, Record] = field(default_factory=dict, repr=False)
    mutes: set[str] = field(default_factory=set, repr=False)

    @property
    def id(self) -> str:
        return self.did

    @property
    def posts(self) -> list[Record]:
        """Their posts that are there, oldest first by their keys."""
        return [record for key, record in sorted(self.records.items()) if key[0] == POST]

    def post(self, text: str, **options: Unpack[PostOptions]) -> Record:
        """Write a post. ``@ann`` names the user of that handle, short or whole."""
        with self.world.lock:
            return self._post(text, options)

    def reply(self, to: Record, text: str, **options: Unpack[PostOptions]) -> Record:
        """Answer a post. Raises StateError where Bluesky's app would not offer it."""
        with self.world.lock:
            if self.world.is_blocked(self, to.owner) or not self.world.may_answer(self, to.root):
                raise StateError(f"{self.handle} may not answer {to.uri}")
            root = self.world.records[to.root]
            return self._post(text, options, reply={"root": root.ref, "parent": to.ref})

    def quote(self, post: Record, text: str, **options: Unpack[PostOptions]) -> Record:
        """Quote a post."""
        options["embed"] = {"$type": "app.bsky.embed.record", "record": post.ref}
        return self.post(text, **options)

    def _post(self, text: str, options: PostOptions, **more: Any) -> Record:
        now = self.world.now()
        record = {"$type": POST, "text": text, "createdAt": told(options.get("at", now)), **more}
        marks = options.get(
            "facets", [] if options.get("plain") else richtext.facets(text, self.world.did_of)
        )
        record |= {"facets": marks} if marks else {}
        record["langs"] = list(options.get("langs", ("en",)))
        for name in ("embed", "tags"):
            if name in options:
                record[name] = options[name]
        made = self.world.write(self, POST, self.world.new_key(), record)
        if "allow" in options:
            self.gate(made, options["allow"])
        if not options.get("quotable", True):
            rules = [{"$type": "app.bsky.feed.postgate#disableRule"}]
            gate = {"$type": POSTGATE, "post": made.uri, "createdAt": told(now), "embeddingRules": rules}
            self.world.write(self, POSTGATE, made.rkey, gate)
        return made

    def gate(self, root: Record, allow: Sequence[str] | None, hidden: Sequence[Record] = ()) -> Record:
        """Say who may answer in a thread of one's own, and which answers are hidden."""
        gate: dict[str, Any] = {"$type": GATE, "post": root.uri, "createdAt": told(self.world.now())}
        if allow is not None:
            gate["allow"] = [{"$type": f"app.bsky.feed.threadgate#{rule}Rule"} for rule in allow]
        gate["hiddenReplies"] = [post.uri for post in hidden]
        with self.world.lock:
            return self.world.write(self, GATE, root.rkey, gate)

    def delete(self, record: Record) -> None:
        """Take away something of one's own."""
        with self.world.lock:
            if record.owner is not self:
                raise StateError("only one's own can be deleted")
            self.world.delete(self, record.collection, record.rkey)

    def like(self, post: Record) -> Record:
        return self._point(LIKE, post.ref)

    def repost(self, post: Record) -> Record:
        return self._point(REPOST, post.ref)

    def follow(self, other: User) -> Record:
        return self._point(FOLLOW, other.did)

    def block(self, other: User) -> Record:
        return self._point(BLOCK, other.did)

    def unblock(self, other: User) -> None:
        with self.world.lock:
            record = self.blocks[other.did]
            self.world.delete(self, record.collection, record.rkey)

    def mute(self, other: User) -> None:
        self.mutes.add(other.did)

    def _point(self, collection: str, subject: Any) -> Record:
        value = {"$type": collection, "subject": subject, "createdAt": told(self.world.now())}
        with self.world.lock:
            return self.world.write(self, collection, self.world.new_key(), value)

    def picture(self, content: bytes = b"\x89PNG", alt: str = "", kind: str = "image/png") -> dict[str, Any]:
        """What embeds a picture in a post: ``ann.post("look", embed=ann.picture())``."""
        cid = cid_of_file(content)
        self.files[cid] = (kind, len(content))
        blob = {"$type": "blob", "ref": {"$link": cid}, "mimeType": kind, "size": len(content)}
        return {"$type": "app.bsky.embed.images", "images": [{"image": blob, "alt": alt}]}

    def __repr__(self) -> str:
        return f"<User @{self.handle} {self.did}>"
