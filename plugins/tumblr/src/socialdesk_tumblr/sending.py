"""What is said: the bodies of posts and answers, and whether Tumblr would take them. Pure."""

from __future__ import annotations

import html
from collections.abc import Mapping, Sequence
from datetime import timedelta
from typing import Any
from unicodedata import normalize

from socialdesk.connector import Part, Standing
from socialdesk.errors import Rejected
from socialdesk.models import Attachment, ExternalId, Mention, Reply
from socialdesk.wire import File, Form, Json, Multipart, Slice
from socialdesk_tumblr import npf
from socialdesk_tumblr.ids import post_id
from socialdesk_tumblr.npf import Told
from socialdesk_tumblr.translate import answer_in, own_words

__all__ = [
    "CLOCKS_DIFFER", "LONGEST", "addressed", "answer_form", "check_reply", "is_question", "parent_of", "post_body",
    "same", "verdicts", "warnings", "with_files",
]  # fmt: skip

LONGEST = 4 * npf.LONGEST_BLOCK
"""Code points of one post: Tumblr takes more of them, but nobody reads an answer so long."""

CLOCKS_DIFFER = timedelta(seconds=60)
"""By how much a post of ours may seem older than the attempt that made it."""

NO_REPLIES = (
    "Tumblr lets no app post a bare reply: this becomes a reblog of the post that was replied to, on your own blog, "
    "and mentions the person."
)
NO_MESSAGES = (
    "Tumblr lets no app read or send messages: a person can be answered in public alone, and privately where they "
    "asked a question."
)
ANSWERED = "The question was answered already: another answer would take the place of that one."
_NO_ANONYMOUS = "Nobody can be told who asked anonymously: the question can be answered in public."
_CLOSED = "The author lets nobody reblog this post."
_GONE = frozenset({"deleted", "unavailable"})
_PICTURES = frozenset({"image/jpeg", "image/png", "image/gif", "image/webp"})
_MOST_PICTURES, _LARGEST = 30, 10_000_000
_OURS = frozenset({("file", "media"), ("desk", "media")})


def is_question(target: Mention | None) -> bool:
    return target is not None and target.kind == "ask"


def addressed(reply: Reply) -> Reply:
    """The reply as it is said: an answer to a bare reply names the person, who would not hear of it otherwise."""
    target = reply.target
    if target is None or target.id.kind != "reply" or not target.author.handle:
        return reply
    name = f"@{target.author.handle}"
    if name.lower() in reply.text.lower():
        return reply
    return reply.model_copy(update={"text": f"{name} {reply.text}"})


def parent_of(part: Part) -> ExternalId | None:
    """The post that a part reblogs: the part before it, the target, or the post under which the target stands; None
    for an announcement."""
    if part.done:
        return ExternalId("tumblr", "post", part.done[-1].id)
    if part.target is None or part.target.id.kind == "post":
        return part.target.id if part.target else None
    return part.target.in_reply_to


# ----------------------------------------------------------------------------------------------------- what is sent


def post_body(part: Part, state: str, parent: Told | None, tags: Sequence[str]) -> dict[str, Any]:
    """A post in the Neue Post Format. ``parent`` says what it reblogs.

    https://www.tumblr.com/docs/en/api/v2#posts---createreblog-a-post-neue-post-format
    """
    target = part.target
    blog = None
    if target is not None and target.author.handle and target.author.id is not None:
        blog = (target.author.handle, target.author.id.value)
    body: dict[str, Any] = {"state": state, "content": npf.written(part.text, blog)}
    if tags:
        body["tags"] = ",".join(tags)
    if parent is not None:
        body["parent_tumblelog_uuid"] = parent["blog"]
        body["parent_post_id"] = int(parent["id"])
        body["reblog_key"] = parent["key"]
    return body


