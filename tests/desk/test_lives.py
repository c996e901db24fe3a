"""The locks by which workers know of each other whether they live, on files."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
from pathlib import Path

from socialdesk.desk.lives import FileLives

HOLDS = """
import sys, time
from pathlib import Path
from socialdesk.desk.lives import FileLives
FileLives(Path(sys.argv[1])).begin("killed")
print("held", flush=True)
time.sleep(60)
"""


def names(folder: Path) -> set[str]:
    return {path.stem for path in folder.iterdir()}


def test_what_a_killed_process_left_is_cleared_away_and_what_lives_stays(tmp_path: Path) -> None:
    living, another = FileLives(tmp_path), FileLives(tmp_path)
    living.begin("living")
    with subprocess.Popen([sys.executable, "-c", HOLDS, str(tmp_path)], stdout=subprocess.PIPE) as process:
        assert process.stdout is not None
        process.stdout.readline()
        assert living.is_held("killed")
        process.send_signal(signal.SIGKILL)
        process.wait()
    assert names(tmp_path) == {"living", "killed"}
    assert not living.is_held("killed")
    another.begin("another")
    assert names(tmp_path) == {"living", "another"}
    assert not living.is_held("killed")
    assert living.is_held("another")
    assert another.is_held("living")
    another.end("another")
    living.end("living")
    assert names(tmp_path) == set()


def test_whoever_clears_away_takes_no_lock_from_one_that_begins(tmp_path: Path) -> None:
    """Three begin and end all the time and clear away what they find: each is held for as long as it has begun."""
    wrong: list[str] = []

    def come_and_go(who: int) -> None:
        mine, other = FileLives(tmp_path), FileLives(tmp_path)
        for turn in range(300):
            name = f"{who}.{turn % 3}"
            mine.begin(name)
            if not other.is_held(name):
                wrong.append(name)
            mine.end(name)

    threads = [threading.Thread(target=come_and_go, args=(who,)) for who in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert wrong == []
    assert os.listdir(tmp_path) == []
