"""What is sent along: refused in words, uploaded once, and said when it is ready."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from plugins.twitter.tests.media_client import picture
from plugins.twitter.tests.test_messages import complaint, heard, message, signed_in
from plugins.twitter.tests.twitter_pages import NOW, answer, connector
from socialdesk.client import Client
from socialdesk.connector import Part, Prepared, Sent, Standing
from socialdesk.errors import PlatformError, RateLimited, Rejected, Unavailable
from socialdesk.models import Attachment, ExternalId, Mode, Reply
from socialdesk.testing import replay
from socialdesk.wire import File, Json, Multipart, Request, Response, Slice
from socialdesk_twitter.media import SEGMENT
from socialdesk_twitter.sandbox import TwitterSandbox

MB = 1_000_000
FILM = 200 * 2**20


def attached(media_type: str, size: int = 1000, **more: Any) -> Attachment:
    kind = {"image/gif": "animation", "application/pdf": "file"}.get(media_type, media_type.partition("/")[0])
    return Attachment.model_validate(
        {"id": "desk:media:abc", "kind": kind, "media_type": media_type, "size": size, **more}
    )


PNG, GIF, MP4 = attached("image/png"), attached("image/gif"), attached("video/mp4", FILM)


def planned(*attachments: Attachment, mode: Mode = "public", text: str = "See") -> tuple[Part, ...]:
    target = complaint(receives_your_dm=True)
    reply = Reply(idempotency_key="k", target=target, text=text, mode=mode, attachments=attachments)
    return connector().plan(reply, Standing(now=NOW, target=target))


# ----------------------------------------------------------------------------------------------------- in words


@pytest.mark.parametrize(
    ("attachments", "mode", "words"),
    [
        ((PNG,) * 5, "public", "up to 4 pictures"),
        ((PNG, GIF), "public", "goes alone"),
        ((MP4, MP4), "public", "goes alone"),
        ((PNG, PNG), "private", "carries one file"),
        ((attached("image/png", 5 * MB + 1),), "public", "5 MB"),
        ((attached("image/gif", 15 * MB + 1),), "public", "15 MB"),
        ((attached("video/mp4", 512 * MB + 1),), "public", "512 MB"),
        ((attached("video/mp4", 9, duration=141),), "public", "140 seconds"),
        ((attached("application/pdf"),), "public", "application/pdf"),
        ((attached("image/png", alt_text="a" * 1001),), "public", "1000 characters"),
        ((PNG.model_copy(update={"id": ExternalId("twitter", "media", "3_1")}),), "public", r"attach\(\)"),
        ((PNG.model_copy(update={"size": None}),), "public", r"attach\(\)"),
    ],
)
def test_what_x_does_not_take_is_refused_in_words(
    attachments: tuple[Attachment, ...], mode: Mode, words: str
) -> None:
    with pytest.raises(Rejected, match=words) as caught:
        planned(*attachments, mode=mode)
    assert caught.value.reason == "content"


def test_what_it_takes() -> None:
    for attachments in ((PNG,) * 4, (GIF,), (MP4,)):
        (part,) = planned(*attachments)
        assert part.attachments == attachments
    assert [len(part.attachments) for part in planned(PNG, text="word " * 100)] == [1, 0]
    (part,) = planned(PNG, text="")
    assert part.text == ""


# ------------------------------------------------------------------------------------------------ step by step


def uploaded(media_id: str = "71", **more: Any) -> Response:
    return answer(
        {"data": {"id": media_id, "media_key": f"3_{media_id}", "expires_after_secs": 86_400, **more}}
    )


def working(state: str, **more: Any) -> Response:
    return uploaded(processing_info={"state": state, "check_after_secs": 7, **more})


def run(part: Part, *answers: Response, now: Any = NOW) -> tuple[Sent | Prepared, tuple[Request, ...]]:
    part = replace(part, standing=Standing(now=now, target=part.target))
    answered = [replace(told, received_at=now) for told in answers]
    seen = replay(connector().send(part), answered, now=now)
    return seen.result, seen.requests


POSTED = answer({"data": {"id": "90"}}, 201)


def test_pictures_are_uploaded_kept_and_then_said() -> None:
    (part,) = planned(PNG, attached("image/jpeg", alt_text="a torn box"))
    prepared, asked = run(part, uploaded("71"), uploaded("72"), answer({}))
    assert isinstance(prepared, Prepared)
    assert (prepared.data["media_ids"], prepared.again_in) == (["71", "72"], 0)
    assert [request.path.rpartition("/2/")[2] for request in asked] == ["media/upload"] * 2 + [
        "media/metadata"
    ]
    body = asked[0].body
    assert isinstance(body, Multipart)
    assert body.fields == {"media_category": "tweet_image"}
    assert body.files == (File(Slice("desk:media:abc"), media_type="image/png"),)
    assert asked[2].body == Json({"id": "72", "metadata": {"alt_text": {"text": "a torn box"}}})
    assert {request.does for request in asked} == {"prepares"}
    sent, asked = run(replace(part, prepared=prepared.data), POSTED)
    assert isinstance(sent, Sent)
    (said,) = asked
    assert said.does == "speaks"
    assert isinstance(said.body, Json)
    assert said.body.value["media"] == {"media_ids": ["71", "72"]}
    assert said.body.value["reply"] == {"in_reply_to_tweet_id": "40"}


def test_a_film_is_sent_in_pieces_and_kept_now_and_then() -> None:
    (part,) = planned(MP4)
    pieces = FILM // SEGMENT
    requests: list[Request] = []
    prepared: Any = None
    steps = [[uploaded(), *[answer({})] * 16], [answer({})] * 16, [answer({})] * 16]
    steps.append([*[answer({})] * (pieces - 48), working("pending")])
    for answers in steps:
        prepared, asked = run(replace(part, prepared=prepared and prepared.data), *answers)
        assert isinstance(prepared, Prepared)
        requests += asked
    assert prepared.again_in == 7
    assert requests[0].body == Json(
        {"media_type": "video/mp4", "total_bytes": FILM, "media_category": "tweet_video"}
    )
    sent = [request.body for request in requests[1:-1]]
    assert all(isinstance(body, Multipart) for body in sent)
    assert [body.files[0].content for body in sent] == [  # type: ignore[union-attr]  # as was just seen
        Slice("desk:media:abc", number * SEGMENT, SEGMENT) for number in range(pieces)
    ]
    assert [body.fields for body in sent][-1] == {"segment_index": str(pieces - 1)}  # type: ignore[union-attr]  # the same
    assert requests[-1].path == "/2/media/upload/71/finalize"
    prepared, asked = run(replace(part, prepared=prepared.data), working("in_progress"))
    assert isinstance(prepared, Prepared)
    assert asked[0].params == {"command": "STATUS", "media_id": "71"}
    assert (prepared.again_in, prepared.data["media_ids"]) == (7, [])
    prepared, _ = run(replace(part, prepared=prepared.data), working("succeeded"))
    assert isinstance(prepared, Prepared)
    assert prepared.data["media_ids"] == ["71"]
    sent_now, _ = run(replace(part, prepared=prepared.data), POSTED)
    assert isinstance(sent_now, Sent)


def test_the_last_piece_is_as_long_as_what_is_left() -> None:
    (part,) = planned(attached("image/gif", SEGMENT + 5))
    _, asked = run(part, uploaded(), answer({}), answer({}), working("succeeded"))
    body = asked[2].body
    assert isinstance(body, Multipart)
    assert body.files == (File(Slice("desk:media:abc", SEGMENT, 5)),)
    assert asked[0].body == Json(
        {"media_type": "image/gif", "total_bytes": SEGMENT + 5, "media_category": "tweet_gif"}
    )


@pytest.mark.parametrize(("target", "category"), [(complaint(), "dm_image"), (message(), "dm_image")])
def test_in_private_it_is_another_kind_of_upload(target: Any, category: str) -> None:
    mode: Mode = "direct" if target.kind == "direct_message" else "private"
    reply = Reply(idempotency_key="k", target=target, text="", mode=mode, attachments=(PNG,))
    (part,) = connector().plan(reply, Standing(now=NOW, target=target))
    prepared, asked = run(part, uploaded())
    assert isinstance(prepared, Prepared)
    assert isinstance(asked[0].body, Multipart)
    assert asked[0].body.fields == {"media_category": category}
    done = answer({"data": {"dm_conversation_id": "1-2", "dm_event_id": "70"}}, 201)
    _, asked = run(replace(part, prepared=prepared.data), done)
    assert asked[0].body == Json({"attachments": [{"media_id": "71"}]})


def raised_after(part: Part, answers: list[Response], error: PlatformError) -> Any:
    """What a send gives whose request after these answers fails."""
    flow = connector().send(replace(part, standing=Standing(now=NOW, target=part.target)))
    asked = flow.send(None)
    for told in answers:
        asked = flow.send(replace(told, request=asked, received_at=NOW))
    try:
        flow.throw(error)
    except StopIteration as ended:
        return ended.value
    return None


def test_what_was_sent_before_a_failure_is_kept() -> None:
    (part,) = planned(MP4)
    kept = raised_after(part, [uploaded(), answer({}), answer({})], Unavailable("gone away"))
    assert isinstance(kept, Prepared)
    assert kept.data["files"][0]["segment"] == 2
    assert kept.again_in >= 1
    limited = RateLimited("enough", retry_at=NOW + timedelta(minutes=3))
    assert raised_after(part, [uploaded()], limited).again_in == 180
    with pytest.raises(Unavailable):
        raised_after(part, [], Unavailable("gone away"))


@pytest.mark.parametrize(
    ("told", "words"),
    [
        (
            working("failed", error={"code": 1, "name": "InvalidMedia", "message": "Unsupported codec"}),
            "codec",
        ),
        (working("failed"), "does not say why"),
    ],
)
def test_what_x_cannot_use_is_refused_with_its_reason(told: Response, words: str) -> None:
    (part,) = planned(GIF)
    with pytest.raises(Rejected, match=words) as caught:
        run(part, uploaded(), answer({}), told)
    assert caught.value.reason == "content"


def test_a_film_that_takes_too_long_is_refused() -> None:
    (part,) = planned(GIF)
    prepared, _ = run(part, uploaded(), answer({}), working("pending"))
    assert isinstance(prepared, Prepared)
    later = replace(part, prepared=prepared.data)
    prepared, _ = run(later, working("in_progress"), now=NOW + timedelta(minutes=59))
    assert isinstance(prepared, Prepared)
    with pytest.raises(Rejected, match="within an hour"):
        run(replace(part, prepared=prepared.data), working("in_progress"), now=NOW + timedelta(minutes=61))


def test_what_x_has_forgotten_is_uploaded_anew() -> None:
    (part,) = planned(PNG)
    prepared, _ = run(part, uploaded("71"))
    assert isinstance(prepared, Prepared)
    kept = replace(part, prepared=prepared.data)
    sent, _ = run(kept, POSTED, now=NOW + timedelta(hours=23))
    assert isinstance(sent, Sent)
    again, asked = run(kept, uploaded("72"), now=NOW + timedelta(hours=24))
    assert isinstance(again, Prepared)
    assert (again.data["media_ids"], asked[0].path) == (["72"], "/2/media/upload")


def test_a_file_that_x_refuses_is_told_of_as_that() -> None:
    (part,) = planned(PNG)
    with pytest.raises(Rejected, match="does not take this file") as caught:
        raised_after(part, [], Rejected("unsupported", "invalid", code="invalid-request"))
    assert (caught.value.reason, caught.value.code) == ("content", "invalid-request")


# ------------------------------------------------------------------------------------- against a platform that answers


@pytest.fixture
def sandbox() -> TwitterSandbox:
    return TwitterSandbox()


@pytest.fixture
def client(sandbox: TwitterSandbox) -> Client:
    return signed_in(sandbox)


@pytest.fixture
def png(tmp_path: Path) -> Path:
    file = tmp_path / "box.png"
    file.write_bytes(picture())
    return file


def test_pictures_are_seen_with_their_descriptions(
    sandbox: TwitterSandbox, client: Client, png: Path
) -> None:
    sandbox.user("ann").post("@acme is it this one?")
    (mention,), _ = heard(client, "mentions")
    files = tuple(client.attach(png, alt_text=f"box {number}") for number in range(4))
    receipt = client.send(Reply(idempotency_key="k", target=mention, text="One of these.", attachments=files))
    assert receipt.state == "sent"
    assert receipt.parts[0].id is not None
    (ours,) = client.lookup([receipt.parts[0].id])
    assert [item.alt_text for item in ours.attachments] == [f"box {number}" for number in range(4)]  # type: ignore[union-attr]  # a Mention
    assert [item.kind for item in ours.attachments] == ["image"] * 4  # type: ignore[union-attr]  # the same


@pytest.mark.parametrize("mode", ["public", "private"])
def test_a_film_is_waited_for(sandbox: TwitterSandbox, client: Client, tmp_path: Path, mode: Mode) -> None:
    sandbox.processing_seconds = 90
    ann = sandbox.user("ann")
    ann.follow(sandbox.account)
    ann.post("@acme how does it open?")
    (mention,), _ = heard(client, "mentions")
    film = tmp_path / "opening.mp4"
    with film.open("wb") as file:
        file.write(b"\0\0\0\x18ftypmp42")
        file.truncate(20 * SEGMENT + 7)
    began = sandbox.clock.now()
    reply = Reply(
        idempotency_key="k", target=mention, text="So.", mode=mode, attachments=(client.attach(film),)
    )
    assert client.send(reply).state == "sent"
    assert sandbox.clock.now() - began >= timedelta(seconds=90)
    (upload,) = sandbox.uploads.held.values()
    assert (upload.size, len(upload.segments)) == (20 * SEGMENT + 7, 21)
    appends = [entry for entry in sandbox.log if entry.path.endswith("/append")]
    assert len(appends) == 21


def test_a_film_that_cannot_be_used_is_not_said(
    sandbox: TwitterSandbox, client: Client, tmp_path: Path
) -> None:
    sandbox.processing_failure = "Unsupported video format"
    sandbox.user("ann").post("@acme how does it open?")
    (mention,), _ = heard(client, "mentions")
    gif = tmp_path / "a.gif"
    gif.write_bytes(b"GIF89a" + bytes(2000))
    with pytest.raises(Rejected) as caught:
        client.send(Reply(idempotency_key="k", target=mention, text="So.", attachments=(client.attach(gif),)))
    assert caught.value.reason == "content"
    assert list(sandbox.account.posts) == []


def test_a_post_with_a_picture_is_found_again(sandbox: TwitterSandbox, client: Client, png: Path) -> None:
    sandbox.user("ann").post("@acme is it this one?")
    (mention,), _ = heard(client, "mentions")
    reply = Reply(idempotency_key="k", target=mention, text="This one.", attachments=(client.attach(png),))
    client.send(reply)
    sandbox.advance(seconds=30)
    (part,) = client.connector.plan(reply, Standing(now=sandbox.clock.now(), target=mention))
    part = replace(part, started_at=sandbox.clock.now() - timedelta(minutes=5))
    from socialdesk._engine.exchange import converse

    search = client._run(converse(client.connector.find_sent(part), client._flows.session("reply")))
    assert len(search.found) == 1
