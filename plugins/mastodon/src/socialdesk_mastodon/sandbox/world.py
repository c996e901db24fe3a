"""Who said what to whom, as one server knows it, and who is told."""

from __future__ import annotations

from bisect import insort
from collections import defaultdict
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from typing import Unpack

from .numbers import number_at, read, written
from .rendering import render
from .state import VISIBILITIES, About, Notification, Options, StateError, Status, User, Version

_FIRST_NOTIFICATION = 34_975_860
_NEW_ACCOUNT = timedelta(days=30)


class World:
    """All that the server knows. ``order`` holds the numbers of statuses in rising order; ``letters`` says that ids are
    written in letters."""

    def __init__(self, host: str, now: Callable[[], datetime], delay: Callable[[], float]) -> None:
        self.host = host
        self.now = now
        self.delay = delay
        self.letters = False
        self.users: dict[int, User] = {}
        self.accts: dict[str, User] = {}
        self.statuses: dict[int, Status] = {}
        self.order: list[int] = []
        self.answers: defaultdict[int, list[int]] = defaultdict(list)
        self._minted: set[int] = set()
        self._told = _FIRST_NOTIFICATION
        self._coming: list[tuple[datetime, int, User, Notification]] = []
        self._tellings = 0

    def name(self, number: int) -> str:
        return written(number, letters=self.letters)

    def number(self, text: str) -> int | None:
        return read(text, letters=self.letters)

    def mint(self, at: datetime) -> int:
        """A new number that says when it was given out."""
        number = number_at(at)
        while number in self._minted:
            number += 1
        self._minted.add(number)
        return number

    # ----------------------------------------------------------------------------------------------------- users

    def user(self, acct: str, about: About) -> User:
        """The user of that name, made on first use; ``about`` changes what it names."""
        name, _, host = acct.removeprefix("@").partition("@")
        host = "" if host.lower() == self.host else host.lower()
        user = self.find(name, host or None)
        if user is None:
            if not name.replace("_", "a").isalnum() or not name.isascii():
                raise StateError(
                    f"{acct!r} is no name: letters, digits and underscores, and a host after an @"
                )
            made = self.now() - timedelta(days=900)
            user = User(self, self.mint(made), name, host or None, made, display_name=name.capitalize())
            self.users[user.number] = self.accts[user.acct.lower()] = user
        for field, value in about.items():
            setattr(user, field, value)
        return user

    def find(self, name: str, host: str | None) -> User | None:
        local = host is None or host.lower() == self.host
        return self.accts.get(name.lower() if local else f"{name}@{host}".lower())

    def follow(self, who: User, other: User) -> None:
        if other.number not in who.follows:
            who.follows.add(other.number)
            who.following, other.followers = who.following + 1, other.followers + 1
            self.tell(other, "follow", who, None)

    # ----------------------------------------------------------------------------------------------------- statuses

    def publish(self, author: User, text: str, **options: Unpack[Options]) -> Status:
        """A new status with all that follows from it. Raises StateError where its app would not send it."""
        visibility, parent, quoted = (
            options.get("visibility", "public"),
            options.get("reply_to"),
            options.get("quote"),
        )
        if visibility not in VISIBILITIES:
            raise StateError(f"visibility: one of {', '.join(VISIBILITIES)}")
        if parent is not None and parent.deleted:
            raise StateError("the status that is answered is gone")
        at = options.get("at") or self.now()
        spoiler = options.get("spoiler_text", "")
        status = Status(
            author=author,
            number=self.mint(at),
            visibility=visibility,
            created_at=at,
            shown_from=max(at, self.now()) + timedelta(seconds=self.delay()),
            versions=[Version(at, text, spoiler, render(text, self.find, self.host))],
            reply_to=parent,
            quotes=quoted,
            language=options.get("language", "en"),
            sensitive=options.get("sensitive", False) or bool(spoiler),
            media=options.get("media", ()),
        )
        for media in status.media:
            media.attached = True
        self._enter(status)
        if parent is not None:
            parent.replies += 1
            self.answers[parent.number].append(status.number)
        if quoted is not None:
            quoted.quoted_by.add(status.number)
        self._announce(status)
        return status

    def _enter(self, status: Status) -> None:
        self.statuses[status.number] = status
        insort(self.order, status.number)
        insort(status.author.statuses, status.number)

    def _announce(self, status: Status) -> None:
        for user in status.mentions:
            self.tell(user, "mention", status.author, status)
        quoted = status.quotes.author if status.quotes is not None else None
        if quoted is not None and quoted not in status.mentions:
            self.tell(quoted, "quote", status.author, status)

    def boost(self, user: User, status: Status) -> Status:
        if status.visibility not in ("public", "unlisted") and status.author is not user:
            raise StateError("what is not for everyone cannot be passed on")
        if user.number not in status.boosts:
            now = self.now()
            version = Version(now, "", "", status.versions[-1].rendered)
            boost = Status(user, self.mint(now), status.visibility, now, now, [version], boost_of=status)
            status.boosts[user.number] = boost
            self._enter(boost)
            self.tell(status.author, "reblog", user, status)
        return status.boosts[user.number]

    def favourite(self, user: User, status: Status) -> None:
        if user.number not in status.favourites:
            status.favourites.add(user.number)
            self.tell(status.author, "favourite", user, status)

    def edit(self, user: User, status: Status, text: str, spoiler_text: str | None) -> Status:
        if status.author is not user or status.boost_of is not None:
            raise StateError("only the author can edit a status")
        spoiler = status.spoiler_text if spoiler_text is None else spoiler_text
        now = max(self.now(), status.versions[-1].at + timedelta(milliseconds=1))
        status.versions.append(Version(now, text, spoiler, render(text, self.find, self.host)))
        told = {boost.author for boost in status.boosts.values() if not boost.deleted}
        told |= {self.statuses[number].author for number in self.answers[status.number]}
        for other in sorted(told, key=lambda user: user.number):
            self.tell(other, "update", status.author, status)
        return status

    def delete(self, status: Status) -> None:
        """Take a status away, with what was told of it and the boosts of it."""
        status.deleted = True
        for gone in (status, *status.boosts.values()):
            gone.deleted = True
            if gone.number in self.order:
                self.order.remove(gone.number)
                gone.author.statuses.remove(gone.number)
        for number in self.answers[status.number]:
            self.statuses[number].reply_to = None  # who answered is no answer to anything any more
        if status.reply_to is not None:
            status.reply_to.replies -= 1
        for user in self.users.values():
            user.notifications = [told for told in user.notifications if told.status is not status]
        self._coming = [coming for coming in self._coming if coming[3].status is not status]

    def before(self, status: Status) -> list[Status]:
        """What it answers, and what that answers, from the root on."""
        found: list[Status] = []
        parent = status.reply_to
        while parent is not None:
            found.insert(0, parent)
            parent = parent.reply_to
        return found

    def after(self, status: Status) -> Iterator[Status]:
        """All answers to it and to those, each followed by its own."""
        for number in sorted(self.answers[status.number]):
            answer = self.statuses[number]
            if not answer.deleted:
                yield answer
                yield from self.after(answer)

    # -------------------------------------------------------------------------------------------- notifications

    def tell(self, user: User, kind: str, by: User, status: Status | None) -> None:
        """Tell a person of something, unless they block who did it, or their filter drops it."""
        if user is by or user.host is not None or by.number in user.blocks or by.number in user.mutes:
            return
        verdict = self._verdict(user, by, status)
        if verdict == "drop":
            return
        at = status.shown_from if status is not None and kind in ("mention", "quote") else self.now()
        told = Notification(0, kind, by, status, at, filtered=verdict == "filter")
        self._tellings += 1
        self._coming.append((at, self._tellings, user, told))
        self.arrive()

    def _verdict(self, user: User, by: User, status: Status | None) -> str:
        """What the person's filter says of it: the strictest of all that fits. Whom they follow passes."""
        if by.number in user.follows:
            return "accept"
        direct = status is not None and status.visibility == "direct"
        answers = direct and status is not None and any(other.author is user for other in self.before(status))
        fits = {
            "for_not_following": True,
            "for_not_followers": user.number not in by.follows,
            "for_new_accounts": by.created_at > self.now() - _NEW_ACCOUNT,
            "for_private_mentions": direct and not answers,
            "for_limited_accounts": by.limited,
            "for_bots": by.bot,
        }
        said = {user.policy[name] for name, fit in fits.items() if fit}
        return next((verdict for verdict in ("drop", "filter") if verdict in said), "accept")

    def arrive(self) -> None:
        """Number what has come by now, in the order in which it came."""
        now = self.now()
        due = sorted((coming for coming in self._coming if coming[0] <= now), key=lambda coming: coming[:2])
        for coming in due:
            self._coming.remove(coming)
            _, _, user, told = coming
            self._told += 1
            told.number = self._told
            user.notifications.append(told)
