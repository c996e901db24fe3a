"""What a server tells, as values: a status to a Mention, an account to an Author or Profile. Pure.

A raw item holds the status under ``status``, beside what was learnt of it: ``root``, the id of the status that began
the thread, and ``edits``, how often it was edited. Servers of other makes leave out much: no field but the id is
relied upon.

https://docs.joinmastodon.org/entities/Status/
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Any, TypeAlias

from socialdesk.connector import Gone
from socialdesk.models import ExternalId, Mention
from socialdesk_mastodon.ids import media_id, post_id, user_id
from socialdesk_mastodon.readable import readable

__all__ = ["acct_of", "author_of", "to_gone", "to_mention", "visibility_of"]

Told: TypeAlias = Mapping[str, Any]

NOTHING: Told = {}
_VISIBILITY = {"public": "public", "unlisted": "unlisted", "private": "followers", "direct": "direct"}
_MEDIA = {"image": "image", "gifv": "animation", "video": "video", "audio": "audio"}
_COUNTS = {
    "likes": "favourites_count",
    "replies": "replies_count",
    "reposts": "reblogs_count",
    "quotes": "quotes_count",
}
_GONE = {410: "deleted"}
"""404 is the answer for what is deleted, and for what the account may not see."""


def to_mention(body: Told, me: str | None) -> Mention:
    """The mention that a status is, for the account with the id ``me`` (None: not known yet)."""
    status: Told = body["status"]
    named = post_id(status["id"])
    identity = named.value
    passed_on = _part(status, "reblog")
    shown = passed_on or status
    account = _part(status, "account")
    quoted = _quoted(status)
    text, entities = _text_of(shown, quotes=quoted is not None)
    own = None if me is None or "id" not in account else str(account["id"]) == me
    parent, root = status.get("in_reply_to_id"), body.get("root")
    fields: dict[str, Any] = {
        "id": named,
        "kind": _kind(status, me, own=bool(own), quoted=quoted),
        "visibility": visibility_of(status),
        "author": author_of(account, own),
        "text": text,
        "title": shown.get("spoiler_text") or None,
        "entities": entities,
        "language": shown.get("language"),
        "in_reply_to": post_id(parent) if parent else None,
        "conversation": post_id(root) if root else None if parent else named,
        "attachments": [_attachment(item) for item in _list(shown, "media_attachments")],
        "metrics": {name: _number(status.get(told)) for name, told in _COUNTS.items()},
        "url": status.get("url") or status.get("uri"),
        "created_at": _moment(status.get("created_at")),
        "order": identity.zfill(20) if identity.isdigit() else identity,
        "ext": {"mastodon": _extras(status, shown)},
        "provenance": {"missing": tuple(_missing(status, body))},
    }
    if own:
        fields["direction"] = "outbound_native"
    if shown.get("edited_at"):
        edits = body.get("edits") or 1
        fields |= {"state": "edited", "edited_at": _moment(shown["edited_at"]), "revision": edits}
    if quoted is not None:
        fields["quotes"] = post_id(quoted["id"])
    fields["subject"] = _subject(fields, status, me, quoted)
    return Mention.model_validate(fields)


def to_gone(body: Told) -> Gone:
    """What the answer to a look for one status says, by its HTTP status."""
    state = _GONE.get(body.get("http") or 0, "unavailable")
    return Gone(id=post_id(body["id"]), state=state)  # type: ignore[arg-type]  # values of a table


def visibility_of(status: Told) -> str:
    """Who may see a status, in core's words; a word that is not known is unknown, never public."""
    return _VISIBILITY.get(str(status.get("visibility")), "unknown")


def author_of(account: Told, own: bool | None) -> dict[str, Any]:
    """The fields of an Author, as far as the server told them; ``own`` where it is the account itself."""
    if "id" not in account:
        return {}
    return {
        "id": user_id(account["id"]),
        "id_scope": "instance",
        "handle": acct_of(account),
        "display_name": account.get("display_name") or None,
        "url": account.get("url") or account.get("uri"),
        "avatar_url": account.get("avatar"),
        "kind": "bot" if account.get("bot") else "unknown",
        "is_self": own,
        "followers": _number(account.get("followers_count")),
    }


