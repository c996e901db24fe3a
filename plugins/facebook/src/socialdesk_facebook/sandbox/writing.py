"""What a Page writes through the API: posts, comments, edits, hiding, deleting, likes, pictures."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from urllib.parse import urlsplit

from .asking import read_fields
from .call import Call
from .given import Upload
from .problems import Refused
from .stamps import moment
from .state import Page, PostOptions, StateError
from .telling import tell
from .world import COMMENT_LENGTH, POST_LENGTH
from .written import Comment, Photo, Post

DONE: Mapping[str, Any] = {"success": True}
PHOTO_AT_MOST = 10 * 2**20
PHOTO_TYPES = ("image/jpeg", "image/png", "image/gif", "image/bmp", "image/tiff", "image/webp")


def created(call: Call, thing: Any) -> dict[str, Any]:
    """The answer to what made something: its id, and the fields asked for."""
    fields = read_fields(call.given.text("fields") or "")
    return tell(call.view, thing, fields) if fields else {"id": thing.id}


def _web(call: Call, name: str) -> str | None:
    """A parameter that is an address on the web. Raises Refused on something else."""
    said = call.given.text(name)
    if not said:
        return None
    parts = urlsplit(said)
    if parts.scheme not in ("http", "https") or not parts.hostname:
        raise Refused.param(f"Param {name} should represent a valid URL")
    if parts.hostname.endswith(".invalid"):
        raise Refused("(#1609005) The link that was given could not be fetched", 1609005)
    return said


def _own_photo(call: Call, name: str, page: Page) -> Photo:
    """A picture that the Page uploaded before. Raises Refused where there is none."""
    photo = call.sandbox.world.photos.get(int(name)) if name.isascii() and name.isdigit() else None
    if photo is None or photo.owner is not page or photo.deleted:
        raise Refused.param(f"Attachment {name} does not exist")
    return photo


# -------------------------------------------------------------------------------------------------------- comments


def _attached(call: Call, page: Page) -> tuple[tuple[Photo, ...], str]:
    """The one picture of a comment, and what its text gains from a shared link. Raises Refused on several."""
    given = [
        name for name in ("attachment_id", "attachment_url", "attachment_share_url") if call.given.text(name)
    ]
    if len(given) + ("source" in call.given.files) > 1:
        raise Refused.param("Only one attachment may be given")
    if "source" in call.given.files:
        return (_uploaded(call, call.given.files["source"], page),), ""
    if given == ["attachment_id"]:
        return (_own_photo(call, call.given.text("attachment_id") or "", page),), ""
    if given == ["attachment_url"]:
        _web(call, "attachment_url")
        return (call.sandbox.world.photo(page, published=False),), ""
    return (), (_web(call, "attachment_share_url") or "") if given else ""


def add_comment(call: Call, thing: Post | Photo | Comment) -> dict[str, Any]:
    page = call.own_page(thing) if call.caller.page else None
    if page is None:
        raise Refused.page_token_wanted()
    call.demand("pages_manage_engagement", "MODERATE")
    text = call.given.text("message") or ""
    photos, link = _attached(call, page)
    if not text.strip() and not photos and not link:
        raise Refused.param("Missing message or attachment")
    if len(text) > COMMENT_LENGTH:
        raise Refused.param(f"Param message must be at most {COMMENT_LENGTH} characters long")
    options: PostOptions = {"photos": photos}
    try:
        made = call.sandbox.world.comment(page, thing, text or link, **options)
    except StateError:
        raise Refused.gone("POST", thing.id) from None
    return created(call, made)


def change_comment(call: Call, comment: Comment) -> dict[str, Any]:
    page = call.own_page(comment)
    call.demand("pages_manage_engagement", "MODERATE")
    text = call.given.text("message")
    if text is None and "is_hidden" not in call.given.values:
        raise Refused.missing("message")
    if text is not None and (comment.author is not page or not text.strip()):
        raise Refused.forbidden() if text.strip() else Refused.param("Missing message or attachment")
    if "is_hidden" in call.given.values:
        _hide(call, comment, page)
    if text is not None:
        call.sandbox.world.edit(page, comment, text)
    return dict(DONE)


def _hide(call: Call, thing: Post | Comment, page: Page) -> None:
    hidden = call.given.flag("is_hidden")
    try:
        call.sandbox.world.hide(page, thing, hidden)
    except StateError:
        raise Refused.param("This content can not be hidden by its own author") from None


# ----------------------------------------------------------------------------------------------------------- posts


def _check_new(page: Page, text: str, link: str, photos: tuple[Photo, ...]) -> None:
    """Raises Refused where the Page's latest post says the same."""
    last = next((one for one in reversed(page.wall) if one.author is page and not one.deleted), None)
    if last and text and (last.text, last.link, last.photos) == (text, link, photos):
        words = "This status update is identical to the last one you posted. Try posting something different."
        raise Refused("(#506) Duplicate status message", 506, error_user_msg=words)


