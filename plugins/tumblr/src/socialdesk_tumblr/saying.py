"""What the blog says, and looking for what it may have said.

A post is first laid down as a draft, which nobody sees, and then published. However often an answer is lost, one draft
is published, and once. Where Tumblr gives the post a new id as it is published, it remembers the draft's.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from typing import Any

from socialdesk.connector import Count, Part, Prepared, Search, Sent, Standing
from socialdesk.errors import DeliveryUnknown, Rejected, Unavailable
from socialdesk.models import Action, Mode, Reply
from socialdesk.wire import Json
from socialdesk_tumblr import pages, sending
from socialdesk_tumblr.account import Account, response_of
from socialdesk_tumblr.budgets import IMAGES, POSTING
from socialdesk_tumblr.ids import place_of, second_of
from socialdesk_tumblr.refusals import NO_PARENT
from socialdesk_tumblr.sending import CLOCKS_DIFFER, LONGEST

__all__ = ["Saying"]

_OLDER_PAGES = 5
_ONCE_MORE = 60.0
_OUT = frozenset({"published", "private"})


class Saying(Account):
    """Announcements, reblogs with a comment, and answers to questions."""

    def count(self, text: str, mode: Mode) -> Count:
        return Count(used=len(text), limit=LONGEST)

    def plan(self, reply: Reply, standing: Standing) -> tuple[Part, ...]:
        sending.check_reply(reply, standing)
        parts = super().plan(sending.addressed(reply), standing)
        if sending.is_question(reply.target) and len(parts) > 1:
            raise Rejected(
                "too_long", f"The answer to a question is one post, of up to {LONGEST} characters."
            )
        doubts = sending.warnings(reply)
        return tuple(replace(part, warnings=doubts) for part in parts)

    def actions(self, standing: Standing) -> tuple[Action, ...]:
        verdicts = sending.verdicts(standing, self.known_id)
        found = []
        for name in sorted(self.capabilities.abilities):
            allowed, reason = verdicts.get(name, (True, None))
            found.append(Action(name=name, allowed=allowed, reason=reason))
        return tuple(found)

    async def send(self, part: Part) -> Sent | Prepared:
        """Lay a draft down; publish the draft that is there; or answer a question, which is done once."""
        self.demand_user()
        if sending.is_question(part.target):
            return await self._answer(part)
        kept = part.prepared or {}
        if not kept.get("draft"):
            return await self._drafted(part, kept)
        return await self._published(part, kept)

    async def _answer(self, part: Part) -> Sent:
        assert part.target is not None  # the caller has looked
        number = place_of(part.target.id)[1]
        there = await self._state_of(number, part)
        if there not in (None, Search(reached=True)):  # Tumblr would let another answer take its place
            if part.started_at is None:
                raise Rejected("gone", sending.ANSWERED)
            raise DeliveryUnknown("The question is answered by now, by this answer or by another one.")
        form = sending.answer_form(part, number, self.config.tags)
        answer = await self.ask("POST", self.blog("post/edit"), body=form, spends={POSTING: 1})
        told = answer.json()
        if not isinstance(told, dict) or (told.get("meta") or {}).get("status") not in (200, 201):
            raise DeliveryUnknown("Tumblr did not say that the question is answered.")
        return self._sent(number, kind="answer")

    async def _drafted(self, part: Part, kept: Mapping[str, Any]) -> Prepared:
        wanted = sending.parent_of(part)
        parent = None
        if wanted is not None:
            blog, number = place_of(wanted)
            asked = await self.ask("GET", self.blog(f"posts/{number}", blog), {"post_format": "npf"})
            parent = sending.parent_told(response_of(asked), wanted)
        body = sending.post_body(part, "draft", parent, self.config.tags)
        try:
            answer = await self.ask(
                "POST",
                self.blog("posts"),
                body=sending.with_files(body, part.attachments),
                effect="prepares",
                spends={IMAGES: len(part.attachments)},
            )
        except Rejected as refused:
            if refused.code != NO_PARENT or kept.get("refused"):
                raise
            return Prepared(
                data={"refused": True}, again_in=_ONCE_MORE
            )  # it is known to pass within a minute
        draft = response_of(answer).get("id")
        if not draft:
            raise Unavailable("Tumblr took the draft but did not tell its id.")
        return Prepared(data=sending.drafted(draft, parent))

    async def _published(self, part: Part, kept: Mapping[str, Any]) -> Sent | Prepared:
        """Publish the draft as it stands there."""
        draft, parent = str(kept["draft"]), kept.get("parent")
        path = self.blog(f"posts/{draft}")
        try:
            there = response_of(await self.ask("GET", path, {"post_format": "npf"}))
        except Rejected as refused:
            if refused.reason != "gone":
                raise
            if part.started_at is None:  # somebody deleted it, and nothing was said yet
                return Prepared(data={"lost": draft})
            raise DeliveryUnknown("The draft is not there any more: it may have been published.") from refused
        if there.get("state") in _OUT:
            return self._sent(str(there["id"]), already=True)
        pictures = sending.kept_pictures(there)
        body = sending.post_body(part, "published", parent, self.config.tags)
        body["content"] += pictures
        answer = await self.ask("PUT", path, body=Json(body), spends={POSTING: 1})
        told = response_of(answer).get("id")
        if not told:
            raise DeliveryUnknown("Tumblr published the post but did not tell its id.")
        return self._sent(str(told), draft)

    def _sent(
        self, number: str, draft: str | None = None, kind: str = "post", *, already: bool = False
    ) -> Sent:
        handle = self.profile.handle if self.profile else None
        also = () if draft in (None, number) else (f"{self.me}/{draft}",)
        url = f"https://www.tumblr.com/{handle}/{number}" if handle else None
        return Sent(f"{self.me}/{number}", url=url, also=also, kind=kind, already=already)

    # ------------------------------------------------------------------------------------------- looking for it

    async def find_sent(self, part: Part) -> Search:
        """A question is answered once it is out of the inbox, and a draft is published once it is no draft. A question
        that is out with other words was answered by somebody else, or changed since, which proves nothing.

        A draft that is not there was published under a new id, or deleted: then the blog's own posts since the attempt
        began tell, of which one remembers the draft or says the same under the same post. Where none does, nothing is
        proved.
        """
        began = part.started_at or part.at
        if began is None:
            return Search()
        if sending.is_question(part.target):
            assert part.target is not None  # as was just seen
            return await self._state_of(place_of(part.target.id)[1], part) or Search()
        kept = part.prepared or {}
        draft = kept.get("draft")
        if not draft:
            return Search(reached=True)  # no draft, so that nothing was published
        found = await self._state_of(str(draft))
        if found is None:
            sent = await self._listed(part, kept, began)
            return Search(found=sent, reached=bool(sent))
        return found

    async def _state_of(self, number: str, answer: Part | None = None) -> Search | None:
        """Whether a post of ours is out, or the question that was given this ``answer``; None where there is none of
        this number."""
        try:
            post = response_of(await self.ask("GET", self.blog(f"posts/{number}"), {"post_format": "npf"}))
        except Rejected as refused:
            if refused.reason != "gone":
                raise
            return None
        if post.get("state") not in _OUT:
            return Search(reached=True)
        if answer is None:
            return Search(found=(self._sent(number),), reached=True)
        return (
            Search(found=(self._sent(number, kind="answer"),), reached=True)
            if sending.answers(answer, post)
            else Search()
        )

    async def _listed(self, part: Part, kept: Mapping[str, Any], began: datetime) -> tuple[Sent, ...]:
        """What the draft became, among our posts since just before the attempt began."""
        known = {sent.id for sent in part.done}
        params: dict[str, Any] = {"npf": "true", "reblog_info": "true", "limit": 20}
        listed: list[Mapping[str, Any]] = []
        for _ in range(_OLDER_PAGES):
            told = response_of(await self.ask("GET", self.blog("posts"), params))
            posts = [post for post in pages.listed(told.get("posts")) if isinstance(post, Mapping)]
            young = [post for post in posts if (second_of(post) or 0) >= (began - CLOCKS_DIFFER).timestamp()]
            listed += [post for post in young if f"{self.me}/{_number(post)}" not in known]
            further = pages.leads_on(told)
            if further is None or len(young) < len(posts):
                break
            params |= further
        draft, parent = str(kept["draft"]), kept.get("parent")
        ours = [post for post in listed if str(post.get("genesis_post_id")) == draft]
        ours = ours or [post for post in listed if sending.same(part, post, parent)]
        return tuple(self._sent(_number(post), draft) for post in ours)


def _number(post: Mapping[str, Any]) -> str:
    return str(post.get("id_string") or post.get("id"))
