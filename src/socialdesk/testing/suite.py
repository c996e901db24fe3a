"""The contract of a connector, as tests that a plugin inherits::

    class TestChirp(ConnectorSuite):
        connector = Chirp
        settings = {"token": "secret"}
        pages = [Response(200, {}, b'{"items": [...]}')]

pytest finds ``Test...`` classes and runs every check, without a network. A check that needs more than the class gives
is skipped, and its reason says what to give.
"""

from __future__ import annotations

from socialdesk.testing._suite_declares import Declares
from socialdesk.testing._suite_hears import Hears
from socialdesk.testing._suite_lives import Lives
from socialdesk.testing._suite_refuses import Refuses
from socialdesk.testing._suite_says import Says
from socialdesk.testing._suite_withstands import Withstands

__all__ = ["ConnectorSuite"]


class ConnectorSuite(Withstands, Hears, Says, Refuses, Lives, Declares):
    """What every connector must keep to. Derive a class named ``Test...`` and say what is to be tested:

    ``connector``
        the connector class; needed.
    ``settings``
        settings that fit, the app's among them. Their secrets are replaced by recognizable ones where it is
        checked that none is shown.
    ``app``
        the app's settings, where they shall stand apart.
    ``profile``
        the account's :class:`~socialdesk.connector.Profile`, where requests need it.
    ``pages``
        the platform's answers to one walk of ``fetch``: a Response for each page, or a tuple of them where one page
        takes several requests. The last one ends the walk.
    ``stream``, ``topics``
        the stream that the pages belong to (the first, if not said), and its topics. Where it is ``search``, ``rule``
        is what it listens for. ``found_by`` names the stream whose pages tell of the topics, where one does.
    ``items``
        further :class:`~socialdesk.connector.Raw` values to be parsed, such as a webhook's.
    ``sent``
        the platform's answer to a send, or a tuple of them where requests that prepare come first.
    ``prepared``
        what stands ready when that is sent, where send() lays something down first: the ``data`` of its last
        :class:`~socialdesk.connector.Prepared`.
    ``refusals``
        pairs of an answer to a send and what it means: a class of error, or the reason of a Rejected.
    ``sandbox``
        the platform's side of the wire: a class or function that makes a
        :class:`~socialdesk.testing.sandbox.Sandbox`. With it, ``settings``, ``profile``, ``pages`` and ``sent`` may be
        left out, they are recorded from it; and the connector is tested through core with faults on the way. It
        needs :meth:`complain` and :meth:`spoken`, and :meth:`shown` where not everybody sees all of that. ``crowd`` is
        how many complaints one of these checks makes.
    ``fuzz``
        how many broken payloads each of the checks with them tries, made from the pages and answers: see
        :mod:`socialdesk.testing.fuzzing`. ``suite().read_broken(10_000)`` tries more.

    A check that does not hold for a platform by its nature is overridden in the test class, with the reason.
    """
