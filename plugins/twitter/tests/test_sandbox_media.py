"""Media: how files are sent, what they may be, and where they show."""

from __future__ import annotations

import hashlib
import tracemalloc

import pytest
import requests

from plugins.twitter.tests.media_client import Uploader, base64_of, form, picture, sha256
from plugins.twitter.tests.sandbox_client import Caller
from plugins.twitter.tests.twitter_pages import shared_json
from socialdesk._engine.streaming import opened
from socialdesk.media import Files, describe_file
from socialdesk.testing.sandbox import served
from socialdesk.wire import File, Multipart, Request, Slice
from socialdesk_twitter.sandbox import TwitterSandbox

MB = 2**20


@pytest.fixture
def sandbox() -> TwitterSandbox:
    return TwitterSandbox()


@pytest.fixture
def up(sandbox):
    return Uploader(sandbox)


def held(sandbox, number):
    return sandbox.uploads.held[int(number)]


def post(up, *numbers):
    return up.caller.post("Look", media={"media_ids": list(numbers)})


# ------------------------------------------------------------------------------------------------------ in one piece


def test_a_picture_in_one_piece(sandbox, up):
    content = picture(7, 5)
    answer = up.whole(content)
    data = answer.json()["data"]
    assert (answer.status, data["size"], data["expires_after_secs"]) == (200, len(content), 86_400)
    assert data["media_key"] == f"3_{data['id']}"
    assert data["image"] == {"image_type": "image/png", "w": 7, "h": 5}
    assert "processing_info" not in data
    assert held(sandbox, data["id"]).sha256 == sha256(content)


def test_base64_in_json_does_the_same(sandbox, up):
    content = picture()
    body = {"media": base64_of(content), "media_category": "dm_image", "media_type": "image/png"}
    answer = up.caller("POST", "/2/media/upload", json=body)
    assert answer.status == 200
    assert held(sandbox, answer.json()["data"]["id"]).sha256 == sha256(content)


def test_the_file_may_come_before_what_it_is_for(sandbox, up):
    content = picture()
    body = form({}, len(content), lambda: iter([content]))
    last = b'\r\n--a-boundary-of-ours\r\nContent-Disposition: form-data; name="media_category"\r\n\r\n'
    whole = b"".join(body.chunks()).replace(
        b"\r\n--a-boundary-of-ours--", last + b"tweet_image\r\n--a-boundary-of-ours--"
    )
    answer = up.post("/2/media/upload", type(body)(len(whole), body.media_type, lambda: iter([whole])))
    assert held(sandbox, answer.json()["data"]["id"]).sha256 == sha256(content)


@pytest.mark.parametrize(
    "body",
    [
        {"media_category": "tweet_image"},
        {"media": "YQ=="},
        {"media": "not base64", "media_category": "tweet_image"},
        {"media": "YQ==", "media_category": "avatar"},
        {"media": "YQ==", "media_category": "tweet_image", "media_type": "video/mp4"},
        {"media": "YQ==", "media_category": "tweet_image", "name": "a"},
        [],
    ],
)
def test_what_an_upload_must_be(up, body):
    refused = up.caller("POST", "/2/media/upload", json=body)
    assert (refused.status, refused.json()["type"].rpartition("/")[2]) == (400, "invalid-request")


def test_a_broken_form_is_refused(up):
    body = form({"media_category": "tweet_image"}, 3, lambda: iter([b"abc"]))
    torn = b"".join(body.chunks())[:-20]
    answer = up.post("/2/media/upload", type(body)(len(torn), body.media_type, lambda: iter([torn])))
    assert (answer.status, "ends in the middle" in answer.json()["errors"][0]["message"]) == (400, True)


@pytest.mark.parametrize(
    ("category", "media_type", "most"),
    [("tweet_image", "image/png", 5 * MB), ("tweet_gif", "image/gif", 15 * MB)],
)
def test_sizes_in_one_piece(sandbox, up, category, media_type, most):
    assert up.whole(bytes(most), category, media_type).status == 200
    before = len(sandbox.uploads.held)
    assert up.whole(bytes(most + 1), category, media_type).status == 400
    assert len(sandbox.uploads.held) == before