def new_pictures(attachments: Sequence[Attachment]) -> list[dict[str, Any]]:
    """Blocks that name the files which come along."""
    blocks = []
    for place, picture in enumerate(attachments):
        media: dict[str, Any] = {"type": picture.media_type, "identifier": f"picture-{place}"}
        media |= {side: size for side in ("width", "height") if (size := getattr(picture, side))}
        block: dict[str, Any] = {"type": "image", "media": [media]}
        blocks.append(block | ({"alt_text": picture.alt_text} if picture.alt_text else {}))
    return blocks


def kept_pictures(draft: Told) -> list[dict[str, Any]]:
    """The pictures of a draft, as blocks that may be sent again: not all that is told of one may be said."""
    blocks: list[dict[str, Any]] = []
    for told in draft.get("content") or ():
        if told.get("type") == "image":
            media = [
                {name: one[name] for name in ("type", "url") if name in one} for one in told["media"][:1]
            ]
            alt_text = {"alt_text": told["alt_text"]} if told.get("alt_text") else {}
            blocks.append({"type": "image", "media": media, **alt_text})
    return blocks


def with_files(body: Mapping[str, Any], attachments: Sequence[Attachment]) -> Json | Multipart:
    """The body of a request that brings the pictures along: their description comes first."""
    if not attachments:
        return Json(body)
    files = (
        File(
            Slice(str(picture.id)),
            name=f"picture-{place}",
            filename=f"picture-{place}",
            media_type=picture.media_type or "",
        )
        for place, picture in enumerate(attachments)
    )
    content = [*body["content"], *new_pictures(attachments)]
    return Multipart({"json": Json({**body, "content": content})}, tuple(files))


def answer_form(part: Part, number: str, tags: Sequence[str]) -> Form:
    """The answer to a question, which is added to it. https://www.tumblr.com/docs/en/api/v2#postedit"""
    paragraphs = "".join(f"<p>{html.escape(block['text'])}</p>" for block in npf.written(part.text))
    state = "private" if part.mode == "private" else "published"
    fields = {"id": number, "answer": paragraphs.replace("\n", "<br>"), "state": state}
    return Form({**fields, **({"tags": ",".join(tags)} if tags else {})})


def same(part: Part, post: Told, parent: Told | None) -> bool:
    """Whether a post of ours is like what publishing ``part`` leaves: it reblogs the same, and says the same."""
    reblogged = str(post.get("reblogged_from_id") or post.get("parent_post_id") or "")
    if reblogged != ("" if parent is None else str(parent["id"])):
        return False
    said = own_words(post).text
    return _words(said) == _words(part.text)


def answers(part: Part, post: Told) -> bool:
    """Whether a question was answered with what ``part`` says."""
    return _words(answer_in(post)) == _words(part.text)


def _words(text: str) -> list[str]:
    return normalize("NFC", text).split()


# -------------------------------------------------------------------------------------------------- what is permitted


def check_reply(reply: Reply, standing: Standing) -> None:
    """Raises Rejected where a reply cannot be sent, whatever its length."""
    target = reply.target
    if reply.mode == "direct" or (reply.mode == "private" and not is_question(target)):
        raise Rejected("unsupported", NO_MESSAGES)
    if reply.mode == "quote" and (target is None or target.id.kind != "post" or is_question(target)):
        raise Rejected("unsupported", "Only a post can be quoted: on Tumblr that is a reblog with a comment.")
    if not reply.text.strip() and not reply.attachments:
        raise Rejected("content", "Tumblr takes no empty post.")
    _check_attachments(reply.attachments, is_question(target))
    refusal = None if target is None else _refusal(target, standing.used, private=reply.mode == "private")
    if refusal is not None:
        raise refusal


