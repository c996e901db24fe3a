"""What is said: the body of a post, how a reply is planned, and whether X will take it. Pure.

https://docs.x.com/x-api/posts/create-post
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from typing import Any
from unicodedata import normalize

import regex

from socialdesk.connector import Part, Standing
from socialdesk.errors import Rejected
from socialdesk.models import Mention, Mode, Reply
from socialdesk_twitter.ids import post_id
from socialdesk_twitter.length import invalid_characters, link_spans
from socialdesk_twitter.media import check_attachments
from socialdesk_twitter.readable import expanded
from socialdesk_twitter.translate import full_text

__all__ = [
    "CLOCKS_DIFFER",
    "answered",
    "body_of",
    "check_reply",
    "is_ours",
    "post_id_of",
    "same_text",
    "verdicts",
    "warnings",
]

_MODES: frozenset[Mode] = frozenset({"public", "quote"})
CLOCKS_DIFFER = timedelta(seconds=120)
"""By how much a post of ours may seem older than the attempt that made it."""

_TO_MEDIA = regex.compile(
    r"/(?:photo|video)/\d+$|^(?:twitter|x)\.com/messages/media/|^pic\.(?:twitter|x)\.com/"
)
_GONE_STATES = frozenset({"deleted", "unavailable"})


def newest_id(mention: Mention) -> str:
    """The id of the mention's latest version, which is the one to answer."""
    return mention.aliases[-1].value if mention.aliases else mention.id.value


def answered(part: Part) -> str | None:
    """The id of the post that a part is a reply to: the part before it, else the target; None where it is none."""
    if part.done:
        return part.done[-1].id
    if part.target is None or part.mode == "quote":
        return None
    return newest_id(part.target)


def quoted(part: Part) -> str | None:
    """The id of the post that a part quotes: the target, in the first part of a quote."""
    return newest_id(part.target) if part.mode == "quote" and part.target and not part.done else None


def body_of(part: Part, media: tuple[str, ...] = ()) -> dict[str, Any]:
    """The request's body: X refuses any key that it does not know, and an empty text."""
    body: dict[str, Any] = {"text": part.text} if part.text else {}
    if media:
        body["media"] = {"media_ids": list(media)}
    target = answered(part)
    if target is not None:
        body["reply"] = {"in_reply_to_tweet_id": target}
    quote = quoted(part)
    if quote is not None:
        body["quote_tweet_id"] = quote
    return body


def check_reply(reply: Reply) -> None:
    """Raises Rejected where a reply cannot be sent whatever its length."""
    if reply.mode not in _MODES:
        raise Rejected("unsupported", f"X knows no replies in mode {reply.mode}.")
    if reply.target is not None and reply.target.kind == "direct_message":
        raise Rejected("unsupported", "A direct message cannot be quoted.")
    if reply.mode == "quote" and reply.target is None:
        raise Rejected("unsupported", "A quote needs a post to be quoted.")
    check_attachments(reply.attachments, reply.mode)
    if not reply.text.strip() and not reply.attachments:
        raise Rejected("content", "X takes no empty post.")
    invalid = invalid_characters(reply.text)
    if invalid:
        raise Rejected("content", f"X refuses these characters: {', '.join(invalid)}.")
    if reply.target is not None:
        refusal = _target_refusal(reply.target, reply.mode)
        if refusal is not None:
            raise refusal


def _target_refusal(target: Mention, mode: Mode) -> Rejected | None:
    if target.state in _GONE_STATES:
        return Rejected("gone", "The post is gone: there is nothing to answer.")
    if target.author.protected and mode == "quote":
        return Rejected("not_permitted", "The author's posts are protected: they cannot be quoted.")
    if target.author.protected:
        return Rejected(
            "not_permitted", "The author's posts are protected: a public reply would not reach them."
        )
    return None


def is_summoned(target: Mention, me: str | None) -> bool | None:
    """Whether the author called the account: by naming or quoting it. None where that cannot be told."""
    if target.author.is_self or target.kind in ("mention", "quote"):
        return True
    if me is None or "entities" in target.provenance.missing:
        return None
    return any(entity.target is not None and entity.target.value == me for entity in target.entities)