def test_sizes_of_films(up):
    body = {"media_type": "video/mp4", "total_bytes": 512 * MB, "media_category": "tweet_video"}
    assert up.caller("POST", "/2/media/upload/initialize", json=body).status == 200
    body["total_bytes"] += 1
    assert up.caller("POST", "/2/media/upload/initialize", json=body).status == 400


def test_pictures_may_be_looked_into(sandbox, up):
    assert up.whole(b"no picture at all").status == 200
    sandbox.looks_into_media = True
    assert up.whole(b"no picture at all").status == 400
    assert up.whole(picture()).status == 200


def test_the_forms_of_the_framework_and_of_others_are_understood(sandbox, tmp_path):
    file = tmp_path / "a b.png"
    file.write_bytes(picture() + bytes(3 * MB))
    digest = sha256(file.read_bytes())
    fields = {"media_category": "tweet_image", "media_type": "image/png"}
    with served(sandbox) as url:
        authorization = {"Authorization": f"Bearer {sandbox.credentials['oauth2_access_token']}"}
        ours = Multipart(fields, (File(Slice(str(describe_file(file).id)), filename="a b.png"),))
        request = Request("POST", f"{url}/2/media/upload", headers=authorization, body=ours)
        answers = [sandbox.send(opened(request, Files(), "b-o-u-n-d"), 30).json()]
        with file.open("rb") as content, requests.Session() as session:
            session.trust_env = False
            theirs = session.post(
                f"{url}/2/media/upload",
                data=fields,
                files={"media": content},
                headers=authorization,
                timeout=30,
            )
            answers.append(theirs.json())
    for answer in answers:
        assert held(sandbox, answer["data"]["id"]).sha256 == digest


# ------------------------------------------------------------------------------------------------------- in segments


def test_segments_may_come_in_any_order_and_twice(sandbox, up):
    number = up.begin(9)
    for index, content in ((2, b"ghi"), (0, b"???"), (1, b"def"), (0, b"abc")):
        assert up.append(number, index, content).status == 200
    assert up.finalize(number).json()["data"]["size"] == 9
    digests = [held(sandbox, number).segments[index].sha256 for index in range(3)]
    assert digests == [sha256(content) for content in (b"abc", b"def", b"ghi")]
    assert held(sandbox, number).sha256 is None


def test_segments_in_order_have_the_digest_of_the_whole(sandbox, up):
    number = up.begin(6)
    up.append(number, 0, b"abc")
    up.caller(
        "POST", f"/2/media/upload/{number}/append", json={"segment_index": "1", "media": base64_of(b"def")}
    )
    assert up.finalize(number).status == 200
    assert held(sandbox, number).sha256 == sha256(b"abcdef")


@pytest.mark.parametrize("segments", [{0: b"abc"}, {0: b"abc", 2: b"def"}, {0: b"abc", 1: b"defg"}, {}])
def test_segments_that_do_not_add_up(up, segments):
    number = up.begin(6)
    for index, content in segments.items():
        up.append(number, index, content)
    refused = up.finalize(number)
    assert refused.status == 400
    assert refused.json()["errors"][0]["message"] == "Segments do not add up to provided total file size."


@pytest.mark.parametrize("index", ["-1", "1000", "a", ""])
def test_the_number_of_a_segment(up, index):
    number = up.begin(3)
    assert (
        up.post(
            f"/2/media/upload/{number}/append", form({"segment_index": index}, 3, lambda: iter([b"abc"]))
        ).status
        == 400
    )


def test_a_segment_has_a_limit(sandbox, up):
    number = up.begin(6 * MB)
    assert up.append(number, 0, bytes(5 * MB + 1)).status == 413
    assert up.append(number, 0, bytes(5 * MB)).status == 200
    assert up.append(number, 1, bytes(1 * MB)).status == 200
    assert up.finalize(number).status == 200


def test_nothing_is_added_to_a_finished_upload_or_to_someone_elses(sandbox, up):
    number = up.film()
    assert up.append(number, 1, b"more").status == 400
    other = Uploader(sandbox)
    other.caller = Caller(sandbox, "oauth1", sandbox.connect_account("acme2"))
    assert other.append(up.begin(3), 0, b"abc").status == 404
    assert other.caller("GET", "/2/media/upload", media_id=number).status == 404