def acct_of(account: Told) -> str | None:
    """The name by which the account's server knows somebody: without a host where it is the server's own."""
    return account.get("acct") or account.get("username")


def _text_of(status: Told, *, quotes: bool) -> tuple[str, list[dict[str, Any]]]:
    content = status.get("content")
    if content is None:
        return str(status.get("text") or ""), []  # a deletion's answer has what was written
    return readable(content, status, quotes=quotes)


def _kind(status: Told, me: str | None, *, own: bool, quoted: Told | None) -> str:
    """What a status is to the account: whom it answers, names or quotes decides, not the way it came."""
    if _part(status, "reblog"):
        return "repost"
    if status.get("visibility") == "direct":
        return "direct_message"
    if me is not None:
        if str(status.get("in_reply_to_account_id")) == me:
            return "reply"
        if any(str(mention.get("id")) == me for mention in _list(status, "mentions")):
            return "mention"
        if quoted is not None and str(_part(quoted, "account").get("id")) == me:
            return "quote"
    if status.get("in_reply_to_id"):
        return "reply"
    return "other" if own else "search_match"


def _quoted(status: Told) -> Told | None:
    """The status that is quoted, or as much as is told of it; None where there is none."""
    quote = _part(status, "quote")
    quoted = _part(quote, "quoted_status") or ({"id": quote["quoted_status_id"]} if _has_id(quote) else quote)
    return quoted if quoted.get("id") else None


def _has_id(quote: Told) -> bool:
    return bool(quote.get("quoted_status_id"))


def _subject(fields: Told, status: Told, me: str | None, quoted: Told | None) -> ExternalId | None:
    """The account's own status that this one answers, quotes or passes on."""
    passed_on = _part(status, "reblog")
    if me is None:
        return None
    if str(status.get("in_reply_to_account_id")) == me:
        parent: ExternalId | None = fields["in_reply_to"]
        return parent
    for other in (quoted or NOTHING, passed_on):
        if str(_part(other, "account").get("id")) == me:
            return post_id(other["id"])
    return None


def _attachment(item: Told) -> dict[str, Any]:
    original = _part(_part(item, "meta"), "original")
    return {
        "id": media_id(item["id"]),
        "kind": _MEDIA.get(str(item.get("type")), "other"),
        "url": item.get("url") or item.get("remote_url"),
        "preview_url": item.get("preview_url"),
        "alt_text": item.get("description"),
        "width": _number(original.get("width")),
        "height": _number(original.get("height")),
        "duration": original.get("duration") if isinstance(original.get("duration"), int | float) else None,
    }


def _extras(status: Told, shown: Told) -> dict[str, Any]:
    kept = {name: status[name] for name in ("uri", "sensitive") if status.get(name)}
    approval = _part(status, "quote_approval").get("current_user")
    if approval:
        kept["quote_approval"] = approval
    poll = _part(shown, "poll")
    if poll:
        kept["poll"] = [option.get("title") for option in _list(poll, "options")]
    if status.get("visibility") == "direct":
        kept["names"] = [name for mention in _list(status, "mentions") if (name := acct_of(mention))]
    if shown is not status:
        kept["reposts"] = str(shown.get("id"))
    return kept


def _missing(status: Told, body: Told) -> Iterator[str]:
    """What this way did not tell, as names of Mention's fields."""
    if "id" not in _part(status, "account"):
        yield "author"
    if visibility_of(status) == "unknown":
        yield "visibility"
    if "created_at" not in status:
        yield "created_at"
    if not any(told in status for told in _COUNTS.values()):
        yield "metrics"
    if status.get("in_reply_to_id") and not body.get("root"):
        yield "conversation"


def _part(told: Told, name: str) -> Told:
    part = told.get(name)
    return part if isinstance(part, Mapping) else NOTHING


def _list(told: Told, name: str) -> list[Told]:
    listed = told.get(name)
    return [item for item in listed if isinstance(item, Mapping)] if isinstance(listed, list) else []


def _number(told: Any) -> int | None:
    return told if isinstance(told, int) and told >= 0 else None


def _moment(told: Any) -> datetime | None:
    return datetime.fromisoformat(told) if told else None
