"""Who wrote what where: all that the platform knows."""

from __future__ import annotations

import re
from bisect import insort
from collections import defaultdict
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

from .doings import Writing
from .inbox import Inbox
from .items import Activity, Note, Post
from .numbers import made_up, number_at, uuid_of
from .state import Blog, BlogOptions, Person, StateError

_NAME = re.compile(r"[a-z0-9](?:[a-z0-9-]{0,30}[a-z0-9])?", re.IGNORECASE)
QUEUE_STEP = timedelta(hours=6)


class World:
    """All that the platform knows. ``delay`` is asked once for each thing that comes into being: for how many seconds
    listings do not show it. ``label`` makes its ids differ from those of another sandbox.

    ``genesis`` says whether what was a draft or in the queue gets a new id when it is published.
    """

    def __init__(self, now: Callable[[], datetime], delay: Callable[[], float], label: str) -> None:
        self.now = now
        self.delay = delay
        self.label = label
        self.genesis = True
        self.people: list[Person] = []
        self.blogs: dict[str, Blog] = {}
        self.names: dict[str, Blog] = {}
        self.posts: dict[int, Post] = {}
        self.writing = Writing(self)
        self.inbox = Inbox(self)
        self._minted: defaultdict[int, int] = defaultdict(int)
        self._noted: datetime | None = None
        self._waiting: list[Post] = []

    # ----------------------------------------------------------------------------------------------------- blogs

    def blog(self, name: str, options: BlogOptions, *, owner: Person | None = None) -> Blog:
        """The blog of that name, made on first use; what ``options`` name is changed. Raises StateError on a name that
        Tumblr would not take."""
        blog = self.names.get(name.lower())
        if blog is None:
            name = self._free(name)
            owner = owner or self._person()
            uuid = uuid_of(f"{self.label}:{len(self.blogs)}:{name}")
            blog = Blog(self, uuid, name, owner, self.now() - timedelta(days=900))
            self.blogs[uuid] = self.names[name] = blog
            owner.blogs.append(blog)
        for key, value in options.items():
            setattr(blog, key, value)
        return blog

    def _person(self) -> Person:
        person = Person(len(self.people) + 1)
        self.people.append(person)
        return person

    def _free(self, name: str) -> str:
        name = name.lower()
        if _NAME.fullmatch(name) is None:
            raise StateError(f"{name!r} is no name: 1 to 32 letters, digits and hyphens")
        if name in self.names:
            raise StateError(f"there is a blog {name} already")
        return name

    def rename(self, blog: Blog, name: str) -> None:
        name = self._free(name)
        self.names.pop(blog.name, None)
        blog.name = name
        self.names[name] = blog

    def find(self, identifier: str) -> Blog | None:
        """The blog that a name, a hostname or a UUID means."""
        if identifier.startswith("t:"):
            blog = self.blogs.get(identifier)
            return None if blog is None or blog.gone else blog
        wanted = identifier.lower().removeprefix("https://").removeprefix("http://").rstrip("/")
        for blog in self.names.values() if "." in wanted else ():
            if blog.host == wanted:
                return blog
        return self.names.get(wanted.removesuffix(".tumblr.com"))

    # ----------------------------------------------------------------------------------------------------- posts

    def mint(self, at: datetime) -> int:
        """A new post id that says when it was given out."""
        first = number_at(at)
        if first <= 0:
            raise StateError("at: there was no Tumblr then")
        self._minted[first] += 1
        return first + self._minted[first]

    def key_of(self, number: int, blog: Blog) -> str:
        """The key that a reblog of a post must show."""
        return made_up(f"{self.label}:{blog.uuid}:{number}", 8)

    def enter(self, blog: Blog, at: datetime, **about: Any) -> Post:
        """A new post of a blog."""
        number = self.mint(at)
        post = Post(blog, number, self.key_of(number, blog), at, self.shown(at), **about)
        self.posts[number] = post
        blog.posts.append(number)
        return post

    def moment(self) -> datetime:
        """Now, and later than the note before: two notes never have the same microsecond."""
        at = self.now()
        if self._noted is not None and at <= self._noted:
            at = self._noted + timedelta(microseconds=1)
        self._noted = at
        return at

    def shown(self, at: datetime) -> datetime:
        """From when on listings show what comes into being at a moment."""
        return min(at, self.now()) + timedelta(seconds=self.delay())

    def note(self, note: Note) -> Note:
        """Keep a note with the post that its tree began with."""
        note.target.root.notes.append(note)
        return note

    def tell(self, to: Blog, item: Activity) -> None:
        """Put an item into a blog's activity; not what it did itself, nor by those it blocks, nor of a muted post."""
        by, target = item.by, item.target
        if by is not None and (by.owner is to.owner or by.uuid in to.blocks):
            return
        if target is not None and target.blog is to and target.is_muted:
            return
        insort(to.activity, item, key=lambda told: told.at)

    # ----------------------------------------------------------------------------------------------------- queue

    def queue(self, post: Post) -> None:
        """Give a queued post the moment at which it is published."""
        waiting = [held.due for held in self.queued(post.blog) if held is not post and held.due is not None]
        last = max((due for due in waiting), default=self.now())
        post.due = post.publish_on or last + QUEUE_STEP
        self._waiting.append(post)

    def queued(self, blog: Blog) -> list[Post]:
        """A blog's queue, the next one first."""
        posts = (self.posts[number] for number in blog.posts)
        held = [post for post in posts if post.state == "queued" and not post.deleted]
        return sorted(held, key=lambda post: (post.due or post.created_at, post.number))

    def settle(self) -> None:
        """Publish what is due."""
        now = self.now()
        due = [post for post in self._waiting if post.due is not None and post.due <= now]
        for post in sorted(due, key=lambda post: (post.due or now, post.number)):
            self._waiting.remove(post)
            if post.state == "queued" and not post.deleted and not post.blog.gone:
                self.writing.publish(post, post.due or now)
        self._waiting = [post for post in self._waiting if post.state == "queued" and not post.deleted]

    def renumber(self, post: Post, at: datetime) -> None:
        """A post that is published gets the id under which it is found from now on."""
        post.created_at = at
        post.shown_from = self.shown(at)
        if not self.genesis:
            return
        before = post.number
        post.genesis, post.number = before, self.mint(at)
        post.reblog_key = self.key_of(post.number, post.blog)
        self.posts[post.number] = self.posts.pop(before)
        post.blog.posts.remove(before)
        post.blog.posts.append(post.number)

    # ----------------------------------------------------------------------------------------------- who sees what

    def visible(self, post: Post, viewer: Person | None) -> bool:
        """Whether someone may see a post; None is the app itself."""
        if post.deleted or post.blog.gone:
            return False
        return post.state == "published" or (viewer is not None and viewer is post.blog.owner)

    def notes_of(self, post: Post, *, shared: bool) -> list[Note]:
        """The notes of a post that are there and listed, the newest first. ``shared``: those of its whole tree."""
        now = self.now()
        notes = [
            note
            for note in post.root.notes
            if note.there and note.shown_from <= now and (shared or note.target is post)
        ]
        return sorted(notes, key=lambda note: note.at, reverse=True)

    def thread(self, post: Post) -> list[Post | Note]:
        """What hangs together with a post and is there: its root, the reblogs and the replies, oldest first."""
        root = post.root
        entries: list[Post | Note] = [] if root.deleted or root.blog.gone else [root]
        for note in sorted(root.notes, key=lambda note: note.at):
            if note.there and note.kind == "reply":
                entries.append(note)
            elif note.there and note.post is not None:
                entries.append(note.post)
        return entries
