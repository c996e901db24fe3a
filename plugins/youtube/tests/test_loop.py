"""A desk at YouTube's sandbox: comments are heard and answered, late replies too, and the quota is kept."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from socialdesk import Desk
from socialdesk.errors import Rejected
from socialdesk.models import Mention, Rule
from socialdesk.testing.faults import DropAnswer, LateIndexing
from socialdesk.wire import Request
from socialdesk_youtube.sandbox import Comment, ProcessingFailure, Video, YouTubeSandbox


@pytest.fixture
def sandbox() -> YouTubeSandbox:
    return YouTubeSandbox()


@pytest.fixture
def video(sandbox: YouTubeSandbox) -> Video:
    return sandbox.account.upload("How to reset the router")


@pytest.fixture
def desk(sandbox: YouTubeSandbox, tmp_path: Path) -> Iterator[Desk]:
    rule = Rule(name="brand", phrase="acme cable")
    with Desk(f"sqlite:///{tmp_path}/desk.db", transport=sandbox) as desk:
        desk.connect("youtube", name="acme", settings=sandbox.settings, rules=[rule])
        yield desk


def texts(desk: Desk) -> set[str]:
    return {mention.text for mention in desk.mentions()}


def heard(desk: Desk, comment: Comment) -> Mention:
    return desk.mention(f"youtube:comment:{comment.id}")


def posts(request: Request) -> bool:
    return request.method == "POST" and request.path.endswith("/comments")


def test_a_comment_is_heard_answered_and_the_answer_seen(
    desk: Desk, sandbox: YouTubeSandbox, video: Video
) -> None:
    sandbox.advance(minutes=1)
    question = sandbox.user("ann").comment(video, "How do I reset it?\nThanks & bye <3")
    desk.poll()
    mention = heard(desk, question)
    assert mention.text == "How do I reset it?\nThanks & bye <3"
    assert (mention.kind, mention.visibility, mention.author.handle) == ("comment", "public", "ann")
    assert mention.subject is not None
    assert mention.subject.value == video.id

    desk.reply(mention, "Hold the button for 5 s.", key="answer")
    assert desk.drain().sent == 1

    told = [(comment.author.handle, comment.text) for comment in sandbox.thread(question)]
    assert told[1:] == [("acme", "Hold the button for 5 s.")]
    receipt = desk.receipt("answer")
    assert receipt.state == "sent"
    assert f"lc={question.replies[0].id}" in (receipt.parts[0].url or "")
    sandbox.advance(minutes=5)
    desk.poll()
    ours = heard(desk, question.replies[0])
    assert (ours.direction, ours.in_reply_to) == ("outbound_socialdesk", mention.id)


def test_a_reply_to_a_reply_stands_in_the_thread_and_names_whom_it_answers(
    desk: Desk, sandbox: YouTubeSandbox, video: Video
) -> None:
    sandbox.advance(minutes=1)
    thread = sandbox.user("ann").comment(video, "Mine is broken")
    too = sandbox.user("bob").reply(thread, "Mine too")
    desk.poll()
    desk.reply(heard(desk, too), "Sorry to hear that.", key="k")
    desk.drain()
    assert [comment.text for comment in sandbox.thread(thread)][-1] == "@bob Sorry to hear that."


def pass_time(desk: Desk, sandbox: YouTubeSandbox, *, hours: int, every: int = 60) -> None:
    """Poll what is due, as a running desk does."""
    for _ in range(hours * 60 // every):
        sandbox.advance(minutes=every)
        desk.poll()


@pytest.mark.parametrize("answers", [1, 12], ids=["few replies", "many replies"])
def test_a_late_reply_in_an_old_thread_is_heard(
    desk: Desk, sandbox: YouTubeSandbox, video: Video, answers: int
) -> None:
    """The thread does not move, and stands far below the first page by then."""
    sandbox.advance(minutes=1)
    thread = sandbox.user("ann").comment(video, "Mine is broken")
    for number in range(answers):
        sandbox.user(f"fan_{number}").reply(thread, f"Mine too ({number})")
    desk.poll()
    assert len(texts(desk)) == 1 + answers
    sandbox.advance(days=9)
    sandbox.crowd(230, video)
    desk.poll()
    sandbox.advance(minutes=1)
    sandbox.user("ann").reply(thread, "Still broken, after nine days")
    sandbox.advance(hours=1)
    desk.poll()
    assert "Still broken, after nine days" in texts(desk)


def test_a_thread_in_which_people_still_write_is_watched_beyond_its_days(
    desk: Desk, sandbox: YouTubeSandbox, video: Video
) -> None:
    sandbox.advance(minutes=1)
    thread = sandbox.user("ann").comment(video, "Mine is broken")
    sandbox.advance(days=1)
    sandbox.crowd(120, video)
    sandbox.advance(days=26, minutes=1)
    sandbox.user("ann").reply(thread, "And it is again")
    desk.poll()
    for _ in range(10):
        sandbox.advance(days=2, hours=1)
        desk.poll()
    sandbox.user("ann").reply(thread, "Forty-seven days now")
    pass_time(desk, sandbox, hours=26, every=780)
    assert "Forty-seven days now" in texts(desk)


def test_many_late_replies_are_heard_to_the_last(desk: Desk, sandbox: YouTubeSandbox, video: Video) -> None:
    """Only the latest five come along where threads are listed: the count tells that there are more."""
    sandbox.advance(minutes=1)
    thread = sandbox.user("ann").comment(video, "Mine is broken")
    for number in range(8):
        sandbox.user(f"fan_{number}").reply(thread, f"Mine too ({number})")
    desk.poll()
    sandbox.advance(hours=1)
    desk.poll()
    sandbox.advance(hours=1)
    late = {sandbox.user(f"fan_{number}").reply(thread, f"Still ({number})").text for number in range(9)}
    sandbox.advance(minutes=1)
    desk.poll()
    assert late <= texts(desk)


def test_a_comment_that_shows_late_is_heard_though_newer_ones_were(
    desk: Desk, sandbox: YouTubeSandbox, video: Video
) -> None:
    sandbox.advance(minutes=1)
    sandbox.fail(LateIndexing(seconds=300))
    sandbox.user("ann").comment(video, "I was first")
    sandbox.advance(minutes=1)
    sandbox.user("bob").comment(video, "I was second")
    sandbox.advance(minutes=1)
    desk.poll()
    assert texts(desk) == {"I was second"}
    sandbox.advance(minutes=5)
    comments = [listing for listing in desk.poll().listings if listing.stream == "comments"]
    assert [listing.new for listing in comments] == [1]
    assert "I was first" in texts(desk)


def test_a_count_that_is_behind_makes_no_reply_be_missed(
    desk: Desk, sandbox: YouTubeSandbox, video: Video
) -> None:
    sandbox.advance(minutes=1)
    thread = sandbox.user("ann").comment(video, "Mine is broken")
    for number in range(8):
        sandbox.user(f"fan_{number}").reply(thread, f"Mine too ({number})")
    desk.poll()
    sandbox.count_lag = 1800
    sandbox.advance(hours=2)
    desk.poll()
    sandbox.user("zoe").reply(thread, "Mine as well")
    pass_time(desk, sandbox, hours=1, every=15)
    assert "Mine as well" in texts(desk)


def test_what_was_held_is_heard_as_hidden_and_can_be_published(
    desk: Desk, sandbox: YouTubeSandbox, video: Video
) -> None:
    sandbox.advance(minutes=1)
    held = sandbox.user("ann").comment(video, "You are thieves", status="heldForReview")
    desk.poll()
    mention = heard(desk, held)
    assert (mention.state, mention.visibility) == ("hidden", "unknown")
    allowed = {action.name: action.allowed for action in desk.actions(mention)}
    assert (allowed["unhide"], allowed["hide"], allowed["delete"]) == (True, False, False)
    assert desk.moderate(mention, "unhide").state == "active"
    assert held.status == "published"
    sandbox.advance(hours=1)
    desk.poll()
    assert heard(desk, held).visibility == "public"
    assert desk.moderate(mention, "hide").state == "hidden"
    assert held.status == "heldForReview"


def test_what_was_released_days_later_is_heard_at_its_old_place(
    desk: Desk, sandbox: YouTubeSandbox, video: Video
) -> None:
    sandbox.advance(minutes=1)
    spam = sandbox.user("ann").comment(video, "It was no spam", status="likelySpam")
    sandbox.advance(days=3)
    sandbox.user("bob").comment(video, "Hello")
    desk.poll()
    assert "It was no spam" not in texts(desk)
    sandbox.account.moderate(spam, "published")
    sandbox.advance(hours=1)
    desk.poll()
    assert "It was no spam" in texts(desk)


def test_what_is_rejected_is_hidden_and_no_poll_brings_it_back(
    desk: Desk, sandbox: YouTubeSandbox, video: Video
) -> None:
    sandbox.advance(minutes=1)
    spam = sandbox.user("bot").comment(video, "Cheap watches")
    desk.poll()
    assert desk.moderate(heard(desk, spam), "reject").state == "hidden"
    assert spam.status == "rejected"
    sandbox.advance(hours=1)
    desk.poll()
    assert heard(desk, spam).state == "hidden"


def test_who_insults_is_banned_and_what_was_said_is_gone(
    desk: Desk, sandbox: YouTubeSandbox, video: Video
) -> None:
    sandbox.advance(minutes=1)
    insult = sandbox.user("troll").comment(video, "You are all idiots")
    desk.poll()
    desk.moderate(heard(desk, insult), "block")
    assert insult.status == "rejected"
    assert sandbox.user("troll").comment(video, "Idiots!").status == "rejected"
    with pytest.raises(Rejected, match="not permit"):
        desk.moderate(heard(desk, insult), "delete")


def test_an_edit_is_heard(desk: Desk, sandbox: YouTubeSandbox, video: Video) -> None:
    sandbox.advance(minutes=1)
    comment = sandbox.user("ann").comment(video, "It is lsot")
    desk.poll()
    sandbox.advance(minutes=30)
    sandbox.user("bob").comment(video, "Hello")
    sandbox.user("ann").edit(comment, "It is lost")
    desk.poll()
    mention = heard(desk, comment)
    assert (mention.text, mention.state, mention.revision) == ("It is lost", "edited", 1)


def test_a_deleted_thread_is_known_to_be_gone_once_it_is_walked(
    desk: Desk, sandbox: YouTubeSandbox, video: Video
) -> None:
    sandbox.advance(minutes=1)
    thread = sandbox.user("ann").comment(video, "Mine is broken")
    for number in range(8):
        sandbox.user(f"fan_{number}").reply(thread, f"Mine too ({number})")
    desk.poll()
    sandbox.user("ann").delete(thread)
    pass_time(desk, sandbox, hours=26, every=780)
    assert heard(desk, thread).state == "unavailable"


def test_a_conversation_is_read_whole_when_somebody_looks_at_it(
    desk: Desk, sandbox: YouTubeSandbox, video: Video
) -> None:
    sandbox.advance(minutes=1)
    thread = sandbox.user("ann").comment(video, "Mine is broken")
    rant = sandbox.user("bob").upload("Acme Cable", views=1)
    desk.poll()
    said = {sandbox.user(f"fan_{number}").reply(thread, f"Mine too ({number})").text for number in range(120)}
    found = desk.conversation(f"youtube:comment:{thread.id}", refresh=True)
    assert {mention.text for mention in found.mentions} == {*said, "Mine is broken"}
    rant.views = 120_000
    (mention,) = desk.conversation(f"youtube:video:{rant.id}", refresh=True).mentions
    assert mention.metrics.views == 120_000


def test_a_video_that_names_the_company_is_heard_and_commented(desk: Desk, sandbox: YouTubeSandbox) -> None:
    sandbox.advance(minutes=1)
    about = "Acme Cable ended my contract over one cent. " + "The whole story. " * 20 + "#acmefail"
    rant = sandbox.user("ann").upload("Never again & why", description=about, views=120_000)
    sandbox.user("bob").upload("Cable management", description="acme of tidiness")
    sandbox.advance(minutes=1)
    desk.poll()
    (mention,) = desk.mentions()
    assert (mention.title, mention.text, mention.kind) == ("Never again & why", about, "search_match")
    assert (mention.metrics.views, mention.matched_by) == (120_000, ("brand",))
    assert [entity.text for entity in mention.entities] == ["#acmefail"]
    desk.reply(mention, "This should not have happened.", key="k")
    assert desk.drain().sent == 1
    assert [comment.text for comment in rant.threads] == ["This should not have happened."]


def test_four_rules_do_not_use_up_a_days_searches(sandbox: YouTubeSandbox, tmp_path: Path) -> None:
    rules = [Rule(name=f"r{number}", phrase=f"word{number}") for number in range(4)]
    with Desk(f"sqlite:///{tmp_path}/rules.db", transport=sandbox) as desk:
        desk.connect("youtube", name="acme", settings=sandbox.settings, rules=rules)
        sandbox.advance(hours=23, minutes=1)  # a minute after midnight in California
        for _ in range(47):
            desk.poll(due_only=True)
            sandbox.advance(minutes=30)
    assert 95 <= sandbox.quota.searched[sandbox.clock.start.date() + timedelta(days=1)] <= 96
    assert {entry.status for entry in sandbox.log} == {200}


def test_searches_that_are_used_up_stop_searches_alone(
    desk: Desk, sandbox: YouTubeSandbox, video: Video
) -> None:
    sandbox.advance(minutes=1)
    sandbox.quota.searches = 0
    sandbox.user("ann").comment(video, "Is anybody there?")
    waiting = {listing.stream: listing.again_at for listing in desk.poll().listings if listing.waits}
    assert set(waiting) == {"search"}
    midnight = sandbox.clock.start.replace(hour=8, minute=0) + timedelta(days=1)
    assert waiting["search"] is not None
    assert timedelta(0) <= waiting["search"] - midnight <= timedelta(seconds=3)
    assert texts(desk) == {"Is anybody there?"}
    desk.poll()
    assert sum(entry.path.endswith("/search") for entry in sandbox.log) == 1


def test_a_day_of_quota_ends_at_midnight_pacific(desk: Desk, sandbox: YouTubeSandbox, video: Video) -> None:
    sandbox.advance(minutes=1)  # 1:01 in California
    sandbox.quota.units = 0
    sandbox.user("ann").comment(video, "Is anybody there?")
    report = desk.poll()
    waits = {listing.again_at for listing in report.listings if listing.again_at is not None}
    midnight = sandbox.clock.start.replace(hour=8, minute=0) + timedelta(days=1)
    assert waits
    assert all(timedelta(0) <= at - midnight <= timedelta(seconds=3) for at in waits)
    before = len(sandbox.log)
    pass_time(desk, sandbox, hours=22)
    assert len(sandbox.log) == before
    sandbox.quota.units = 10_000
    sandbox.advance(hours=1)
    desk.poll()
    assert "Is anybody there?" in texts(desk)


def test_polling_of_all_channels_of_a_project_leaves_units_for_answers(
    sandbox: YouTubeSandbox, video: Video, tmp_path: Path
) -> None:
    sandbox.quota.units = 250
    given = sandbox.settings
    shared = {name: given[name] for name in ("client_id", "client_secret")}
    with Desk(f"sqlite:///{tmp_path}/small.db", transport=sandbox) as desk:
        desk.app("youtube", name="project", settings={**shared, "units_per_day": 250})
        for handle in ("acme", "beta"):
            own = {name: told for name, told in sandbox.settings_for(handle).items() if name not in shared}
            del own["api_key"]
            desk.connect("youtube", name=handle, app="project", settings=own)
        sandbox.advance(minutes=1)
        question = sandbox.user("ann").comment(video, "How do I reset it?")
        for _ in range(36):
            sandbox.advance(minutes=5)
            desk.poll()
        assert 190 < sandbox.quota.used(sandbox.clock.now())[0] <= 200
        desk.reply(heard(desk, question), "Hold the button.", key="k")
        assert desk.drain().sent == 1


@pytest.mark.parametrize("fault", [DropAnswer(), ProcessingFailure(applied=True)], ids=["drop", "400"])
def test_an_answer_of_which_nobody_knows_is_found_and_not_said_twice(
    desk: Desk, sandbox: YouTubeSandbox, video: Video, fault: DropAnswer | ProcessingFailure
) -> None:
    sandbox.advance(minutes=1)
    question = sandbox.user("ann").comment(video, "How do I reset it?")
    desk.poll()
    desk.reply(heard(desk, question), "Hold the button.", key="k")
    sandbox.fail(fault, when=posts)
    desk.drain()
    assert desk.receipt("k").state == "unknown"
    sandbox.advance(minutes=6)
    desk.drain()
    receipt = desk.receipt("k")
    assert (receipt.state, receipt.parts[0].settled_by) == ("sent", "readback")
    assert len(question.replies) == 1


def test_an_answer_that_was_not_posted_is_said_once_it_was_looked_for(
    desk: Desk, sandbox: YouTubeSandbox, video: Video
) -> None:
    sandbox.advance(minutes=1)
    question = sandbox.user("ann").comment(video, "How do I reset it?")
    desk.poll()
    desk.reply(heard(desk, question), "Hold the button.", key="k")
    sandbox.fail(ProcessingFailure(), when=posts)
    for _ in range(4):
        desk.drain()
        sandbox.advance(minutes=6)
    assert desk.receipt("k").state == "sent"
    assert len(question.replies) == 1


def test_what_is_taken_for_spam_is_found_where_the_channel_alone_sees_it(
    sandbox: YouTubeSandbox, video: Video, tmp_path: Path
) -> None:
    sandbox.world.spam_words = ("https://",)
    with Desk(f"sqlite:///{tmp_path}/spam.db", transport=sandbox) as desk:
        desk.connect("youtube", name="acme", settings={**sandbox.settings, "announce_on": video.id})
        desk.announce("No service today: https://acme.example.com/status", key="k")
        sandbox.fail(DropAnswer(), when=lambda request: request.method == "POST")
        desk.drain()
        sandbox.advance(minutes=6)
        desk.drain()
        assert desk.receipt("k").state == "sent"
    assert [comment.status for comment in video.threads] == ["likelySpam"]


def test_comments_that_are_turned_off_stop_nothing(desk: Desk, sandbox: YouTubeSandbox, video: Video) -> None:
    closed = sandbox.account.upload("For children")
    sandbox.advance(minutes=1)
    late = sandbox.user("ann").comment(closed, "Hello?")
    desk.poll()
    closed.comments = "off"
    sandbox.user("bob").comment(video, "Is this on?")
    assert desk.poll().ok
    assert "Is this on?" in texts(desk)
    desk.reply(heard(desk, late), "Hello!", key="k")
    desk.drain()
    assert desk.receipt("k").state == "failed"
    assert "turned off" in (desk.receipt("k").parts[0].error or "")


def test_access_ends_and_is_renewed_and_a_revoked_grant_asks_for_a_person(
    desk: Desk, sandbox: YouTubeSandbox, video: Video
) -> None:
    for _ in range(3):
        sandbox.advance(hours=2)
        assert desk.poll().ok
    sandbox.revoke("acme")
    assert not desk.poll().ok
    assert desk.account("acme").health.state == "reauth_required"


def test_a_key_alone_hears_and_says_nothing(sandbox: YouTubeSandbox, video: Video, tmp_path: Path) -> None:
    names = ("base_url", "token_url", "channel_id", "api_key")
    settings = {name: sandbox.settings[name] for name in names}
    sandbox.user("ann").comment(video, "It is lost", status="heldForReview")
    sandbox.user("bob").comment(video, "It is there")
    with Desk(f"sqlite:///{tmp_path}/key.db", transport=sandbox) as desk:
        desk.connect("youtube", name="reader", settings=settings, hear_from=None)
        desk.poll()
        assert texts(desk) == {"It is there"}
        desk.reply(desk.mentions()[0], "Good!", key="k")
        desk.drain()
        assert desk.receipt("k").state == "failed"
