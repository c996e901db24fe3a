"""Writing and reading records on an account's own server."""

from __future__ import annotations

from typing import Any

from .call import Call
from .cids import cid_of_file, cid_of_record
from .limits import POINTS
from .names import NSID, RKEY
from .refused import Refused, invalid
from .state import Record, User
from .validating import check, check_files, check_key

Told = dict[str, Any]


def create_record(call: Call) -> Told:
    """com.atproto.repo.createRecord: a key that is taken makes the server fail."""
    body = call.body(repo=str, collection=str, record=dict)
    user, collection = _mine(call, body), _collection(body)
    call.sandbox.spend(user, POINTS["create"])
    rkey = _rkey(body, collection) if "rkey" in body else call.sandbox.world.new_key()
    status = _checked(user, collection, body)
    if (collection, rkey) in user.records:
        raise Refused(500)
    record = call.sandbox.world.write(user, collection, rkey, body["record"])
    return _written(record, status)


def put_record(call: Call) -> Told:
    """com.atproto.repo.putRecord: what is there already, unchanged, makes no commit, whatever swapRecord says."""
    body = call.body(repo=str, collection=str, rkey=str, record=dict)
    user, collection = _mine(call, body), _collection(body)
    call.sandbox.spend(user, POINTS["update"])
    rkey = _rkey(body, collection)
    status = _checked(user, collection, body)
    held = user.records.get((collection, rkey))
    if held is not None and held.cid == cid_of_record(body["record"]):
        return {"uri": held.uri, "cid": held.cid, "validationStatus": status}
    _check_swap(body, held)
    return _written(call.sandbox.world.write(user, collection, rkey, body["record"]), status)


def delete_record(call: Call) -> Told:
    """com.atproto.repo.deleteRecord: what is not there is no mistake."""
    body = call.body(repo=str, collection=str, rkey=str)
    user, collection = _mine(call, body), _collection(body)
    call.sandbox.spend(user, POINTS["delete"])
    rkey = _rkey(body, collection)
    held = user.records.get((collection, rkey))
    if "swapRecord" in body:
        _check_swap(body, held)
    gone = call.sandbox.world.delete(user, collection, rkey)
    return {} if gone is None else {"commit": _commit(gone)}


def apply_writes(call: Call) -> Told:
    """com.atproto.repo.applyWrites: all of them, or none."""
    body = call.body(repo=str, writes=list)
    user, world = _mine(call, body), call.sandbox.world
    acts = [_act(user, write) for write in body["writes"]]
    call.sandbox.spend(user, sum(POINTS[kind] for kind, _ in acts))
    results: list[Told] = []
    for kind, write in acts:
        result = f"com.atproto.repo.applyWrites#{kind}Result"
        if kind == "delete":
            world.delete(user, write["collection"], write["rkey"])
            results.append({"$type": result})
            continue
        rkey = write.get("rkey") or world.new_key()
        record = world.write(user, write["collection"], rkey, write["value"])
        results.append({"$type": result, "uri": record.uri, "cid": record.cid, "validationStatus": "valid"})
    cid = cid_of_record([result.get("cid", "") for result in results])
    return {"commit": {"cid": cid, "rev": world.new_key()}, "results": results}


def _act(user: User, write: Any) -> tuple[str, Told]:
    kind = str(write.get("$type", "")).rpartition("#")[2] if isinstance(write, dict) else ""
    if kind not in POINTS:
        raise invalid("Invalid write: it must be a create, an update or a delete")
    collection = _collection(write)
    if kind != "create" or "rkey" in write:
        _rkey(write, collection)
    if kind != "delete":
        _checked(user, collection, {"record": write.get("value")})
    there = (collection, write.get("rkey")) in user.records
    if there != (kind != "create"):
        raise Refused(500)
    return kind, write


def get_record(call: Call) -> Told:
    user = call.person(call.needed("repo"))
    collection, rkey = call.needed("collection"), call.needed("rkey")
    record = user.records.get((collection, rkey))
    if record is None:
        raise invalid(f"Could not locate record: at://{user.did}/{collection}/{rkey}", "RecordNotFound")
    return {"uri": record.uri, "cid": record.cid, "value": record.value}


def list_records(call: Call) -> Told:
    user, collection = call.person(call.needed("repo")), call.needed("collection")
    limit, forward = call.number("limit", 50, 1, 100), call.text("reverse") == "true"
    keys = sorted((rkey for kind, rkey in user.records if kind == collection), reverse=not forward)
    cursor = call.text("cursor")
    if cursor:
        keys = [rkey for rkey in keys if (rkey > cursor if forward else rkey < cursor)]
    found = [user.records[collection, rkey] for rkey in keys[:limit]]
    answer: Told = {"records": [{"uri": one.uri, "cid": one.cid, "value": one.value} for one in found]}
    return answer | ({"cursor": keys[limit - 1]} if len(keys) > limit else {})


def upload_blob(call: Call) -> Told:
    """com.atproto.repo.uploadBlob: the file is kept by its digest; its bytes are not."""
    user = call.user
    content = b"".join(call.seen.chunks())
    if len(content) > call.sandbox.upload_limit:
        raise Refused(413)
    kind = call.seen.content_type.partition(";")[0].strip() or "application/octet-stream"
    if kind == "*/*":
        kind = _sniffed(content)
    cid = cid_of_file(content)
    user.files[cid] = (kind, len(content))
    return {"blob": {"$type": "blob", "ref": {"$link": cid}, "mimeType": kind, "size": len(content)}}


def _sniffed(content: bytes) -> str:
    for start, kind in ((b"\x89PNG", "image/png"), (b"\xff\xd8\xff", "image/jpeg"), (b"GIF8", "image/gif")):
        if content.startswith(start):
            return kind
    return "application/octet-stream"


# -------------------------------------------------------------------------------------------------------- the parts


def _mine(call: Call, body: Told) -> User:
    user = call.user
    if call.sandbox.world.find(str(body["repo"])) is not user:
        raise Refused(401, "AuthenticationRequired", "Authentication Required")
    return user


def _collection(body: Told) -> str:
    collection = body.get("collection")
    if not isinstance(collection, str) or not NSID.fullmatch(collection):
        raise invalid("Input/collection must be a valid nsid")
    return collection


def _rkey(body: Told, collection: str) -> str:
    rkey = body.get("rkey")
    if not isinstance(rkey, str) or not RKEY.fullmatch(rkey):
        raise invalid("Input/rkey must be a valid record-key")
    check_key(collection, rkey)
    return rkey


def _checked(user: User, collection: str, body: Told) -> str:
    status = "unknown" if body.get("validate") is False else check(collection, body["record"])
    check_files(body["record"], user.files)
    try:
        cid_of_record(body["record"])
    except ValueError as error:
        raise invalid(f"Bad record: {error}") from None
    return status


def _check_swap(body: Told, held: Record | None) -> None:
    """``swapRecord`` names what has to stand there: null nothing; left out, anything."""
    if "swapRecord" not in body:
        return
    wanted, found = body["swapRecord"], None if held is None else held.cid
    if wanted != found:
        raise invalid(f"Record was at {found or 'null'}", "InvalidSwap")


def _commit(record: Record) -> Told:
    return {"cid": cid_of_record([record.uri, record.cid, record.rev]), "rev": record.rev}


def _written(record: Record, status: str) -> Told:
    return {"uri": record.uri, "cid": record.cid, "commit": _commit(record), "validationStatus": status}
