"""Who said what to whom: all that the platform knows, with the lists that its listings are read from."""

from __future__ import annotations

from bisect import bisect_left, insort
from collections import defaultdict
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from typing import Any, Unpack

from .directs import Directs
from .snowflake import number_at, to_ms
from .state import Post, PostOptions, Profile, StateError, User
from .text import LEADING

EDIT_WINDOW = timedelta(minutes=30)
EDITS_AT_MOST = 5


class World:
    """All that the platform knows. Lists of posts hold their numbers in rising order, latest versions only.

    ``happened`` is told what happens, by X's name of the event, to what, and by whom.
    """

    def __init__(self, now: Callable[[], datetime], delay: Callable[[], float]) -> None:
        self.now = now
        self.delay = delay
        self.users: dict[str, User] = {}
        self.handles: dict[str, User] = {}
        self.posts: dict[int, Post] = {}
        self.order: list[int] = []
        self.threads: defaultdict[int, list[int]] = defaultdict(list)
        self.replies: defaultdict[int, list[int]] = defaultdict(list)
        self.quoting: defaultdict[int, list[int]] = defaultdict(list)
        self.passed_on: defaultdict[int, dict[str, Post]] = defaultdict(dict)
        self.directs = Directs(self)
        self.happened: Callable[[str, Any, User], None] = lambda what, subject, by: None
        self._minted: defaultdict[int, int] = defaultdict(int)

    # ----------------------------------------------------------------------------------------------------- users

    def user(self, handle: str, profile: Profile) -> User:
        """The user of that handle, made on first use; ``profile`` changes what it names."""
        user = self.handles.get(handle.lower())
        if user is None:
            if not (0 < len(handle) <= 15 and handle.isascii() and handle.replace("_", "a").isalnum()):
                raise StateError(f"{handle!r} is no handle: 1 to 15 letters, digits and underscores")
            number = 1_500_000_000_000_000_000 + (len(self.users) + 1) * 7_919
            user = User(self, str(number), handle, self.now() - timedelta(days=900), name=handle)
            self.users[user.id] = self.handles[handle.lower()] = user
        for name, value in profile.items():
            setattr(user, name, value)
        return user

    def known(self, handle: str) -> str | None:
        """The id behind a handle."""
        user = self.handles.get(handle.lower())
        return user.id if user else None

    # ----------------------------------------------------------------------------------------------------- posts

    def mint(self, at: datetime) -> int:
        """A new number that says when it was given out, as X's do."""
        first = number_at(at)
        if first <= 0:
            raise StateError("at: there was no X then")
        self._minted[first] += 1
        return first + self._minted[first]

    def publish(self, author: User, text: str, **options: Unpack[PostOptions]) -> Post:
        """A new post with all that follows from it."""
        at = to_ms(options.get("at") or self.now())
        parent, quoted = options.get("reply_to"), options.get("quote")
        if parent is not None and parent.deleted:
            raise StateError("the post that is answered is gone")
        number = self.mint(at)
        post = Post(
            author=author,
            number=number,
            written=text,
            created_at=at,
            shown_from=at + timedelta(seconds=self.delay()),
            history=[number],
            root=parent.root if parent else number,
            reply_to=parent.number if parent else None,
            quotes=quoted.number if quoted else None,
            prefix=self.prefix(author, parent, text, options.get("exclude", frozenset())) if parent else "",
            lang=options.get("lang", "en"),
            media=options.get("media", ()),
            reply_settings=options.get("reply_settings", "everyone"),
            sensitive=options.get("sensitive", False),
        )
        self._enter(post)
        self.happened("post.create", post, author)
        return post

    def prefix(self, author: User, parent: Post, text: str, exclude: frozenset[str] = frozenset()) -> str:
        """The handles that X puts before a reply: whom it answers and whom that post names, each once."""
        named = LEADING.match(text)
        there = {word.lstrip("@").lower() for word in (named.group() if named else "").split()}
        handles = [parent.author.handle]
        handles += [item["username"] for item in parent.full.entities.get("mentions", ())]
        wanted: dict[str, str] = {}
        for handle in handles:
            key = handle.lower()
            if key != author.handle.lower() and key not in there and self.handles[key].id not in exclude:
                wanted.setdefault(key, self.handles[key].handle)
        return "".join(f"@{handle} " for handle in wanted.values())

    def repost(self, user: User, post: Post, *, at: datetime | None = None) -> Post:
        first = post.original
        if user.id in self.passed_on[first.number]:
            raise StateError("the post was passed on by this user already")
        if post.author.protected or post.deleted:
            raise StateError("a protected or deleted post cannot be passed on")
        moment = to_ms(at or self.now())
        number = self.mint(moment)
        shown = moment + timedelta(seconds=self.delay())
        made = Post(user, number, "", moment, shown, [number], number, reposts=post.number, lang=post.lang)
        self.passed_on[first.number][user.id] = made
        self._enter(made)
        self.happened("post.create", made, user)
        return made

    def edit(self, user: User, post: Post, text: str) -> Post:
        latest = post.newest
        refusal = self.edit_refusal(user, latest)
        if refusal:
            raise StateError(refusal)
        at = to_ms(self.now())
        number = self.mint(at)
        self._leave(latest)
        latest.history.append(number)
        made = Post(
            author=user,
            number=number,
            written=text,
            created_at=at,
            shown_from=at + timedelta(seconds=self.delay()),
            history=latest.history,
            root=latest.root,
            reply_to=latest.reply_to,
            quotes=latest.quotes,
            prefix=latest.prefix,
            lang=latest.lang,
            media=latest.media,
            reply_settings=latest.reply_settings,
        )
        self._enter(made)
        self.happened("post.create", made, user)
        return made

    def edit_refusal(self, user: User, post: Post) -> str | None:
        """Why a post cannot be edited any more; None where it can."""
        if post.author is not user:
            return "only the author can edit a post"
        if post.deleted:
            return "the post is gone"
        if post.reposts is not None:
            return "a repost cannot be edited"
        if post.reply_to is not None and self.posts[post.reply_to].author is not user:
            return "a reply to someone else cannot be edited"
        if self.now() > self.editable_until(post):
            return "the 30 minutes in which a post can be edited are over"
        if len(post.history) > EDITS_AT_MOST:
            return f"a post can be edited {EDITS_AT_MOST} times"
        return None

    def editable_until(self, post: Post) -> datetime:
        return post.original.created_at + EDIT_WINDOW

    def delete(self, post: Post) -> None:
        """Take a post away with all its versions; what refers to it stays."""
        if not post.deleted:
            self._leave(post.newest)
            for number in post.history:
                self.posts[number].deleted = True
            if post.reposts is not None:
                self.passed_on[self.posts[post.reposts].history[0]].pop(post.author.id, None)
            self.happened("post.delete", post.newest, post.author)

    # --------------------------------------------------------------------------------------------------- indexes

    def _lists(self, post: Post) -> Iterator[list[int]]:
        """The lists that a post stands in."""
        yield self.order
        yield post.author.posts
        if post.reposts is not None:
            return
        yield self.threads[post.root]
        if post.reply_to is not None:
            yield self.replies[self.posts[post.reply_to].history[0]]
        if post.quotes is not None:
            yield self.quoting[self.posts[post.quotes].history[0]]
        for handle in post.full.handles:
            named = self.handles[handle]
            if named is not post.author:
                yield named.mentions

    def _enter(self, post: Post) -> None:
        self.posts[post.number] = post
        for numbers in self._lists(post):
            if not numbers or numbers[-1] < post.number:
                numbers.append(post.number)
            else:
                insort(numbers, post.number)

    def _leave(self, post: Post) -> None:
        for numbers in self._lists(post):
            place = bisect_left(numbers, post.number)
            if numbers[place : place + 1] == [post.number]:
                del numbers[place]

    # ----------------------------------------------------------------------------------------------- who sees what

    def visible(self, post: Post, viewer: User | None) -> bool:
        """Whether a viewer may see a post; None is the app itself."""
        author = post.author
        if post.deleted:
            return False
        return not author.protected or (
            viewer is not None and (viewer is author or author.id in viewer.follows)
        )

    def thread(self, post: Post) -> list[Post]:
        """All posts of a conversation that are still there, oldest first."""
        return [self.posts[number] for number in self.threads[post.root]]

    def counts(self, post: Post) -> dict[str, int]:
        """How often a post was answered, quoted, passed on and liked."""
        first = post.history[0]
        likes = len(post.original.likes)
        replies, quotes = len(self.replies[first]), len(self.quoting[first])
        passed_on = len(self.passed_on[first])
        return {
            "retweet_count": passed_on,
            "reply_count": replies,
            "like_count": likes,
            "quote_count": quotes,
            "bookmark_count": 0,
            "impression_count": 1 + 20 * (passed_on + replies + quotes + likes),
        }
