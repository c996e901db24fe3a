"""Media through the API: in one piece, in segments, the state of the work on it, and its description.

https://docs.x.com/x-api/media/introduction. Bodies are read piece by piece: a large file is never held.
"""

from __future__ import annotations

import base64
import binascii
from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING, Any

from socialdesk.testing.sandbox import FormPart, json_response
from socialdesk.wire import Headers, Response

from .call import Call
from .problems import Refused, missing
from .schema import ALT_TEXT, INITIALIZE, is_id
from .uploads import CATEGORIES, MB, SEGMENTS, Upload
from .writing import body_of, caller_of

if TYPE_CHECKING:
    from .twitter import TwitterSandbox

Told = tuple[int, dict[str, Any]]
_ONE_SHOT = frozenset({"media_category", "media_type", "shared", "additional_owners", "command"})
_PIECE = 2**16


def _invalid(name: str, value: Any, words: str) -> Refused:
    return Refused.invalid((name, value, words))


def _new(sandbox: TwitterSandbox, call: Call, category: str, media_type: str, total: int) -> Upload:
    """A new upload that has a number and no bytes yet. Raises Refused where it may not be what it shall be."""
    rule = CATEGORIES.get(category)
    if rule is None:
        raise _invalid("media_category", category, f"media_category: must be one of {', '.join(CATEGORIES)}")
    if media_type and media_type not in rule.types:
        words = f"media_type: [{media_type}] does not fit the media_category [{category}]"
        raise _invalid("media_type", media_type, words)
    if total > rule.most:
        raise _invalid(
            "total_bytes", total, f"The file is larger than {rule.most} bytes: too large for {category}"
        )
    now = sandbox.clock.now()
    upload = Upload(
        sandbox.world.mint(now),
        caller_of(call),
        category,
        media_type or sorted(rule.types)[0],
        total,
        now,
        processing=sandbox.processing_seconds,
        failure=sandbox.processing_failure,
    )
    sandbox.uploads.held[upload.number] = upload
    return upload


def _found(sandbox: TwitterSandbox, call: Call, value: str, name: str) -> Upload:
    if not is_id(value):
        raise _invalid(name, value, f"The `{name}` query parameter value [{value}] is not valid")
    upload = sandbox.uploads.find(value, caller_of(call), sandbox.clock.now())
    if upload is None:
        problem = missing("media", name, value)
        raise Refused(404, problem, str(problem.pop("type")))
    return upload


def _answer(sandbox: TwitterSandbox, upload: Upload) -> Told:
    return 200, {"data": upload.told(sandbox.clock.now())}


# ---------------------------------------------------------------------------------------------------- reading bodies


def _decoded(value: Any) -> bytes:
    try:
        return base64.b64decode(value, validate=True)
    except (binascii.Error, TypeError, ValueError):
        raise _invalid("$.media", "", "$.media: is not base64") from None


def _cut(content: bytes) -> Iterator[bytes]:
    return (content[at : at + _PIECE] for at in range(0, len(content), _PIECE))


def _form(call: Call, known: frozenset[str]) -> Iterator[FormPart | tuple[str, str]]:
    """A form's plain fields as pairs, and the part ``media`` as it comes."""
    for part in call.seen.parts():
        if part.name == "media":
            yield part
        elif part.name in known:
            yield part.name, part.text()
        else:
            raise _invalid(part.name, "", f"$.{part.name}: is not defined in the schema")


def _json(call: Call, known: frozenset[str]) -> dict[str, Any]:
    try:
        body = call.seen.json()
    except ValueError:
        raise _invalid("body", "", "The request body is not valid JSON") from None
    if not isinstance(body, dict):
        raise _invalid("$", "", "$: must be an object")
    for name in body:
        if name not in known | {"media"}:
            raise _invalid(name, "", f"$.{name}: is not defined in the schema")
    return body


def _required(fields: dict[str, Any], *names: str) -> None:
    for name in names:
        if fields.get(name) in (None, ""):
            raise _invalid(f"$.{name}", "", f"$.{name}: is missing but it is required")


# --------------------------------------------------------------------------------------------------------- endpoints


def upload_at_once(sandbox: TwitterSandbox, call: Call) -> Told:
    if call.seen.media_type == "application/json":
        body = _json(call, _ONE_SHOT)
        _required(body, "media", "media_category")
        return _take_whole(sandbox, call, body, _cut(_decoded(body["media"])))
    fields: dict[str, Any] = {}
    read: tuple[str, bytes] | None = None
    try:
        for item in _form(call, _ONE_SHOT):
            if not isinstance(item, FormPart):
                fields[item[0]] = item[1]
            elif "media_category" in fields:
                fields.setdefault("media_type", item.media_type if "/" in item.media_type else "")
                return _take_whole(sandbox, call, fields, item.chunks)
            else:  # the file came first: what it is for is told only behind it
                read = item.media_type, item.content(15 * MB)
    except ValueError as error:
        raise _invalid("body", "", str(error)) from None
    fields["media"] = read[1] if read else None
    _required(fields, "media", "media_category")
    return _take_whole(sandbox, call, fields, _cut(fields["media"]))