def publish(call: Call, page: Page) -> dict[str, Any]:
    call.own_page(page)
    call.demand("pages_manage_posts", "CREATE_CONTENT")
    text, link = call.given.text("message") or "", _web(call, "link") or ""
    media = call.given.structure("attached_media") or []
    media += [
        call.given.structure(name) for name in sorted(call.given.values) if name.startswith("attached_media[")
    ]
    photos = tuple(_own_photo(call, str(dict(one).get("media_fbid", "")), page) for one in media)
    if not (text.strip() or link or photos):
        raise Refused.param("Missing message or attachment")
    if len(text) > POST_LENGTH:
        raise Refused.param(f"Param message must be at most {POST_LENGTH} characters long")
    published, planned = call.given.flag("published", True), call.given.text("scheduled_publish_time")
    if planned and (published or moment(planned, "scheduled_publish_time") < call.sandbox.clock.now()):
        raise Refused.param("The specified scheduled publish time is invalid.")
    _check_new(page, text, link, photos)
    made = call.sandbox.world.publish(page, text, link=link, photos=photos, published=published, page=page)
    return created(call, made)


def change_post(call: Call, post: Post) -> dict[str, Any]:
    page = call.own_page(post)
    text = call.given.text("message")
    changes = [name for name in ("message", "is_hidden", "is_published") if name in call.given.values]
    if not changes:
        raise Refused.missing("message")
    if "is_hidden" in changes:
        call.demand("pages_manage_engagement", "MODERATE")
        _hide(call, post, page)
    if text is not None or "is_published" in changes:
        call.demand("pages_manage_posts", "CREATE_CONTENT")
        if post.author is not page:
            raise Refused.forbidden()
        post.published = call.given.flag("is_published", post.published)
        if text is not None:
            call.sandbox.world.edit(page, post, text)
    return dict(DONE)


def delete(call: Call, thing: Any) -> dict[str, Any]:
    """Take something away: the Page's own, or what others wrote on its wall."""
    if not isinstance(thing, (Post, Comment, Photo)):
        raise Refused.gone("DELETE", thing.id)
    page = call.own_page(thing)
    posts = isinstance(thing, (Post, Photo)) and thing.author is page
    call.demand(
        *(("pages_manage_posts", "CREATE_CONTENT") if posts else ("pages_manage_engagement", "MODERATE"))
    )
    if not call.sandbox.world.may_remove(page, thing):
        raise Refused.forbidden()
    if isinstance(thing, Photo):
        thing.deleted = True
    else:
        call.sandbox.world.remove(page, thing)
    return dict(DONE)


# ---------------------------------------------------------------------------------------------------------- likes


def like(call: Call, thing: Post | Comment) -> dict[str, Any]:
    call.demand("pages_manage_engagement", "MODERATE")
    call.sandbox.world.react(call.own_page(thing), thing, "LIKE")
    return dict(DONE)


def unlike(call: Call, thing: Post | Comment) -> dict[str, Any]:
    call.demand("pages_manage_engagement", "MODERATE")
    call.sandbox.world.unreact(call.own_page(thing), thing)
    return dict(DONE)


# --------------------------------------------------------------------------------------------------------- pictures


def _uploaded(call: Call, file: Upload, page: Page) -> Photo:
    """A picture from a file. Raises Refused on one that Facebook does not take."""
    if file.size > PHOTO_AT_MOST:
        raise Refused(
            "(#324) Requires upload file", 324, 2069019, error_user_msg="The photo is larger than 10 MB."
        )
    if file.media_type not in PHOTO_TYPES or not file.size:
        words = "Your photos couldn't be uploaded. Photos should be less than 10 MB and saved as JPG, PNG, GIF or WEBP."
        raise Refused("Invalid parameter", 100, 1366046, error_user_msg=words)
    return call.sandbox.world.photo(page, content=file.content, published=False)


def add_photo(call: Call, page: Page) -> dict[str, Any]:
    call.own_page(page)
    call.demand("pages_manage_posts", "CREATE_CONTENT")
    published = call.given.flag("published", True)
    if "source" in call.given.files:
        photo = _uploaded(call, call.given.files["source"], page)
    elif _web(call, "url"):
        photo = call.sandbox.world.photo(page, published=False)
    else:
        raise Refused("(#324) Requires upload file", 324)
    text = call.given.text("message") or call.given.text("caption") or ""
    photo.published, photo.caption = published, text
    if not published:
        return {"id": photo.id}
    made = call.sandbox.world.publish(page, text, photos=(photo,), page=page)
    return {"id": photo.id, "post_id": made.id}