def may_answer(standing: Standing, me: str | None, *, exempt: bool) -> tuple[bool, str | None]:
    """Whether ``standing.target`` may be answered in public, and why it may not or may be refused."""
    target = standing.target
    if target is None:
        return True, None
    refusal = _target_refusal(target, "public")
    if refusal is not None:
        return False, str(refusal)
    return True, None if exempt else _uncertain(target, me)


def _uncertain(target: Mention, me: str | None) -> str | None:
    settings = target.ext.get("twitter", {}).get("reply_settings")
    if is_summoned(target, me) is False:
        return (
            "X will probably refuse this reply: the author neither mentions nor quotes the account in the post, "
            "which self-serve access requires."
        )
    if settings in ("following", "subscribers", "verified"):
        return f"X may refuse this reply: the author lets only some people reply ({settings})."
    return None


def warnings(text: str, reply: Reply, me: str | None, *, exempt: bool) -> tuple[str, ...]:
    """What an agent should know before ``text`` is sent."""
    found = []
    if link_spans(text):
        found.append("A post with a link costs about 13 times as much as one without.")
    if reply.target is not None and not exempt:
        doubt = _uncertain(reply.target, me) if reply.mode == "public" else None
        if doubt is not None:
            found.append(doubt)
        if reply.mode == "quote":
            found.append("X has withdrawn quote posts from self-serve access and will probably refuse this.")
    return tuple(found)


def post_id_of(answer: Mapping[str, Any]) -> str | None:
    data = answer.get("data")
    return post_id(data["id"]).value if isinstance(data, Mapping) and data.get("id") else None


def is_ours(part: Part, post: Mapping[str, Any]) -> bool:
    """Whether a post is what sending ``part`` leaves: it answers and quotes the same, and says the same."""
    references = {
        told["type"]: told["id"]
        for told in post.get("referenced_tweets") or post.get("referenced_posts") or ()
    }
    if references.get("replied_to") != answered(part):
        return False
    quote = quoted(part)
    if quote is not None and references.get("quoted") != quote:
        return False
    return same_text(part.text, post, quoted=quote, carries=bool(part.attachments))


def verdicts(standing: Standing, me: str | None, *, exempt: bool) -> dict[str, tuple[bool, str | None]]:
    """Whether what is done in public may be done to ``standing.target``, and why not or what is uncertain, by
    ability; what is not named may be done."""
    target = standing.target
    allowed, why = may_answer(standing, me, exempt=exempt)
    found: dict[str, tuple[bool, str | None]] = {"reply": (allowed, why), "quote": (allowed, why)}
    if not exempt and allowed:
        found["quote"] = (True, "X has withdrawn quote posts from self-serve access and may refuse this.")
    if target is not None and target.author.is_self:
        nobody = (False, "This is the account itself.")
        found |= {"block": nobody, "unblock": nobody}
    elif target is not None:
        found["delete"] = (False, "Only the account's own posts and messages can be deleted.")
    return found


def same_text(
    ours: str, post: Mapping[str, Any], *, quoted: str | None = None, carries: bool = False
) -> bool:
    """Whether a post or message says what we sent.

    X puts the names of those who are answered before the text, and after it a link to the post ``quoted`` and one to
    what it ``carries``; it writes links short and three characters as entities. All of that is undone before the two
    are compared.
    """
    theirs = _bare(expanded(*full_text(post)))
    if carries and theirs and _TO_MEDIA.search(theirs[-1]):
        theirs = theirs[:-1]
    if quoted is not None and theirs and theirs[-1].endswith(f"/status/{quoted}"):
        theirs = theirs[:-1]
    return _bare(ours) == theirs


def _bare(text: str) -> list[str]:
    words = normalize("NFC", text).split()
    first = next((index for index, word in enumerate(words) if not word.startswith("@")), len(words))
    return [word.removeprefix("https://").removeprefix("http://").rstrip("/") for word in words[first:]]
