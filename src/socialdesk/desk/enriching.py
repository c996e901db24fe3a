"""What triage says of what was heard: each mention with how it was read the last time, off the event loop."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from functools import partial

from socialdesk._engine.effects import Work
from socialdesk._engine.ingest import Read
from socialdesk.desk import inbox
from socialdesk.models import Labels, Mention

__all__ = ["Enrich", "enriched"]

Enrich = Callable[[Mention, Mention | None], Labels | None]
"""Judges a mention by what it says now and by how it was read before."""


async def enriched(read: Sequence[Read], account_id: str, enrich: Enrich | None) -> Sequence[Read]:
    """What was read, with labels on the mentions where anybody has something to say of them."""
    keys = tuple(str(entry.item.id) for entry in read if isinstance(entry.item, Mention))
    if enrich is None or not keys:
        return read
    before = await inbox.known_mentions(account_id, keys)
    return await Work(partial(_labelled, read, before, enrich))


def _labelled(read: Sequence[Read], before: Mapping[str, str], enrich: Enrich) -> Sequence[Read]:
    result: list[Read] = []
    for entry in read:
        item = entry.item
        if isinstance(item, Mention):
            known = before.get(str(item.id))
            labels = enrich(item, None if known is None else Mention.model_validate_json(known))
            if labels is not None:
                entry = replace(entry, item=item.model_copy(update={"labels": labels}))  # noqa: PLW2901  # the same entry, labelled
        result.append(entry)
    return tuple(result)
