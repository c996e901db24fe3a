"""``socialdesk demo``: one story on the platforms of your own machine, by the same commands that you would type.

Each platform is a sandbox in a process of its own, reached over loopback. Nothing here is known to any other module.
"""

from __future__ import annotations

import tempfile
from collections.abc import Sequence
from contextlib import ExitStack
from importlib import import_module
from pathlib import Path

from socialdesk.cli.demo.stage import REFUSED, Chapter, DemoError, Stage, platform
from socialdesk.cli.output import say
from socialdesk.errors import ConfigError, SocialdeskError

__all__ = ["CHAPTERS", "play"]

CHAPTERS = {
    "twitter": "on_twitter",
    "facebook": "on_facebook",
    "tumblr": "on_tumblr",
    "youtube": "on_youtube",
    "mastodon": "on_mastodon",
    "bluesky": "on_bluesky",
}
"""Where each platform's part of the story stands."""
WHOLE = ("twitter", "facebook", "tumblr")
"""The platforms of the story, where none is chosen."""

OUTAGE = (
    "Internet and telephone are down in the northern districts since 10:20. It is a cut cable, we are digging, and "
    "we expect to be done by 14:00. We tell you here when it is."
)


def play(installed: Sequence[str], chosen: Sequence[str] = ()) -> int:
    """Play the story, on the chosen platforms or on those that it was written for, as far as they are installed.

    Gives 0 where every step came to what it must. Raises ConfigError for a platform that has no part in it."""
    names = tuple(dict.fromkeys(chosen)) or tuple(name for name in WHOLE if name in installed)
    if not names:
        raise ConfigError(f"The story wants a platform: pip install socialdesk-{WHOLE[0]}")
    for name in names:
        if name not in CHAPTERS:
            raise ConfigError(f"The story does not play on {name!r}. It plays on: {', '.join(CHAPTERS)}.")
    try:
        with tempfile.TemporaryDirectory(prefix="socialdesk-demo-") as folder, ExitStack() as platforms:
            stage = Stage(Path(folder))
            chapters = [_chapter(stage, name, platforms) for name in names]
            _play(stage, chapters)
    except (DemoError, SocialdeskError) as error:
        say(f"The demo stopped: {error}")
        return 1
    say()
    say(
        "That was the true path: served platforms, signed requests, a database, the commands that you would type."
    )
    return 0


def _chapter(stage: Stage, name: str, platforms: ExitStack) -> Chapter:
    module = import_module(f"socialdesk.cli.demo.{CHAPTERS[name]}")
    made: Chapter = module.CHAPTER(stage, platforms.enter_context(platform(name)))
    return made


def _play(stage: Stage, chapters: Sequence[Chapter]) -> None:
    for chapter in chapters:
        at = f"{chapter.told['base_url']}, with an account {chapter.account}"
        stage.say(f"{chapter.title} is served at {at}.")
        stage.tell("It is added to the desk: its secrets from a file.")
        chapter.connect()
    stage.say(
        "Elsewhere, people speak. One of them does not address the company at all, and one is well known."
    )
    for chapter in chapters:
        chapter.speak()
    stage.say("The desk asks what is new.")
    stage.run("sync")
    stage.say(
        "One inbox, the most urgent first, and why. What is no business of ours is not in it, as a rant about school."
    )
    stage.run("inbox")
    stage.must_be_heard(chapters)
    for chapter in chapters:
        chapter.answer()
    for chapter in chapters:
        chapter.take_private()
    stage.say(
        "A cable is cut in the north. The notice goes out on every account, in each platform's own form."
    )
    stage.run("announce", OUTAGE, expect=(0, REFUSED))
    stage.say("What the platforms themselves show now:")
    for chapter in chapters:
        chapter.show()
    for chapter in chapters:
        if chapter.prices:
            stage.say(
                f"What all of it cost on {chapter.title}, in the platform's units and by the account's prices."
            )
            stage.run("costs", chapter.name)
