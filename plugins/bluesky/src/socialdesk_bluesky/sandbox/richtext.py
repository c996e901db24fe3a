"""What a person's app makes of a text that they write: facets, counted in bytes."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

_MARK = re.compile(r"(?<!\S)(?:(https?://[^\s]*[^\s.,;:!?)])|@([\w.-]*\w)|#(\w*[^\W\d]\w*))")


def facets(text: str, did_of: Callable[[str], str | None]) -> list[dict[str, Any]]:
    """The facets of a text; ``did_of`` tells who a handle or short name is."""
    found = []
    for mark in _MARK.finditer(text):
        link, name, tag = mark.groups()
        feature: dict[str, Any]
        if link:
            feature = {"$type": "app.bsky.richtext.facet#link", "uri": link}
        elif tag:
            feature = {"$type": "app.bsky.richtext.facet#tag", "tag": tag}
        else:
            did = did_of(name)
            if did is None:
                continue
            feature = {"$type": "app.bsky.richtext.facet#mention", "did": did}
        start = len(text[: mark.start()].encode())
        index = {"byteStart": start, "byteEnd": start + len(mark[0].encode())}
        found.append({"index": index, "features": [feature]})
    return found


def features(record: dict[str, Any], kind: str, member: str) -> list[str]:
    """What the facets of one kind name, in their order."""
    return [
        feature[member]
        for facet in record.get("facets") or ()
        for feature in facet["features"]
        if feature["$type"] == f"app.bsky.richtext.facet#{kind}"
    ]
