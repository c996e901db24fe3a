"""Signing in, and who is who."""

from __future__ import annotations

import hmac
from typing import Any

from .call import Call
from .names import HANDLE
from .refused import Refused, invalid
from .state import User

Told = dict[str, Any]


def create_session(call: Call) -> Told:
    body = call.body(identifier=str, password=str)
    name = str(body["identifier"]).removeprefix("@")
    user = call.sandbox.world.find(name) or next(
        (one for one in call.sandbox.world.users.values() if one.handle == name.lower()), None
    )
    if user is None or not user.password or not hmac.compare_digest(user.password, str(body["password"])):
        raise Refused(401, "AuthenticationRequired", "Invalid identifier or password")
    _check_standing(user)
    return {**_about(call, user), **call.sandbox.sessions.open(user)}


def refresh_session(call: Call) -> Told:
    if call.token is None:
        raise Refused(401, "AuthMissing", "Authentication Required")
    did, tokens = call.sandbox.sessions.renew(call.token)
    user = call.sandbox.world.users[did]
    _check_standing(user)
    return {**_about(call, user), **tokens}


def get_session(call: Call) -> Told:
    return _about(call, call.user)


def delete_session(call: Call) -> None:
    if call.token is None:
        raise Refused(401, "AuthMissing", "Authentication Required")
    call.sandbox.sessions.close(call.token)


def describe_server(call: Call) -> Told:
    return {
        "did": "did:web:sandbox.invalid",
        "availableUserDomains": [".bsky.social"],
        "inviteCodeRequired": False,
        "blobUploadLimit": call.sandbox.upload_limit,
    }


def resolve_handle(call: Call) -> Told:
    handle = call.needed("handle").lower()
    if not HANDLE.fullmatch(handle):
        raise invalid("Error: handle must be a valid handle")
    user = call.sandbox.world.handles.get(handle)
    if user is None:
        raise invalid("Unable to resolve handle")
    return {"did": user.did}


def describe_repo(call: Call) -> Told:
    user = call.person(call.needed("repo"))
    collections = sorted({collection for collection, _ in user.records})
    document = did_document(user, call.sandbox.server_url)
    return {
        "handle": user.handle,
        "did": user.did,
        "didDoc": document,
        "collections": collections,
        "handleIsCorrect": True,
    }


def did_document(user: User, server: str) -> Told:
    """Where an account's own server is."""
    service = {"id": "#atproto_pds", "type": "AtprotoPersonalDataServer", "serviceEndpoint": server}
    return {
        "@context": ["https://www.w3.org/ns/did/v1"],
        "id": user.did,
        "alsoKnownAs": [f"at://{user.handle}"],
        "verificationMethod": [],
        "service": [service],
    }


def _about(call: Call, user: User) -> Told:
    told: Told = {
        "did": user.did,
        "handle": user.handle,
        "email": f"help@{user.handle}",
        "emailConfirmed": True,
        "emailAuthFactor": False,
        "didDoc": did_document(user, call.sandbox.server_url),
        "active": not user.status,
    }
    return told | ({"status": user.status} if user.status else {})


def _check_standing(user: User) -> None:
    if user.status in ("takendown", "suspended"):
        raise Refused(401, "AccountTakedown", "Account has been taken down")