def _refusal(target: Mention, used: Sequence[str], *, private: bool = False) -> Rejected | None:
    """Why a mention cannot be answered; None where it can. ``used`` are the answers that it had."""
    told = target.ext.get("tumblr", {})
    if target.state in _GONE:
        return Rejected("gone", "It is gone: there is nothing to answer.")
    if told.get("submission"):
        return Rejected("unsupported", "A submission is published or not: it cannot be answered.")
    if told.get("answered") or (used and is_question(target)):
        return Rejected("gone", ANSWERED)
    if told.get("interactability_reblog") == "noone" and not target.author.is_self:
        return Rejected("not_permitted", _CLOSED)
    if target.id.kind == "reply" and target.in_reply_to is None:
        return Rejected("unsupported", "It is not known under which post the reply stands.")
    if private and target.author.id is None and target.author.handle is None:
        return Rejected("unsupported", _NO_ANONYMOUS)
    return None


def _check_attachments(attachments: Sequence[Attachment], question: bool) -> None:
    if attachments and question:
        raise Rejected("content", "The answer to a question carries no file.")
    if len(attachments) > _MOST_PICTURES:
        raise Rejected("content", f"A post carries up to {_MOST_PICTURES} pictures, not {len(attachments)}.")
    for picture in attachments:
        if (picture.id.platform, picture.id.kind) not in _OURS or not picture.size:
            raise Rejected(
                "content", "The attachment names no file that could be sent: make it with attach()."
            )
        if picture.media_type not in _PICTURES:
            raise Rejected(
                "content", f"Only pictures are sent to Tumblr, not {picture.media_type or 'this file'}."
            )
        if picture.size > _LARGEST:
            raise Rejected("content", f"A picture may have {_LARGEST // 1_000_000} MB on Tumblr.")


def warnings(reply: Reply) -> tuple[str, ...]:
    """What an agent should know before a reply is sent."""
    return (NO_REPLIES,) if reply.target is not None and reply.target.id.kind == "reply" else ()


def verdicts(standing: Standing, me: str | None) -> dict[str, tuple[bool, str | None]]:
    """Whether each ability may be used on ``standing.target``, and why not, or what it will be."""
    target = standing.target
    if target is None:
        return {}
    refusal, private = _refusal(target, standing.used), _refusal(target, standing.used, private=True)
    question = is_question(target)
    note = NO_REPLIES if target.id.kind == "reply" else None
    found: dict[str, tuple[bool, str | None]] = {
        "reply": (refusal is None, str(refusal) if refusal else note),
        "private": (private is None, str(private) if private else None) if question else (False, NO_MESSAGES),
        "quote": (refusal is None, str(refusal) if refusal else None),
        "media": (False, "The answer to a question carries no file.") if question else (True, None),
    }
    if target.id.kind != "post" or question:
        found["quote"] = (False, "Only a post can be quoted.")
    if me is None or not target.id.value.startswith(f"{me}/") or target.id.kind != "post":
        found["delete"] = (False, "Only the blog's own posts, and what lies in its inbox, can be deleted.")
    if target.author.is_self:
        found |= dict.fromkeys(("block", "unblock"), (False, "This is the blog itself."))
    elif target.author.id is None:
        found["unblock"] = (False, "It is not known who this is.")
    return found


def drafted(number: Any, parent: Told | None) -> dict[str, Any]:
    """What is kept of a draft."""
    return {"draft": str(int(number)), "parent": None if parent is None else dict(parent)}


def parent_told(post: Told, wanted: ExternalId) -> dict[str, str]:
    """What a reblog has to say of the post that it reblogs. Raises Rejected where nobody may."""
    if post.get("interactability_reblog") == "noone":
        raise Rejected("not_permitted", _CLOSED)
    identity = post_id(post.get("tumblelog_uuid") or (post.get("blog") or {}).get("uuid"), post["id"])
    blog, _, number = identity.value.partition("/")
    if not post.get("reblog_key"):
        raise Rejected("not_permitted", "Tumblr does not let the blog reblog this post.")
    return {
        "blog": blog if blog != "-" else wanted.value.partition("/")[0],
        "id": number,
        "key": post["reblog_key"],
    }
