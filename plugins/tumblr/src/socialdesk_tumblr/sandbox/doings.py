"""What people do on their blogs, with all that follows from it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import TYPE_CHECKING

from .content import formatted, mentioned, paragraphs
from .items import Activity, Block, Note, Post, TrailItem
from .state import REPLY_LENGTH, Blog, PostOptions, StateError

if TYPE_CHECKING:
    from .world import World


class Writing:
    """Posts, reblogs, replies, likes and follows."""

    def __init__(self, world: World) -> None:
        self.world = world

    def blocks(self, text: str, mentions: Iterable[Blog] | None) -> list[Block]:
        """A text as blocks, with the mentions that Tumblr's own editor makes of names."""
        allowed = None if mentions is None else {blog.uuid for blog in mentions}

        def find(name: str) -> Blog | None:
            blog = self.world.names.get(name.lower())
            return blog if blog is not None and (allowed is None or blog.uuid in allowed) else None

        return paragraphs(text, find)

    def _content(self, text: str, options: PostOptions) -> list[Block]:
        if "blocks" in options:
            return [dict(block) for block in options["blocks"]]
        return self.blocks(text, options.get("mentions"))

    def post(self, blog: Blog, text: str, options: PostOptions) -> Post:
        """A new post; what it mentions is told once it is published."""
        content = self._content(text, options)
        if not content:
            raise StateError("a post needs content")
        return self._enter(blog, content, options)

    def reblog(self, blog: Blog, post: Post, text: str, options: PostOptions) -> Post:
        """A reblog with the trail that the parent has at this moment."""
        if post.deleted or post.blog.gone or post.state != "published":
            raise StateError("the post is not there to be reblogged")
        blocked = blog.uuid in post.blog.blocks or blog.uuid in post.root.blog.blocks
        if blocked or (post.interactability == "noone" and post.blog.owner is not blog.owner):
            raise StateError("the post must not be reblogged by this blog")
        return self._enter(blog, self._content(text, options), options, post)

    def _enter(
        self, blog: Blog, content: list[Block], options: PostOptions, parent: Post | None = None
    ) -> Post:
        if blog.gone:
            raise StateError("the blog is gone")
        state = options.get("state", "published")
        made = self.world.enter(
            blog,
            options.get("at") or self.world.now(),
            content=content,
            layout=[dict(item) for item in options.get("layout", ())],
            tags=tuple(options.get("tags", ())),
            state=state,
            parent=parent,
            trail=_trail(parent, options) if parent is not None else (),
            legacy=options.get("legacy", False),
            title=options.get("title", ""),
            interactability=options.get("interactability", "everyone"),
            slug=options.get("slug", ""),
            source_url=options.get("source_url", ""),
            publish_on=options.get("publish_on"),
        )
        if state == "queued":
            self.world.queue(made)
        elif state == "published":
            self.announce(made)
        return made

    def publish(self, post: Post, at: datetime) -> None:
        """Publish what was a draft or in the queue."""
        post.state = "published"
        self.world.renumber(post, at)
        self.announce(post)

    def announce(self, post: Post) -> None:
        """Tell everyone whom a post concerns that it is there."""
        if post.parent is not None:
            note = Note("reblog", self._noted(post), post.shown_from, post.blog, post.parent, post)
            self.world.note(note)
            self._tell_of(note, post.parent, "reblog_with_content" if post.content else "reblog_naked")
        self.world.inbox.tell_asker(post)
        self.mention(post, post.content)

    def _noted(self, post: Post) -> datetime:
        now = self.world.now()
        return self.world.moment() if post.created_at >= now else post.created_at

    def mention(self, post: Post, content: Sequence[Block]) -> None:
        """Tell the blogs that blocks of a post mention."""
        for uuid in mentioned(content):
            blog = self.world.blogs.get(uuid)
            if blog is not None and not blog.gone and post.blog.uuid not in blog.blocks:
                item = Activity(
                    "mention_in_post", "user_mention", post.created_at, post.shown_from, post.blog
                )
                item.target = post
                self.world.tell(blog, item)

    def _tell_of(self, note: Note, target: Post, kind: str, wire: str = "") -> None:
        """Tell the owner of what something was done to, the owner of the tree's root, and those who watch."""
        wire = wire or {"reblog_with_content": "reblog"}.get(kind, kind)
        root, told = target.root, {note.blog.uuid}
        for post in (target, root):
            if post.blog.uuid not in told and not post.blog.gone:
                told.add(post.blog.uuid)
                item = Activity(kind, wire, note.at, note.shown_from, note.blog, post, note.post, note)
                self.world.tell(post.blog, item)
        for uuid in sorted(root.watchers - told) if note.comments else ():
            item = Activity("conversational_note", "conversational_note", note.at, note.shown_from, note.blog)
            item.target, item.post, item.note = target, note.post, note
            self.world.tell(self.world.blogs[uuid], item)

    # ------------------------------------------------------------------------------------------------------ replies

    def reply(self, blog: Blog, post: Post, text: str, *, to: Note | None, at: datetime | None) -> Note:
        if not text.strip() or len(text) > REPLY_LENGTH:
            raise StateError(f"a reply has 1 to {REPLY_LENGTH} characters")
        if post.deleted or post.blog.gone or post.state != "published":
            raise StateError("the post is not there")
        if blog.uuid in post.blog.blocks:
            raise StateError("the post's blog has blocked this one")
        formatting = formatted(text, lambda name: self.world.names.get(name.lower()))
        moment = at or self.world.moment()
        shown = self.world.shown(moment)
        note = Note("reply", moment, shown, blog, post, text=text, formatting=formatting, answers=to)
        self.world.note(note)
        answered = to.blog if to is not None else None
        if answered is not None:
            item = Activity("reply", "reply_to_comment", moment, shown, blog, post, None, note)
            self.world.tell(answered, item)
        told = {blog.uuid, post.blog.uuid, post.root.blog.uuid, answered.uuid if answered else ""}
        if answered is not post.blog:
            self._tell_of(note, post, "reply")
        for uuid in mentioned([{"formatting": formatting}]):
            if uuid not in told:
                item = Activity("mention_in_reply", "note_mention", moment, shown, blog, post, None, note)
                self.world.tell(self.world.blogs[uuid], item)
        return note

    # ---------------------------------------------------------------------------------------------------- the rest

    def like(self, blog: Blog, post: Post, at: datetime | None) -> None:
        liker = blog.owner.primary
        if post.deleted or liker.uuid in post.likes:
            return
        if liker.uuid in post.blog.blocks:
            raise StateError("the post's blog has blocked this one")
        moment = at or self.world.moment()
        post.likes[liker.uuid] = moment
        note = self.world.note(Note("like", moment, self.world.shown(moment), liker, post))
        self._tell_of(note, post, "like")

    def unlike(self, blog: Blog, post: Post) -> None:
        liker = blog.owner.primary
        post.likes.pop(liker.uuid, None)
        for note in post.root.notes:
            if note.kind == "like" and note.blog is liker and note.target is post:
                note.deleted = True

    def follow(self, blog: Blog, other: Blog, at: datetime | None) -> None:
        follower = blog.owner.primary
        if follower.uuid in other.followers or other.owner is blog.owner:
            return
        if follower.uuid in other.blocks:
            raise StateError("the blog has blocked this one")
        moment = at or self.world.moment()
        other.followers[follower.uuid] = moment
        self.world.tell(other, Activity("follow", "follower", moment, self.world.shown(moment), follower))

    def delete(self, blog: Blog, what: Post | Note) -> None:
        owner = what.blog.owner
        if isinstance(what, Note):
            if what.kind != "reply" or blog.owner not in (owner, what.target.blog.owner):
                raise StateError("only a reply of one's own, or under a post of one's own, can be deleted")
        elif owner is not blog.owner:
            raise StateError("only the owner can delete a post")
        what.deleted = True

    def edit(self, blog: Blog, post: Post, text: str, tags: Sequence[str] | None) -> Post:
        if post.blog.owner is not blog.owner:
            raise StateError("only the owner can edit a post")
        if post.deleted:
            raise StateError("the post is gone")
        before = mentioned(post.content)
        post.content = self.blocks(text, None)
        if tags is not None:
            post.tags = tuple(tags)
        self.mention_new(post, before)
        return post

    def mention_new(self, post: Post, before: Sequence[str]) -> None:
        """Tell the blogs that an edited post mentions now and did not mention before."""
        if post.state == "published":
            fresh = [uuid for uuid in mentioned(post.content) if uuid not in before]
            spans = [{"type": "mention", "blog": {"uuid": uuid}} for uuid in fresh]
            self.mention(post, [{"formatting": spans}])


def _trail(parent: Post, options: PostOptions) -> tuple[TrailItem, ...]:
    """The posts above a new reblog, oldest first. A parent that adds nothing leaves no item of its own."""
    if options.get("hide_trail", False):
        return ()
    items = list(parent.trail)
    if parent.content or not items:
        items.append(TrailItem(parent, parent.blog.name, parent.content, parent.layout))
    return without(tuple(items), options.get("exclude", ()))


def without(items: tuple[TrailItem, ...], places: Iterable[int]) -> tuple[TrailItem, ...]:
    """A trail without the items in some places."""
    left_out = set(places)
    return tuple(item for place, item in enumerate(items) if place not in left_out)