def _take_whole(sandbox: TwitterSandbox, call: Call, fields: dict[str, Any], chunks: Iterable[bytes]) -> Told:
    category, media_type = str(fields["media_category"]), str(fields.get("media_type", ""))
    if media_type in ("application/octet-stream", "text/plain"):
        media_type = ""  # a form that does not say what it holds
    upload = _new(sandbox, call, category, media_type, 0)
    try:
        upload.append(0, chunks, upload.rule.most)
    except Refused:
        del sandbox.uploads.held[upload.number]
        words = f"The file is larger than {upload.rule.most} bytes: too large for {category}"
        raise _invalid("media", "", words) from None
    upload.total = upload.size
    return _finish(sandbox, upload)


def initialize(sandbox: TwitterSandbox, call: Call) -> Told:
    body = body_of(call, INITIALIZE)
    upload = _new(sandbox, call, body["media_category"], body["media_type"], body["total_bytes"])
    return _answer(sandbox, upload)


def append(sandbox: TwitterSandbox, call: Call) -> Told:
    upload = _found(sandbox, call, call.args["id"], "id")
    if upload.finished_at is not None:
        raise _invalid("id", upload.id, "The upload is finished: nothing can be added to it")
    known = frozenset({"segment_index"})
    if call.seen.media_type == "application/json":
        body = _json(call, known)
        _required(body, "media", "segment_index")
        upload.append(_index(body["segment_index"]), _cut(_decoded(body["media"])), sandbox.uploads.limit)
    else:
        _append_form(sandbox, call, upload, known)
    return 200, {"data": {"expires_at": int(upload.expires_at.timestamp())}}


def _append_form(sandbox: TwitterSandbox, call: Call, upload: Upload, known: frozenset[str]) -> None:
    index: int | None = None
    early: bytes | None = None
    done = False
    try:
        for item in _form(call, known):
            if not isinstance(item, FormPart):
                index = _index(item[1])
            elif index is None:
                early = item.content(sandbox.uploads.limit)
            else:
                upload.append(index, item.chunks, sandbox.uploads.limit)
                done = True
    except ValueError as error:
        raise _invalid("body", "", str(error)) from None
    if index is None:
        raise _invalid("$.segment_index", "", "$.segment_index: is missing but it is required")
    if early is not None:
        upload.append(index, _cut(early), sandbox.uploads.limit)
    elif not done:
        raise _invalid("$.media", "", "$.media: is missing but it is required")


def _index(value: Any) -> int:
    text = str(value)
    if not (text.isascii() and text.isdigit() and int(text) < SEGMENTS):
        raise _invalid("segment_index", text, f"$.segment_index: must be between 0 and {SEGMENTS - 1}")
    return int(text)


def finalize(sandbox: TwitterSandbox, call: Call) -> Told:
    upload = _found(sandbox, call, call.args["id"], "id")
    whole = sorted(upload.segments) == list(range(len(upload.segments)))
    if upload.size != upload.total or not whole:
        raise _invalid("id", upload.id, "Segments do not add up to provided total file size.")
    return _finish(sandbox, upload)


def _finish(sandbox: TwitterSandbox, upload: Upload) -> Told:
    upload.finish(sandbox.clock.now())
    if sandbox.looks_into_media and upload.rule.kind == "photo" and upload.looks not in upload.rule.types:
        del sandbox.uploads.held[upload.number]
        raise _invalid("media", "", "The type of the media is not recognized.")
    return _answer(sandbox, upload)


def status(sandbox: TwitterSandbox, call: Call) -> Told:
    return _answer(sandbox, _found(sandbox, call, call.seen.query["media_id"], "media_id"))


def describe(sandbox: TwitterSandbox, call: Call) -> Told:
    body = body_of(call, ALT_TEXT)
    upload = _found(sandbox, call, body["id"], "id")
    metadata = body.get("metadata", {})
    if "alt_text" in metadata:
        upload.alt_text = metadata["alt_text"]["text"]
    return 200, {"data": {"id": upload.id, "associated_metadata": metadata}}


def download(sandbox: TwitterSandbox, call: Call) -> Response:
    """The bytes of a picture in a direct message: only those in the conversation get them."""
    value, me = call.args["dm_id"], caller_of(call)
    event = sandbox.world.directs.events.get(int(value)) if is_id(value) else None
    mine = event is not None and me.id in event.conversation.members
    media = [item for item in event.media if item.key.endswith(f"_{call.args['media_id']}")] if event else []
    if not (mine and media and media[0].content is not None):
        problem = missing("media", "media_id", call.args["media_id"])
        return json_response(404, {**problem, "type": "about:blank"})
    return Response(200, Headers({"Content-Type": "application/octet-stream"}), media[0].content)
