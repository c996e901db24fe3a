"""The desk of this Django project."""

# [desk]
from functools import cache

from django.conf import settings

from socialdesk import Desk


@cache
def get_desk() -> Desk:
    """One for each process: for all its threads, and across a fork."""
    return Desk(settings.SOCIALDESK_DB)


# [end]