def test_a_large_film_is_never_held(sandbox, up):
    piece, count = bytes(range(256)) * 256, 3200  # 200 MB in pieces of 64 KB
    sandbox.uploads.limit = 256 * MB
    number = up.begin(len(piece) * count)
    body = form({"segment_index": "0"}, len(piece) * count, lambda: (piece for _ in range(count)))
    tracemalloc.start()
    try:
        assert up.post(f"/2/media/upload/{number}/append", body).status == 200
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert peak < 4 * MB
    whole = hashlib.sha256()
    for _ in range(count):
        whole.update(piece)
    assert up.finalize(number).json()["data"]["size"] == 200 * MB
    assert held(sandbox, number).sha256 == whole.hexdigest()
    assert held(sandbox, number).content is None


# ------------------------------------------------------------------------------------------------------- being ready


def test_a_film_is_worked_on_for_a_while(sandbox, up):
    recorded = shared_json("recorded", "x", "media_finalize_processing_200.json")["data"]
    number = up.begin(4)
    up.append(number, 0, b"film")
    told = up.finalize(number).json()["data"]
    assert recorded.keys() <= told.keys()
    assert told["processing_info"] == recorded["processing_info"]
    refused = post(up, number)
    assert (refused.status, refused.json()["errors"][0]["message"]) == (400, "Your media IDs are invalid.")
    sandbox.advance(seconds=3)
    info = up.status(number)["processing_info"]
    assert (info["state"], info["progress_percent"], info["check_after_secs"]) == ("in_progress", 60, 2)
    sandbox.advance(seconds=2)
    assert up.status(number)["processing_info"] == {"state": "succeeded", "progress_percent": 100}
    assert post(up, number).status == 201


def test_work_may_fail(sandbox, up):
    sandbox.processing_failure = "Unsupported video format"
    number = up.film()
    sandbox.advance(seconds=5)
    info = up.status(number)["processing_info"]
    assert (info["state"], info["error"]["message"]) == ("failed", "Unsupported video format")
    assert post(up, number).status == 400


def test_a_day_later_it_is_gone(sandbox, up):
    number = up.image()
    sandbox.advance(hours=23, minutes=59)
    assert up.status(number)["expires_after_secs"] == 60
    assert post(up, number).status == 201
    sandbox.advance(minutes=1)
    assert up.caller("GET", "/2/media/upload", media_id=number).status == 404
    assert post(up, number).status == 400


@pytest.mark.parametrize("wrong", [{}, {"media_id": "x"}, {"media_id": "1", "command": "INIT"}])
def test_what_the_state_is_asked_with(up, wrong):
    assert up.caller("GET", "/2/media/upload", **wrong).status == 400


# ------------------------------------------------------------------------------------------------ where it shows


def test_in_a_post_with_its_description(sandbox, up):
    number = up.image()
    body = {"id": number, "metadata": {"alt_text": {"text": "a torn box"}}}
    assert up.caller("POST", "/2/media/metadata", json=body).json()["data"]["id"] == number
    said = post(up, number).json()["data"]
    told = up.caller.get(
        f"/2/tweets/{said['id']}",
        expansions="attachments.media_keys",
        media__fields="url,alt_text,width,height,variants",
    )
    assert told["data"]["attachments"] == {"media_keys": [f"3_{number}"]}
    assert told["includes"]["media"] == [
        {
            "media_key": f"3_{number}",
            "type": "photo",
            "url": f"https://pbs.twimg.com/media/{number}.png",
            "alt_text": "a torn box",
            "width": 3,
            "height": 2,
        }
    ]


def test_a_film_has_variants(sandbox, up):
    number = up.film()
    sandbox.advance(seconds=5)
    said = post(up, number).json()["data"]
    told = up.caller.get(
        f"/2/tweets/{said['id']}",
        expansions="attachments.media_keys",
        media__fields="variants,duration_ms,url",
    )
    film = told["includes"]["media"][0]
    assert (film["type"], film["variants"][0]["content_type"]) == ("video", "video/mp4")
    assert "url" not in film


