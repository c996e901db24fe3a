"""What the account hears: posts and direct messages, listed, looked up and delivered."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import timedelta
from typing import Any
from urllib.parse import quote

from socialdesk.connector import Item, Page, Raw, Stub, Topic, Window
from socialdesk.errors import AuthError, PluginError, Rejected
from socialdesk.models import ExternalId, Rule
from socialdesk.wire import Response
from socialdesk_twitter import deliveries, joining, messages, queries, refusals, translate, walks
from socialdesk_twitter.account import Account
from socialdesk_twitter.fields import MESSAGE_PARAMS, post_params
from socialdesk_twitter.twins import EVENT

__all__ = ["Hearing"]

_MENTIONS = walks.Listing(smallest=5, token="pagination_token", latest=800)  # a parameter's name
_SEARCH = walks.Listing(smallest=10, token="next_token", reach=walks.SEARCH_REACH)  # the same
_ROOT = "root"
_REFUSED_PAUSE = timedelta(hours=1)
_NO_MESSAGES = (
    "X does not let the app read the account's direct messages: grant it dm.read (with OAuth 1.0a, access to direct "
    "messages) and sign in again, or set messages to false."
)


class Hearing(Account):
    """Mentions, replies, searches, conversations and direct messages."""

    def queries(self, rule: Rule) -> tuple[Topic, ...]:
        return queries.topics(rule, queries.LONGEST_ENTERPRISE if self.config.enterprise else queries.LONGEST)

    async def fetch(self, window: Window) -> Page:
        if window.stream == "mentions":
            return await self._listed(window, f"/2/users/{self.me}/mentions", _MENTIONS, {})
        if window.stream == "messages":
            return await self._messages(window, "/2/dm_events", "messages")
        if window.stream == "conversation":
            return await self._conversation(window)
        return await self._listed(window, "/2/tweets/search/recent", _SEARCH, {"query": self._query(window)})

    def parse(self, raw: Raw) -> Item | None:
        body = raw.body
        if raw.shape == "post":
            return translate.to_mention(body, self.known_id)
        if raw.shape == "message":
            return messages.to_mention(body, self.known_id)
        if raw.shape == "gone":
            return translate.to_gone(body)
        if raw.shape == "receipt":
            return deliveries.to_receipt(body, self.known_id)
        if raw.shape == "stub":
            return Stub(id=ExternalId("twitter", "post", body["id"]))
        if raw.shape == EVENT:
            return deliveries.read_event(body, self.parse)
        raise PluginError(f"twitter: there is no raw shape {raw.shape!r}.")

    # ------------------------------------------------------------------------------------------------- looking up

    async def lookup(self, ids: Sequence[ExternalId]) -> tuple[Raw, ...]:
        """The posts with these ids, each in its latest version, at most 100, and the messages, each by a request of
        its own; those that X says are gone as ``gone``."""
        posts = [target.value for target in ids if target.kind == "post"]
        found = list(await self._posts(posts)) if posts else []
        for target in ids:
            if target.kind == "message":
                found += await self._one_message(target.value)
        return tuple(found)

    async def _posts(self, ids: Sequence[str]) -> tuple[Raw, ...]:
        answer = await self._asked(ids)
        body = answer.json()
        found = {post_id: raw for raw in joining.raws(body) if (post_id := joining.id_of(raw))}
        latest = {post_id: translate.history(raw.body["post"])[-1] for post_id, raw in found.items()}
        newer = sorted(set(latest.values()) - set(found))
        if newer:  # an id names one version; what counts is what the post says now
            more = (await self._asked(newer)).json()
            found |= {post_id: raw for raw in joining.raws(more) if (post_id := joining.id_of(raw))}
        current = dict.fromkeys(last if last in found else post_id for post_id, last in latest.items())
        return (*(found[post_id] for post_id in current), *joining.gone(body, ids))

    async def _asked(self, ids: Sequence[str]) -> Response:
        params = {"ids": ",".join(ids), **post_params(self.config.names, as_user=self.writes)}
        return await self.get("/2/tweets", params, "lookup")

    async def _one_message(self, message_id: str) -> list[Raw]:
        params = {
            name: value
            for name, value in MESSAGE_PARAMS[self.config.names].items()
            if name != "event_types"  # of a listing alone
        }
        try:
            answer = await self.get(f"/2/dm_events/{quote(message_id, safe='')}", params, "message")
        except Rejected as refused:
            if refused.reason != "gone":
                raise
            return [Raw("gone", {"id": message_id, "kind": "message"})]
        return messages.raws(answer.json())

    # ---------------------------------------------------------------------------------------------------- listing

    async def _listed(
        self, window: Window, path: str, listing: walks.Listing, params: Mapping[str, str]
    ) -> Page:
        if walks.is_beyond(window, listing):
            return Page([], end="horizon", notices=(walks.horizon_notice(listing),))
        position = walks.begin(window, listing)
        size = listing.size(window.size)
        asked: dict[str, Any] = {
            **params,
            **position.bounds,
            "max_results": size,
            listing.token: position.token,
        }
        name = "mentions" if listing is _MENTIONS else "search"
        asked |= post_params(self.config.names, as_user=self.writes)
        answer = await self.get(path, asked, name)
        return walks.page_of(joining.listing(answer), position, window, listing)

    def _query(self, window: Window) -> str:
        if window.stream == "replies":
            # `to:` finds every direct reply to the account, also one that does not mention it.
            return f"to:{self.handle} is:reply -from:{self.handle}"
        if len(window.topics) != 1:
            raise PluginError("twitter: a search asks for one topic at a time.")
        return str(window.topics[0].data["query"])

    async def _conversation(self, window: Window) -> Page:
        """A search for the posts under the root, and after its last page the root itself, which no search finds
        once it is seven days old; or the messages of a conversation."""
        if len(window.topics) != 1:
            raise PluginError("twitter: a conversation is asked for by itself.")
        topic = window.topics[0]
        told, _, value = topic.key.removeprefix("twitter:").rpartition(":")
        if topic.data.get("kind", told) == "conversation":
            path = f"/2/dm_conversations/{quote(value, safe='')}/dm_events"
            return await self._messages(window, path, "messages_of")
        root = ExternalId("twitter", "post", value)
        if window.page is not None and walks.Position.loads(window.page).then == _ROOT:
            raws = await self.lookup([root])
            return Page(raws, resume=root.value, span=(root.value, root.value), end="reached")
        page = await self._listed(
            window, "/2/tweets/search/recent", _SEARCH, {"query": f"conversation_id:{root.value}"}
        )
        if page.next is None and window.since is None:
            return replace(page, next=walks.Position(then=_ROOT).dumps(), end=None)
        return page

    async def _messages(self, window: Window, path: str, bucket: str) -> Page:
        """One page of direct messages, read up to the first that is known. Where the account did not grant that they
        are read, this alone is refused: the account's other streams go on."""
        position = messages.begin(window)
        params = {
            **MESSAGE_PARAMS[self.config.names],
            "max_results": 100 if window.size is None else max(1, min(window.size, 100)),
            "pagination_token": position.token,
        }
        try:
            answer = await self.get(path, params, bucket)
        except (AuthError, Rejected) as refused:
            if not refusals.is_ungranted(refused):
                raise
            ungranted = Rejected("not_permitted", _NO_MESSAGES, scope="stream", code=refused.code)
            ungranted.retry_at = window.now + _REFUSED_PAUSE
            raise ungranted from refused
        return messages.page_of(joining.listing(answer), position, window)
