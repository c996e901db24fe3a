"""The rules that NPF content must meet.

https://www.tumblr.com/docs/npf. The first rule that is not met is what the answer says.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Mapping
from typing import Any

import orjson

from .content import mention_of, trimmed
from .items import Block
from .problems import BAD_ANSWER, Refused, bad_json
from .state import Blog

TEXT_LENGTH = 4_096
STORED_SIZE = 1_000_000
SUBTYPES = frozenset(
    "heading1 heading2 quirky quote indented chat ordered-list-item unordered-list-item".split()
)
PLAIN_SPANS = frozenset({"bold", "italic", "strikethrough", "small"})
MOST: Mapping[str, int] = {
    "blocks": 1_000,
    "mention": 50,
    "inline link": 100,
    "image": 30,
    "link": 10,
    "video": 10,
    "uploaded video": 1,
    "audio": 10,
}
_HEX = re.compile(r"#(?:[0-9a-fA-F]{3}|[0-9a-fA-F]{6})")

FindBlog = Callable[[str], Blog | None]


def _is_url(value: Any) -> bool:
    return isinstance(value, str) and re.match(r"https?://[^\s/]+", value) is not None


def _whole(value: Any) -> bool:
    return type(value) is int


def _text_in(block: Mapping[str, Any], name: str, where: str) -> None:
    if name in block and not isinstance(block[name], str):
        raise bad_json(f"{where}.{name} must be a string")


def _link_span(span: Mapping[str, Any], find: FindBlog, where: str) -> Block:
    if not _is_url(span.get("url")):
        raise bad_json(f"{where}.url must be a URL")
    return {"url": span["url"]}


def _color_span(span: Mapping[str, Any], find: FindBlog, where: str) -> Block:
    if not (isinstance(span.get("hex"), str) and _HEX.fullmatch(span["hex"])):
        raise bad_json(f"{where}.hex must be a color such as #ff492f")
    return {"hex": span["hex"]}


def _mention_span(span: Mapping[str, Any], find: FindBlog, where: str) -> Block:
    named = span.get("blog")
    uuid = named.get("uuid") if isinstance(named, dict) else None
    blog = find(uuid) if isinstance(uuid, str) and uuid.startswith("t:") else None
    if blog is None:
        raise bad_json(f"{where}.blog.uuid must be the UUID of a blog")
    return {"blog": mention_of(blog)}


_SPANS: Mapping[str, Callable[[Mapping[str, Any], FindBlog, str], Block]] = {
    **dict.fromkeys(PLAIN_SPANS, lambda span, find, where: {}),
    "link": _link_span,
    "color": _color_span,
    "mention": _mention_span,
}


def _span(span: Any, length: int, find: FindBlog, where: str) -> Block:
    """One formatting range as it is kept. Offsets count code points, the end is not part of the range."""
    if not isinstance(span, dict):
        raise bad_json(f"{where} must be an object")
    start, end, kind = span.get("start"), span.get("end"), span.get("type")
    if type(start) is not int or type(end) is not int:
        raise bad_json(f"{where}.start and {where}.end must be integers")
    if not 0 <= start < end <= length:
        raise bad_json(f"{where}: {start} to {end} is no range of a text of {length} characters")
    if not isinstance(kind, str) or kind not in _SPANS:
        raise bad_json(f"{where}.type is not known")
    return {"start": start, "end": end, "type": kind, **_SPANS[kind](span, find, where)}


def _text(block: Mapping[str, Any], find: FindBlog, where: str) -> Block:
    text, subtype = block.get("text"), block.get("subtype")
    if not isinstance(text, str):
        raise bad_json(f"{where}.text must be a string")
    if len(text) > TEXT_LENGTH:
        raise bad_json(f"{where}.text is longer than {TEXT_LENGTH} characters")
    if subtype is not None and subtype not in SUBTYPES:
        raise bad_json(f"{where}.subtype is not known")
    level = block.get("indent_level", 0)
    if not (_whole(level) and 0 <= level <= 7):
        raise bad_json(f"{where}.indent_level must be 0 to 7")
    spans = block.get("formatting", [])
    if not isinstance(spans, list):
        raise bad_json(f"{where}.formatting must be an array")
    kept: Block = {"type": "text", "text": text}
    if subtype is not None:
        kept["subtype"] = subtype
    if level:
        kept["indent_level"] = level
    if spans:
        each = enumerate(spans)
        kept["formatting"] = [
            _span(span, len(text), find, f"{where}.formatting[{place}]") for place, span in each
        ]
    return kept


def _medium(medium: Any, where: str) -> Block:
    if not isinstance(medium, dict):
        raise bad_json(f"{where} must be an object")
    if "original_dimensions_missing" in medium:
        raise bad_json(f"{where}.original_dimensions_missing is not for new posts")
    for name in ("width", "height"):
        if name in medium and not (_whole(medium[name]) and medium[name] > 0):
            raise bad_json(f"{where}.{name} must be an integer above 0")
    _text_in(medium, "type", where)
    identified = isinstance(medium.get("identifier"), str) and medium["identifier"]
    if not identified and not _is_url(medium.get("url")):
        raise bad_json(f"{where} needs an identifier or a url")
    return dict(medium)


def _image(block: Mapping[str, Any], where: str) -> Block:
    media = block.get("media")
    if not isinstance(media, list) or not media:
        raise bad_json(f"{where}.media must be an array of objects")
    for name in ("alt_text", "caption"):
        _text_in(block, name, where)
    return dict(block) | {
        "media": [_medium(medium, f"{where}.media[{place}]") for place, medium in enumerate(media)]
    }


def _film(block: Mapping[str, Any], where: str) -> Block:
    """A video or audio block: one medium, as an object, or an address."""
    if "media" in block:
        return dict(block) | {"media": _medium(block["media"], f"{where}.media")}
    if not _is_url(block.get("url")):
        raise bad_json(f"{where} needs media or a url")
    return dict(block)


def _link(block: Mapping[str, Any], where: str) -> Block:
    if not _is_url(block.get("url")):
        raise bad_json(f"{where}.url must be a URL")
    for name in ("title", "description", "author", "site_name"):
        _text_in(block, name, where)
    host = block["url"].split("/")[2]
    kept = {name: value for name, value in block.items() if name != "display_url"}
    return {"site_name": host, **kept, "display_url": block["url"].partition("://")[2]}


def _block(block: Any, find: FindBlog, where: str) -> Block:
    if not isinstance(block, dict):
        raise bad_json(f"{where} must be an object")
    kind = block.get("type")
    if kind == "text":
        return _text(block, find, where)
    if kind == "image":
        return _image(block, where)
    if kind in ("video", "audio"):
        return _film(block, where)
    if kind == "link":
        return _link(block, where)
    raise bad_json(f"{where}.type is not known")


def counted(blocks: list[Block]) -> Counter[str]:
    """How many there are of what is limited."""
    counts: Counter[str] = Counter(blocks=len(blocks))
    for block in blocks:
        counts[block["type"]] += 1
        if block["type"] == "video" and "media" in block:
            counts["uploaded video"] += 1
        for span in block.get("formatting", ()):
            counts["inline link" if span["type"] == "link" else span["type"]] += 1
    return counts


def content(value: Any, find: FindBlog) -> list[Block]:
    """Content as it is kept. Raises Refused(400.8001) where it does not meet the rules."""
    if not isinstance(value, list):
        raise bad_json("content must be an array")
    if len(value) > MOST["blocks"]:
        raise bad_json(f"content has more than {MOST['blocks']} blocks")
    blocks = [_block(block, find, f"content[{place}]") for place, block in enumerate(value)]
    counts = counted(blocks)
    for kind, most in MOST.items():
        if counts[kind] > most:
            raise bad_json(f"a post can have {most} of these: {kind}")
    if len(orjson.dumps(blocks)) > STORED_SIZE:
        raise bad_json(f"the post is larger than {STORED_SIZE} bytes")
    return trimmed(blocks)


# -------------------------------------------------------------------------------------------------------------- layout


def _indices(value: Any, blocks: int, where: str) -> list[int]:
    if not isinstance(value, list) or not all(_whole(place) and 0 <= place < blocks for place in value):
        raise bad_json(f"{where} must be an array of indices of content")
    return list(value)


def _rows(item: Mapping[str, Any], blocks: list[Block], where: str) -> None:
    rows = item.get("display", item.get("rows"))
    if not isinstance(rows, list) or not rows:
        raise bad_json(f"{where}.display must be an array of rows")
    met: list[int] = []
    for row in rows:
        places = _indices(row.get("blocks") if isinstance(row, dict) else row, len(blocks), where)
        if len(places) > 1 and any(blocks[place]["type"] != "image" for place in places):
            raise bad_json(f"{where}: a row of several blocks is for images")
        met += places
    if sorted(met) != list(range(len(blocks))):
        raise bad_json(f"{where} must name every block of content once")


def layout(value: Any, blocks: list[Block]) -> list[Block]:
    """A layout as it is kept. Raises Refused(400) where it does not meet the rules; a condensed one is left out."""
    if not isinstance(value, list) or not all(isinstance(item, dict) for item in value):
        raise bad_json("layout must be an array of objects")
    kinds = [item.get("type") for item in value]
    if len(set(kinds)) != len(kinds):
        raise bad_json("layout must not have two of one type")
    for place, item in enumerate(value):
        if item.get("type") == "rows":
            _rows(item, blocks, f"layout[{place}]")
        elif item.get("type") == "ask":
            try:
                _indices(item.get("blocks"), len(blocks), f"layout[{place}].blocks")
            except Refused as refused:
                raise Refused(400, refused.words, BAD_ANSWER) from None
        elif item.get("type") != "condensed":
            raise bad_json(f"layout[{place}].type is not known")
    return [dict(item) for item in value if item["type"] != "condensed"]
