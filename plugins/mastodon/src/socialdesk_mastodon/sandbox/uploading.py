"""Files that are uploaded: taken at once, or worked on for a while. Their bytes are not kept."""

from __future__ import annotations

import hashlib
from datetime import timedelta
from typing import Any

from socialdesk.testing.sandbox import FormPart, json_response
from socialdesk.wire import Response

from . import describe
from .call import Call
from .problems import MISSING, Refused
from .state import Media

_KINDS = {"image": "image", "video": "video", "audio": "audio"}


def upload(call: Call) -> Any:
    """POST /api/v2/media: 200 for what is done at once, 202 for what is worked on."""
    media = _taken(call)
    if media.ready_at > call.sandbox.clock.now():
        return json_response(202, describe.media(media, ready=False))
    return describe.media(media)


def upload_at_once(call: Call) -> Any:
    """POST /api/v1/media, which waits until the file is done."""
    media = _taken(call)
    media.ready_at = call.sandbox.clock.now()
    return describe.media(media)


def _taken(call: Call) -> Media:
    user, sandbox = call.user, call.sandbox
    fields: dict[str, str] = {}
    file: Media | None = None
    try:
        for part in call.seen.parts():
            if part.name == "file" and part.filename is not None:
                file = _read(call, part)
            else:
                fields[part.name] = part.text()
    except ValueError:
        raise Refused(422, "no_file") from None
    if file is None:
        raise Refused(422, "no_file")
    file.description = fields.get("description")
    sandbox.media[file.number] = file
    file.url = f"https://{sandbox.world.host}/media/{file.number}"
    assert file.owner is user  # for the reader: whose token it is
    return file


def _read(call: Call, part: FormPart) -> Media:
    sandbox = call.sandbox
    kind = _KINDS.get(part.media_type.partition("/")[0], "unknown")
    if part.media_type not in sandbox.mime_types:
        raise Refused(422, "type")
    kind = "gifv" if part.media_type == "image/gif" else kind
    size, digest = 0, hashlib.sha256()
    for chunk in part.chunks:
        size += len(chunk)
        digest.update(chunk)
    limit = sandbox.image_size if kind == "image" else sandbox.video_size
    if not size or size > limit:
        raise Refused(422, "no_file" if not size else "size", {"limit": limit})
    now = sandbox.clock.now()
    ready = now if kind == "image" else now + timedelta(seconds=sandbox.processing_seconds)
    number = sandbox.world.mint(now)
    return Media(number, call.user, kind, part.media_type, size, ready, digest.hexdigest())


def media(call: Call) -> Any:
    """GET /api/v1/media/:id: 206 while it is worked on."""
    found = _found(call)
    ready = found.ready_at <= call.sandbox.clock.now()
    told = describe.media(found, ready=ready)
    return told if ready else json_response(206, told)


def describe_media(call: Call) -> Response | Any:
    found = _found(call)
    found.description = str(call.params.get("description") or "") or found.description
    return describe.media(found)


def _found(call: Call) -> Media:
    found = call.sandbox.media.get(call.sandbox.world.number(call.args["id"]) or -1)
    if found is None or found.owner is not call.user:
        raise MISSING
    return found
