"""What is there: people's repositories, and what the app view has made of them."""

from __future__ import annotations

import threading
from collections import defaultdict
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

from . import richtext
from .cids import cid_of_record
from .names import (
    BLOCK,
    DID,
    FOLLOW,
    GATE,
    HANDLE,
    LIKE,
    POST,
    POSTGATE,
    REPOST,
    did_for,
    tid_at,
    whole_handle,
)
from .notifying import Note, notes_of
from .state import Profile, Record, StateError, User


class World:
    """Repositories and the app view's index of them.

    The app view sees a record ``lag`` seconds after it was written, or later where a fault delays it. There is no tree
    of hashes over a repository: a record's CID is the true one, a commit's is made up.
    """

    def __init__(
        self, now: Callable[[], datetime], delay: Callable[[], float], lock: threading.RLock
    ) -> None:
        self.now = now
        self._delay = delay
        self.lock = lock
        self.lag = 0.0
        self.users: dict[str, User] = {}
        self.handles: dict[str, User] = {}
        self.records: dict[str, Record] = {}
        self.posts: list[Record] = []
        self.replies: defaultdict[str, list[Record]] = defaultdict(list)
        self.quotes: defaultdict[str, list[Record]] = defaultdict(list)
        self.likes: defaultdict[str, dict[str, Record]] = defaultdict(dict)
        self.reposts: defaultdict[str, dict[str, Record]] = defaultdict(dict)
        self.gates: dict[str, Record] = {}
        self.unquotable: dict[str, Record] = {}
        self.notes: defaultdict[str, list[Note]] = defaultdict(list)
        self._keys = 0

    # ---------------------------------------------------------------------------------------------------- people

    def user(self, name: str, profile: Profile) -> User:
        """The user of a handle, short or whole, made on first use; what ``profile`` names is changed."""
        handle = whole_handle(name)
        if not HANDLE.fullmatch(handle):
            raise StateError(f"{handle} is no handle")
        user = self.handles.get(handle)
        if user is None:
            user = User(self, did_for(handle), handle, name.partition(".")[0].capitalize(), self.now())
            self.users[user.did] = self.handles[handle] = user
        for key, value in profile.items():
            setattr(user, key, value)
        return user

    def find(self, name: str) -> User | None:
        """The user of a DID or handle; None where there is none."""
        return self.users.get(name) if DID.fullmatch(name) else self.handles.get(name.lower())

    def did_of(self, name: str) -> str | None:
        user = self.handles.get(whole_handle(name))
        return None if user is None else user.did

    def is_blocked(self, one: User, other: User) -> bool:
        """Whether one of two people has blocked the other."""
        return other.did in one.blocks or one.did in other.blocks

    def owner_of(self, uri: str) -> User | None:
        return self.find(uri.removeprefix("at://").partition("/")[0])

    # --------------------------------------------------------------------------------------------------- records

    def new_key(self) -> str:
        self._keys += 1
        return tid_at(self.now() + timedelta(microseconds=self._keys // 1024), self._keys)

    def write(self, owner: User, collection: str, rkey: str, value: dict[str, Any]) -> Record:
        """Write a record. One that was there is replaced on the author's server; the app view keeps the first text."""
        cid, rev = cid_of_record(value), self.new_key()
        record = owner.records.get((collection, rkey))
        if record is None:
            seen_at = self.now() + timedelta(seconds=max(self.lag, self._delay()))
            record = Record(owner, collection, rkey, value, cid, rev, seen_at, value, cid)
            owner.records[collection, rkey] = self.records[record.uri] = record
            self._index(record)
        else:
            record.value, record.cid, record.rev = value, cid, rev
            if collection != POST:
                self._forget(record)
                record.shown, record.shown_cid = value, cid
                self._index(record)
        return record

    def delete(self, owner: User, collection: str, rkey: str) -> Record | None:
        """Take a record away; None where it was not there."""
        record = owner.records.pop((collection, rkey), None)
        if record is not None:
            record.deleted = True
            self._forget(record)
        return record

    def _index(self, record: Record) -> None:
        subject, did = record.shown.get("subject"), record.owner.did
        match record.collection:
            case name if name == POST:
                self._index_post(record)
            case name if name == LIKE and isinstance(subject, dict):
                self.likes[subject["uri"]][did] = record
            case name if name == REPOST and isinstance(subject, dict):
                self.reposts[subject["uri"]][did] = record
            case name if name == FOLLOW:
                record.owner.follows[str(subject)] = record
            case name if name == BLOCK:
                record.owner.blocks[str(subject)] = record
            case name if name in (GATE, POSTGATE):
                gates = self.gates if name == GATE else self.unquotable
                gates[record.shown["post"]] = record
        for note in notes_of(self, record):
            self.notes[note.to].append(note)

    def _index_post(self, record: Record) -> None:
        self.posts.append(record)
        record.astray = self._is_astray(record)
        record.closed = record.parent is not None and not self.may_answer(record.owner, record.root)
        if record.parent is not None:
            self.replies[record.parent].append(record)
        if record.quoted is not None:
            self.quotes[record.quoted].append(record)

    def _forget(self, record: Record) -> None:
        did = record.owner.did
        for index in (self.likes, self.reposts):
            subject = record.shown.get("subject")
            found = index.get(subject["uri"]) if isinstance(subject, dict) else None
            if found is not None and found.get(did) is record:
                del found[did]
        for mine in (record.owner.follows, record.owner.blocks):
            if mine.get(str(record.shown.get("subject"))) is record:
                del mine[str(record.shown["subject"])]
        for gates in (self.gates, self.unquotable):
            if gates.get(str(record.shown.get("post"))) is record:
                del gates[str(record.shown["post"])]

    # ---------------------------------------------------------------------------------------------------- threads

    def _is_astray(self, record: Record) -> bool:
        """Whether a reply names another root than its parent's, or a parent that is not there."""
        if record.parent is None:
            return False
        parent = self.records.get(record.parent)
        return parent is None or parent.deleted or parent.astray or parent.root != record.root

    def may_answer(self, who: User, root_uri: str) -> bool:
        """Whether the author of a thread lets somebody answer in it."""
        gate, author = self.gates.get(root_uri), self.owner_of(root_uri)
        if gate is None or author is None or who is author or "allow" not in gate.shown:
            return True
        root = self.records.get(root_uri)
        named = richtext.features(root.shown, "mention", "did") if root is not None else []
        holds = {
            "app.bsky.feed.threadgate#mentionRule": who.did in named,
            "app.bsky.feed.threadgate#followerRule": author.did in who.follows,
            "app.bsky.feed.threadgate#followingRule": who.did in author.follows,
        }
        return any(holds.get(rule.get("$type"), False) for rule in gate.shown["allow"])

    def hidden_in(self, root_uri: str) -> list[str]:
        gate = self.gates.get(root_uri)
        return [] if gate is None else list(gate.shown.get("hiddenReplies") or ())

    def is_there(self, record: Record | None) -> bool:
        """Whether the app view knows a record by now, and it was not taken away."""
        return record is not None and not record.deleted and record.seen_at <= self.now()

    def is_seen(self, record: Record) -> bool:
        """Whether the app view shows a post in its thread."""
        return self.is_there(record) and not record.closed and not record.astray

    def thread(self, post: Record) -> list[Record]:
        """The posts of a thread that are shown to everybody, oldest first."""
        found = [one for one in self.posts if one.root == post.root and self.is_seen(one)]
        hidden = self.hidden_in(post.root)
        return sorted(
            (one for one in found if one.uri not in hidden), key=lambda one: (one.sort_at, one.rkey)
        )
