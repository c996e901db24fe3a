"""Checks that nothing is proved by an answer that does not say so: neither an end of a listing, nor that a reply is
unsaid."""

from __future__ import annotations

import json
from collections.abc import Callable, Coroutine, Iterator, Sequence
from dataclasses import replace
from typing import Any

from socialdesk._engine.exchange import converse
from socialdesk.connector import Search
from socialdesk.errors import SocialdeskError
from socialdesk.testing._suite_bench import demand, session, skip
from socialdesk.testing._suite_declares import overrides
from socialdesk.testing._suite_hears import untyped
from socialdesk.testing._suite_survives import Survives, Tells, is_made_up, one_broken, payload_of, replayed
from socialdesk.wire import Response

SAYS_NOTHING = (b"{}", b"null", b"0", b'""', b'{"unexpected": true}', b'{"data": null}', b'{"data": "none"}')
"""Answers that tell neither of posts nor that there are none."""


class Proves(Survives):
    """What a gateway may answer in place of the platform, and what is cut off."""

    def test_a_broken_answer_to_a_look_proves_nothing(self) -> None:
        self.look_broken(self.fuzz)

    def test_an_answer_that_says_nothing_proves_nothing(self) -> None:
        self.fetch_empty()
        if overrides(self.connector, "find_sent") and self.material.looked:
            self.look_empty()

    def fetch_empty(self) -> None:
        """Give fetch() answers that say nothing: taken for the end of a listing, they would lose what comes below."""
        connector, material = self.connect(), self.material
        if not material.pages:
            skip("give `pages = [Response(...), ...]`, the platform's answers to fetch, to check this")
        window = self.paging(connector).window(material.now)
        for body, page in self._told_nothing(lambda: connector.fetch(window), material.pages[0]):
            demand(
                page.items or page.next is not None,
                f"fetch() took {body!r} for the end of the listing: raise where the list of items is missing.",
            )

    def look_empty(self) -> None:
        """Give find_sent() answers that say nothing: an empty object is no empty list of posts."""
        connector, material = self.connect(), self.material
        part = replace(self.part(connector), started_at=material.now)
        for body, search in self._told_nothing(lambda: connector.find_sent(part), material.looked):
            demand(
                not search.reached or search.found,
                f"find_sent() took {body!r} for a proof that nothing was posted: raise where the list of posts is "
                "missing, or it is said a second time.",
            )

    def _told_nothing(
        self, asking: Callable[[], Coroutine[Any, Any, Any]], answers: Sequence[Response]
    ) -> Iterator[tuple[bytes, Any]]:
        """What a method makes of each answer that says nothing, where it does not raise."""
        connector, now = self.connect(), self.material.now
        for body in SAYS_NOTHING:
            given = [replace(answer, body=body) for answer in answers]
            try:
                told = replayed(converse(asking(), session(connector, now)), given, now)
            except SocialdeskError:
                continue
            yield body, told

    def look_broken(self, times: int) -> Tells:
        """Give find_sent() so many broken answers; tells what came of them. What is no JSON proves nothing: it would
        have the post said a second time."""
        if not overrides(self.connector, "find_sent"):
            skip("find_sent() is not defined")
        connector, material = self.connect(), self.material
        if not material.looked:
            skip("give a sandbox, which is asked for what was sent, to check this")
        part = replace(self.part(connector), started_at=material.now)

        def judged(search: Any, answers: Sequence[Response]) -> str | None:
            if not isinstance(search, Search):
                return f"find_sent() gave a {type(search).__name__}: give a Search."
            strays = [sent.id for sent in search.found if not isinstance(untyped(sent.id), str)]
            if strays:
                return f"find_sent() gave the id {strays[0]!r}: an id is a text."
            made_up = [sent.id for sent in search.found if is_made_up(sent.id, payload_of(answers))]
            if made_up:
                return f"find_sent() made the id {made_up[0]!r} up."
            proves = search.reached and not search.found
            whole = all(_is_json(answer.body) for answer in answers)
            return None if whole or not proves else "find_sent() took for a proof what is no JSON."

        return self.asked(
            times, lambda seed: (connector.find_sent(part), one_broken(material.looked, seed)), judged
        )


def _is_json(payload: bytes) -> bool:
    try:
        json.loads(payload)  # as an answer's json(), which reads half a character, too
    except ValueError:
        return False
    return True
