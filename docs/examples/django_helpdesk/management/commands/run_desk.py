"""``python manage.py run_desk``: hear and send."""

# [command]
import logging
import signal
import threading
from typing import Any

from django.core.management.base import BaseCommand

from django_helpdesk.desk import get_desk
from django_helpdesk.models import Answer
from socialdesk import ConfigError, PlatformError, Rejected

log = logging.getLogger(__name__)
PAUSE = 5.0  # seconds


def hand_over_what_is_left() -> None:
    """Give the desk what a process committed but could not hand over."""
    for written in Answer.objects.filter(handed_over=False, problem=""):
        try:
            written.hand_over()
        except (ConfigError, Rejected) as error:  # trying again will not help: show it to the agent
            written.problem = str(error)
            written.save(update_fields=["problem"])
        except PlatformError as error:
            log.warning("%s waits: %s", written.key, error)


class Command(BaseCommand):
    help = "Hear what is new and send what waits, until SIGTERM or Ctrl-C."

    def handle(self, *args: Any, **options: Any) -> None:
        stop = threading.Event()
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, lambda *_: stop.set())
        with get_desk() as desk:
            while not stop.is_set():
                hand_over_what_is_left()
                desk.drain()
                desk.poll(due_only=True)
                stop.wait(PAUSE)


# [end]
