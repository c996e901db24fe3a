"""Mentions to judge, and the posts that were labelled by hand."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta, timezone
from functools import cache
from pathlib import Path
from typing import Any

from socialdesk.models import Author, ExternalId, Mention, Metrics

LABELLED = Path(__file__).resolve().parent / "labelled"
NOON = datetime(2026, 11, 20, 12, 0, tzinfo=timezone.utc)


def said(text: str = "Hello", **values: Any) -> Mention:
    """A mention; ``followers`` are its author's, ``reposts`` and its like its metrics', ``after`` when it was read:
    minutes after it was posted (at noon)."""
    counts = {name: values.pop(name) for name in (*Metrics.model_fields,) if name in values}
    after = values.pop("after", None)
    if after is not None:
        counts["observed_at"] = NOON + timedelta(minutes=after)
        values.setdefault("created_at", NOON)
    if "followers" in values:
        values["author"] = Author(followers=values.pop("followers"))
    values.setdefault("kind", "mention")
    return Mention(id=ExternalId("chirp", "post", "1"), text=text, metrics=Metrics(**counts), **values)


@dataclass(frozen=True)
class Post:
    """One labelled post; None where a label does not apply."""

    text: str
    kind: str
    company: str
    language: str | None
    sentiment: str | None
    intent: str | None
    spam: bool
    relevant: bool | None

    @property
    def mention(self) -> Mention:
        return said(self.text, kind=self.kind)

    @property
    def about(self) -> tuple[str, ...]:
        return companies()[self.company]


@cache
def companies() -> Mapping[str, tuple[str, ...]]:
    """The invented companies -> their names."""
    read = json.loads((LABELLED / "companies.json").read_text("utf-8"))
    return {name: tuple(names) for name, names in read.items()}


@cache
def posts(part: str) -> tuple[Post, ...]:
    """The posts of ``tuning``, ``held_out`` or ``hard``."""
    lines = (LABELLED / f"{part}.jsonl").read_text("utf-8").splitlines()
    return tuple(Post(**json.loads(line)) for line in lines)