def test_descriptions_have_a_thousand_characters(up):
    number = up.image()
    for length, status in ((1000, 200), (1001, 400)):
        body = {"id": number, "metadata": {"alt_text": {"text": "x" * length}}}
        assert up.caller("POST", "/2/media/metadata", json=body).status == status
    assert up.caller("POST", "/2/media/metadata", json={"id": "12"}).status == 404


def test_what_goes_together(sandbox, up):
    images, film, gif = [up.image() for _ in range(5)], up.film(), up.film("tweet_gif")
    sandbox.advance(seconds=5)
    assert post(up, *images[:4]).status == 201
    assert post(up, *images).status == 400
    assert post(up, images[0], film).status == 400
    assert post(up, film, gif).status == 400
    assert post(up, gif).status == 201


def test_unknown_ones_are_refused(sandbox, up):
    refused = post(up, "12")
    assert (refused.status, refused.json()["errors"][0]["message"]) == (400, "Your media IDs are invalid.")
    assert sandbox.account.posts == []


def test_media_alone_are_a_post(up):
    assert up.caller("POST", "/2/tweets", json={"media": {"media_ids": [up.image()]}}).status == 201


def test_in_a_direct_message(sandbox, up):
    ann = sandbox.user("ann", dms_open=True)
    number = up.image("dm_image")
    path = f"/2/dm_conversations/with/{ann.id}/messages"
    for_posts = up.caller("POST", path, json={"attachments": [{"media_id": up.image()}]})
    assert for_posts.status == 400
    sent = up.caller("POST", path, json={"text": "Look", "attachments": [{"media_id": number}]})
    assert sent.status == 201
    told = up.caller.get(
        "/2/dm_events",
        dm_event__fields="attachments",
        expansions="attachments.media_keys",
        media__fields="url",
    )
    assert told["data"][0]["attachments"] == {"media_keys": [f"3_{number}"]}
    assert told["includes"]["media"][0]["media_key"] == f"3_{number}"
    fetched = up.caller("GET", f"/2/dm_conversations/media/{sent.json()['data']['dm_event_id']}/{number}/abc")
    assert (fetched.status, fetched.body) == (200, picture())
    stranger = Caller(sandbox, "oauth1", sandbox.connect_account("acme2"))
    path = f"/2/dm_conversations/media/{sent.json()['data']['dm_event_id']}/{number}/abc"
    assert stranger("GET", path).status == 404


def test_what_people_attach_in_python(sandbox):
    ann = sandbox.user("ann")
    photo = sandbox.media(alt_text="a torn box", content=b"bytes")
    said = ann.message(sandbox.account, "see", media=(photo,))
    ann.post("@acme see", media=(sandbox.media("video"),))
    caller = Caller(sandbox)
    number = photo.key.partition("_")[2]
    assert caller("GET", f"/2/dm_conversations/media/{said.id}/{number}/x").body == b"bytes"
    told = caller.get(f"/2/users/{sandbox.account.id}/mentions", expansions="attachments.media_keys")
    assert told["includes"]["media"][0]["type"] == "video"


def test_scopes_and_limits(sandbox, up):
    keys = sandbox.credentials
    assert Caller(sandbox, "app")("GET", "/2/media/upload", media_id="1").status == 403
    narrow = Caller(
        sandbox, "oauth2", keys | sandbox.grant("acme", "tweet.read", "tweet.write", "users.read")
    )
    body = {"media": "YQ==", "media_category": "tweet_image"}
    assert narrow("POST", "/2/media/upload", json=body).status == 403
    headers = up.whole(picture()).headers
    assert (headers["x-rate-limit-limit"], headers["x-app-limit-24hour-limit"]) == ("500", "50000")


def test_the_older_api_is_closed(sandbox):
    recorded = shared_json("recorded", "x", "error_403_v11_453.json")["response"]
    answer = Caller(sandbox)("POST", "/1.1/media/upload.json")
    assert (answer.status, answer.json()) == (recorded["status"], recorded["body"])
