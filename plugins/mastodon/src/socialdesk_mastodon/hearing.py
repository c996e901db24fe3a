"""What the account hears: notifications, timelines of hashtags, searches, whole threads, and single statuses."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from typing import Any
from urllib.parse import quote

import regex

from socialdesk.connector import Item, Page, Raw, Topic, Window
from socialdesk.errors import PlatformError, PluginError, Rejected, Unavailable
from socialdesk.models import ExternalId, Rule
from socialdesk.wire import Response
from socialdesk_mastodon import queries, translate, walks
from socialdesk_mastodon.account import Account
from socialdesk_mastodon.ids import newest, order_of
from socialdesk_mastodon.server import notices_of

__all__ = ["Hearing"]

_NOTIFICATIONS = "/api/v1/notifications"
_TYPES = ("mention", "quote", "update")
_CONCERNS = frozenset({"mention", "reply", "quote", "direct_message"})
_ASIDE = 10
"""How many questions about single statuses one page may lead to, so that a storm is heard in time."""

_STILL_FETCHING = regex.compile(r"retry=(\d{1,4})")


class Hearing(Account):
    """Mentions, searches and conversations."""

    def queries(self, rule: Rule) -> tuple[Topic, ...]:
        return queries.topics(rule)

    async def fetch(self, window: Window) -> Page:
        if window.stream == "mentions":
            return await self._notifications(window)
        if len(window.topics) != 1:
            raise PluginError(f"mastodon: {window.stream} asks for one topic at a time.")
        if window.stream == "conversation":
            return await self._conversation(window.topics[0].key.rpartition(":")[2], window)
        data = window.topics[0].data
        return await (self._tagged if "tags" in data else self._searched)(data, window)

    def parse(self, raw: Raw) -> Item | None:
        """A status, whatever it came in, as a mention. Of edits only those of what concerns the account are told."""
        if raw.shape == "gone":
            return translate.to_gone(raw.body)
        if raw.shape not in ("notification", "status"):
            raise PluginError(f"mastodon: there is no raw shape {raw.shape!r}.")
        mention = translate.to_mention(raw.body, self.known_id)
        edit = raw.shape == "notification" and raw.body.get("type") == "update"
        return None if edit and mention.kind not in _CONCERNS else mention

    # ------------------------------------------------------------------------------------------------- looking up

    async def lookup(self, ids: Sequence[ExternalId]) -> tuple[Raw, ...]:
        """The statuses with these ids, each by a request of its own; those that are not there as ``gone``."""
        found: list[Raw] = []
        for target in ids:
            found += await self._one(target.value)
        return tuple(found)

    async def _one(self, identity: str) -> list[Raw]:
        try:
            answer = await self.get(_path(identity))
        except Rejected as refused:
            if refused.reason != "gone" or refused.response is None:
                raise
            return [Raw("gone", {"id": identity, "http": refused.response.status})]
        return await self._joined("status", [{"status": answer.json()}])

    # ---------------------------------------------------------------------------------------------------- listing

    async def _notifications(self, window: Window) -> Page:
        step = walks.first_step(window)
        params = [
            ("include_filtered", "true" if self.config.include_filtered else None),
            ("limit", 80 if window.size is None else max(1, min(window.size, 80))),
            ("min_id" if step.way == "up" else "max_id", step.id),
        ]
        told = _listed(await self._notified(params, paged=step.id is not None))
        items = await self._joined("notification", reversed(told)) if step.way == "up" else []
        page = walks.stepped(step, told, items, window)
        if window.since is None and window.page is None:
            notices = notices_of(self.profile, include_filtered=self.config.include_filtered)
            return replace(page, notices=notices)
        return page

    async def _notified(self, params: Sequence[tuple[str, Any]], *, paged: bool) -> Response:
        """What concerns the account; from servers that refuse the kinds which they do not know, mentions alone."""
        kinds = [("types[]", kind) for kind in _TYPES]
        try:
            return await self.get(_NOTIFICATIONS, [*kinds, *params], paged=paged)
        except Rejected as refused:
            if refused.reason not in ("unsupported", "content"):
                raise
            return await self.get(_NOTIFICATIONS, [*kinds[:1], *params], paged=paged)

    async def _tagged(self, data: Mapping[str, Any], window: Window) -> Page:
        first, *others = data["tags"]
        older_than = window.page or window.until
        params = [
            *(("any[]", tag) for tag in others),
            ("limit", 40 if window.size is None else max(1, min(window.size, 40))),
            ("since_id", window.since),
            ("max_id", older_than),
        ]
        path = f"/api/v1/timelines/tag/{quote(first, safe='')}"
        answer = await self.get(path, params, paged=bool(older_than or window.since))
        told = _listed(answer)
        items = [Raw("status", {"status": status}) for status in told]
        return walks.listed_page(told, items, window, older=walks.has_older(answer))

    async def _searched(self, data: Mapping[str, Any], window: Window) -> Page:
        params = [
            ("q", data["query"]),
            ("type", "statuses"),
            ("limit", 40 if window.size is None else max(1, min(window.size, 40))),
            ("offset", window.page),
        ]
        body = (await self.get("/api/v2/search", params, paged=window.page is not None)).json()
        told = body.get("statuses") if isinstance(body, Mapping) else None
        if not isinstance(told, list):
            raise Unavailable("The server's search told no list of statuses.", scope="stream")
        until = window.until if window.page is None else None
        items = [
            Raw("status", {"status": status}) for status in told if until is None or _is_older(status, until)
        ]
        return walks.searched_page(told, items, window)

    async def _conversation(self, identity: str, window: Window) -> Page:
        """A status with all that came before and after it, as far as the server knows of it."""
        try:
            status = (await self.get(_path(identity))).json()
            answer = await self.get(_path(identity, "/context"))
        except Rejected as refused:
            if refused.reason != "gone" or refused.response is None:
                raise
            gone = Raw("gone", {"id": identity, "http": refused.response.status})
            return Page([gone], resume=identity, span=(identity, identity), end="reached")
        before, after = _context(answer)
        thread = [*before, status, *after]
        ids = walks.told_ids(thread)
        root = ids[0] if before and ids else identity
        wait = _STILL_FETCHING.search(answer.headers.get("mastodon-async-refresh", ""))
        return Page(
            [Raw("status", {"status": told, "root": root}) for told in thread],
            resume=newest(ids) or identity,
            span=(ids[0], ids[-1]) if ids else None,
            end="reached",
            again_in=float(wait[1]) if wait else None,
        )

    # ---------------------------------------------------------------------------------------- what is learnt beside

    async def _joined(self, shape: str, told: Iterable[Any]) -> list[Raw]:
        """The items with what is asked for beside them: which status began the thread of an answer, and how often
        an edited one was edited. Where the server does not tell, or too much would be asked, it is left out."""
        roots: dict[str, str] = {}
        left = _ASIDE
        found: list[Raw] = []
        for item in told:
            body = item if isinstance(item, Mapping) else {"item": item}
            status = body.get("status")
            if isinstance(status, Mapping) and status.get("id"):
                asked = _questions(status, roots)
                if left >= len(asked):
                    left -= len(asked)
                    try:
                        body = {**body, **await self._learnt(status, asked, roots)}
                    except PlatformError:
                        left = 0  # what was heard is not kept back by what could not be asked
            found.append(Raw(shape, body))
        return found

    async def _learnt(
        self, status: Mapping[str, Any], asked: Sequence[str], roots: dict[str, str]
    ) -> dict[str, Any]:
        identity, parent = str(status["id"]), str(status.get("in_reply_to_id") or "")
        learnt: dict[str, Any] = {}
        if "context" in asked:
            before, after = _context(await self.get(_path(identity, "/context")))
            ids = walks.told_ids(before)
            if ids:
                roots |= dict.fromkeys([parent, *ids, identity, *walks.told_ids(after)], ids[0])
        root = roots.get(parent)
        if root is not None:
            learnt["root"] = roots[identity] = root
        if "history" in asked:
            learnt["edits"] = max(1, len(_listed(await self.get(_path(identity, "/history")))) - 1)
        return learnt


def _questions(status: Mapping[str, Any], roots: Mapping[str, str]) -> list[str]:
    """What has to be asked about a status beside what it tells."""
    parent = str(status.get("in_reply_to_id") or "")
    asked = ["context"] if parent and parent not in roots else []
    return [*asked, "history"] if status.get("edited_at") else asked


def _path(identity: str, more: str = "") -> str:
    return f"/api/v1/statuses/{quote(identity, safe='')}{more}"


def _listed(answer: Response) -> list[Any]:
    """The answer's list. Raises Unavailable where it is none."""
    told = answer.json()
    if not isinstance(told, list):
        raise Unavailable("The server told no list.", scope="stream")
    return told


def _context(answer: Response) -> tuple[list[Any], list[Any]]:
    """What comes before a status in its thread, and after it. Raises Unavailable where the answer does not tell."""
    told = answer.json()
    before, after = (told.get("ancestors"), told.get("descendants")) if isinstance(told, Mapping) else (0, 0)
    if not isinstance(before, list) or not isinstance(after, list):
        raise Unavailable("The server told no thread.", scope="stream")
    return before, after


def _is_older(status: Any, than: str) -> bool:
    return not isinstance(status, dict) or order_of(str(status.get("id") or "")) < order_of(than)
