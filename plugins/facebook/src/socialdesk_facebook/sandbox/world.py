"""Who said what to whom: all that the platform knows, and what follows from what people do."""

from __future__ import annotations

from bisect import insort
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any, Unpack

from .inbox import Inbox, Message
from .state import REACTIONS, Actor, Page, Person, PostOptions, Profile, StateError
from .written import Comment, Photo, Post, Tag, Written

FIRST_PERSON, FIRST_PAGE, FIRST_NUMBER = 7_300_000_000_000_001, 104_000_000_000_001, 220_000_000_000_001
COMMENT_LENGTH, POST_LENGTH = 8_000, 63_206

Happened = Callable[[str, Any, Actor], None]


def utf16(text: str) -> int:
    """How many UTF-16 units a text has."""
    return len(text.encode("utf-16-le", "surrogatepass")) // 2


class World:
    """All that the platform knows. Lists hold things in the rising order of their keys, deleted ones too.

    ``happened`` is told what happens, to what, and by whom.
    """

    def __init__(self, now: Callable[[], datetime], delay: Callable[[], float]) -> None:
        self.now = now
        self.delay = delay
        self.actors: dict[str, Actor] = {}
        self.handles: dict[str, Actor] = {}
        self.posts: dict[int, Post] = {}
        self.comments: dict[int, Comment] = {}
        self.photos: dict[int, Photo] = {}
        self.happened: Happened = lambda what, subject, by: None
        self.inbox = Inbox(self)
        self.page: Page = None  # type: ignore[assignment]  # the sandbox makes the brand's own first of all
        self._minted = 0

    # ---------------------------------------------------------------------------------------------------- actors

    def person(self, handle: str, profile: Profile) -> Person:
        """The person of that handle, made on first use; ``profile`` changes what it names."""
        known = self.handles.get(handle.lower())
        if known is None:
            if not handle.strip():
                raise StateError("a person has a name")
            people = sum(isinstance(actor, Person) for actor in self.actors.values())
            name = f"{handle.replace('_', ' ').title()} Doe" if " " not in handle else handle
            known = Person(self, str(FIRST_PERSON + people * 104_729), handle, name)
            self._enter(known)
        if not isinstance(known, Person):
            raise StateError(f"{handle} is a Page")
        for what, value in profile.items():
            setattr(known, what, value)
        return known

    def page_of(self, handle: str, name: str = "") -> Page:
        """The Page of that handle, made on first use."""
        known = self.handles.get(handle.lower())
        if known is None:
            pages = sum(isinstance(actor, Page) for actor in self.actors.values())
            known = Page(self, str(FIRST_PAGE + pages * 1_299_709), handle, name or handle.capitalize())
            self._enter(known)
        if not isinstance(known, Page):
            raise StateError(f"{handle} is a person")
        return known

    def _enter(self, actor: Actor) -> None:
        self.actors[actor.id] = self.handles[actor.handle.lower()] = actor

    def mint(self) -> int:
        """A new number."""
        self._minted += 1
        return FIRST_NUMBER + self._minted * 37

    # --------------------------------------------------------------------------------------------------- writing

    def _tags(self, text: str, actors: tuple[Actor, ...]) -> tuple[Tag, ...]:
        found = []
        for actor in actors:
            place = text.lower().find(actor.name.lower())
            if place >= 0:
                said = text[place : place + len(actor.name)]
                found.append(Tag(actor, utf16(text[:place]), utf16(said)))
        return tuple(found)

    def _written(self, author: Actor, text: str, options: PostOptions) -> dict[str, Any]:
        at = (options.get("at") or self.now()).replace(microsecond=0)
        photo = options.get("photo")
        return {
            "author": author,
            "number": self.mint(),
            "text": text,
            "created_at": at,
            "shown_from": at + timedelta(seconds=self.delay()),
            "photos": options.get("photos", ()) or ((photo,) if photo else ()),
            "video": options.get("video", ""),
            "tags": self._tags(text, options.get("tags", ())),
        }

    def publish(self, author: Actor, text: str, **options: Unpack[PostOptions]) -> Post:
        """A new post with all that follows from it."""
        page = options.get("page")
        if page is not None and author.id in page.banned:
            raise StateError("the Page has banned this person")
        about = self._written(author, text, options)
        post = Post(
            **about,
            page=page,
            updated_at=about["created_at"],
            link=options.get("link", ""),
            published=options.get("published", True),
        )
        self.posts[post.number] = post
        for photo in post.photos:
            photo.post = photo.post or post
        if page is not None:
            insort(page.wall, post, key=lambda one: one.key)
        self._tell_new("post", post, author)
        return post

    def comment(
        self, author: Actor, on: Post | Photo | Comment, text: str, **options: Unpack[PostOptions]
    ) -> Comment:
        """A new comment with all that follows from it. Raises StateError where Facebook takes none."""
        parent = (on.parent or on) if isinstance(on, Comment) else None
        root = on.root if isinstance(on, Comment) else on
        if on.deleted or root.deleted:
            raise StateError("what is commented on is gone")
        if root.page is not None and author.id in root.page.banned:
            raise StateError("the Page has banned this person")
        comment = Comment(**self._written(author, text, options), root=root, parent=parent)
        self.comments[comment.number] = comment
        for there in (root.comments, *([parent.replies] if parent else [])):
            insort(there, comment, key=lambda one: one.key)
        if isinstance(root, Post):
            root.updated_at = max(root.updated_at, comment.created_at)
        self._tell_new("comment", comment, author)
        return comment

    def _tell_new(self, what: str, thing: Post | Comment, author: Actor) -> None:
        for tag in thing.tags:
            if isinstance(tag.who, Page) and tag.who is not thing.page:
                insort(tag.who.tagged, thing, key=lambda one: one.key)
                self.happened("mention.add", thing, tag.who)
        self.happened(f"{what}.add", thing, author)

    def rate(self, author: Person, text: str, positive: bool, **options: Unpack[PostOptions]) -> Post:
        """A recommendation. Raises StateError where the person made one already."""
        page = options.pop("page", self.page)
        if any(one.author is author and not one.deleted for one in page.ratings):
            raise StateError("a person recommends a Page once; edit it instead")
        about = self._written(author, text, options)
        post = Post(**about, updated_at=about["created_at"], positive=positive)
        post.page = page
        self.posts[post.number] = post
        insort(page.ratings, post, key=lambda one: one.key)
        self.happened("rating.add", post, author)
        return post

    def photo(self, owner: Actor, **about: Any) -> Photo:
        """A new picture."""
        photo = Photo(self, self.mint(), owner, self.now().replace(microsecond=0), **about)
        self.photos[photo.number] = photo
        if isinstance(owner, Page):
            owner.photos.append(photo)
        return photo

    # -------------------------------------------------------------------------------------------------- changing

    def may_remove(self, actor: Actor, thing: Written | Photo) -> bool:
        """Whether someone may take a thing away: it is theirs, or it stands on their wall and is no recommendation."""
        rating = isinstance(thing, Post) and thing.positive is not None
        return thing.author is actor or (getattr(thing, "page", None) is actor and not rating)

    def edit(self, actor: Actor, thing: Post | Comment | Message, text: str) -> None:
        if isinstance(thing, Message):
            self.inbox.edit(actor, thing, text)
            return
        if thing.author is not actor or thing.deleted:
            raise StateError("only its author changes a text, while it is there")
        thing.text, thing.edits = text, thing.edits + 1
        thing.tags = self._tags(text, tuple(tag.who for tag in thing.tags))
        if isinstance(thing, Post):
            thing.updated_at = self.now().replace(microsecond=0)
        self.happened(f"{self.kind(thing)}.edited", thing, actor)

    def kind(self, thing: Post | Comment) -> str:
        if isinstance(thing, Comment):
            return "comment"
        return "post" if thing.positive is None else "rating"

    def remove(self, actor: Actor, thing: Post | Comment | Message) -> None:
        if isinstance(thing, Message):
            self.inbox.remove(actor, thing)
            return
        if not self.may_remove(actor, thing):
            raise StateError("only its author, or the Page that it stands on, takes it away")
        if thing.deleted:
            return
        thing.deleted = True
        self.happened(f"{self.kind(thing)}.remove", thing, actor)
        for reply in thing.replies if isinstance(thing, Comment) else ():
            reply.deleted = True  # they go with it, and nothing tells of them

    def hide(self, actor: Actor, thing: Post | Comment, hidden: bool) -> None:
        """Raises StateError on what is not on the actor's wall, or is the actor's own."""
        if thing.page is not actor or thing.author is actor:
            raise StateError("a Page hides what others wrote on its wall")
        if thing.hidden != hidden:
            thing.hidden = hidden
            self.happened(f"{self.kind(thing)}.{'hide' if hidden else 'unhide'}", thing, actor)

    def react(self, actor: Actor, thing: Post | Comment | Message, kind: str) -> None:
        kind = kind.upper()
        if kind not in REACTIONS:
            raise StateError(f"kind: one of {', '.join(REACTIONS)}")
        if isinstance(thing, Message):
            self.inbox.react(actor, thing, kind.lower())
            return
        before = thing.likes.get(actor.id)
        thing.likes[actor.id] = kind
        if before != kind:
            self.happened("reaction.edit" if before else "reaction.add", thing, actor)

    def unreact(self, actor: Actor, thing: Post | Comment | Message) -> None:
        if isinstance(thing, Message):
            self.inbox.react(actor, thing, "")
        elif actor.id in thing.likes:
            self.happened("reaction.remove", thing, actor)
            del thing.likes[actor.id]

    # ------------------------------------------------------------------------------------------------- looking up

    def find(self, name: str) -> Any:
        """What an id of the Graph API leads to, or None: nothing that is deleted."""
        found = self.actors.get(name) or self.inbox.find(name) or self._find_written(name)
        return None if getattr(found, "deleted", False) else found

    def _find_written(self, name: str) -> Post | Comment | Photo | None:
        first, _, second = name.rpartition("_")
        if not (name.isascii() and second.isdigit()):
            return None
        number = int(second)
        found: Post | Comment | Photo | None
        if not first:
            found = self.photos.get(number) or self.posts.get(number)
        else:
            found = self.comments.get(number) or self.posts.get(number)
        return found if found is not None and found.id == name else None
