"""What a desk does with what platforms deliver, as flows: keep it before it is acknowledged, take it in later."""

from __future__ import annotations

import hashlib
import logging
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import timedelta
from functools import partial

import orjson

from socialdesk._engine.effects import TakeStamp, Work
from socialdesk._engine.exchange import converse, describe
from socialdesk._engine.health import Symptom
from socialdesk._engine.ingest import Reading, follow_up, read_items
from socialdesk.connector import Push, Raw, Stub
from socialdesk.desk import accounts, pushes, symptoms
from socialdesk.desk.accounts import AccountRow
from socialdesk.desk.enriching import enriched
from socialdesk.desk.premises import Premises
from socialdesk.desk.pushes import Delivery
from socialdesk.desk.reports import ReceivedReport
from socialdesk.desk.schema import micros
from socialdesk.desk.storing import store_page
from socialdesk.desk.symptoms import PUSHING
from socialdesk.desk.workplace import Workplace
from socialdesk.errors import ConfigError, PlatformError, SocialdeskError
from socialdesk.wire import WebhookAnswer, WebhookRequest

__all__ = ["Receiving"]

log = logging.getLogger("socialdesk.desk")

LARGEST = 4 * 2**20
"""Bytes of a delivery: the largest that a platform is known to send is a thousand changes of about a kilobyte."""
AT_A_TIME = 50
KEPT_HEADERS = ("content-type",)
"""What of a delivery's head a plugin may need to read it. A signature is checked when it comes, and not kept."""
RETRY_SUBSCRIBING = timedelta(minutes=15)


@dataclass(frozen=True)
class _Parcel:
    """The items of one delivery that are for one account."""

    row: AccountRow
    raws: Sequence[Raw]


class Receiving(Premises):
    """Webhooks: challenges, deliveries, subscriptions."""

    async def receive(
        self, app: str, request: WebhookRequest, *, platform: str | None = None
    ) -> WebhookAnswer:
        """Answer a platform's request to our webhook; a delivery is durable when this returns 200.

        ``app`` is the name of the developer app that the webhook is registered for, or of an account that brought its
        app's settings. What is not signed by the platform is answered with 403 and left alone; the same delivery again
        changes nothing. :meth:`poll` and :meth:`run` take in what was kept. Raises ConfigError where there is no such
        app, or its secret is not set: without one nothing can be verified, so nothing is accepted.
        """
        found = await pushes.find_receiver(app, self.tenant, platform)
        kind = self.registry.connector(found.platform)
        settings = self.workshop.joined(found.settings, found.secrets)
        shared = self.registry.validate(kind.App, settings, f"The settings for the {found.platform} app")
        connector = kind.of_app(shared)
        if len(request.body) > LARGEST:
            return WebhookAnswer(413, b"too large")
        try:
            challenge = connector.answer_challenge(request)
            if challenge is not None:
                return challenge
            genuine = connector.verify_webhook(request) is True
        except SocialdeskError:
            raise
        except Exception as error:  # whatever a plugin stumbles over in what a stranger may have sent
            log.warning("a delivery for %s cannot be verified: %s", found.platform, describe(error))
            genuine = False
        if not genuine:
            return WebhookAnswer(403, b"not signed by the platform")
        stamp = await TakeStamp()
        await pushes.keep(
            Delivery(
                scope=found.scope,
                digest=_digest(request),
                platform=found.platform,
                query=orjson.dumps(dict(request.query)).decode(),
                headers=_kept(request.headers),
                body=request.body,
                tries=0,
                received_at=micros(stamp.now),
            )
        )
        return WebhookAnswer(200, b"ok")

    async def take_in(self) -> ReceivedReport:
        """Take in what was delivered and kept: mentions, edits, deletions, what was read, what it says of accounts.

        What is for an account that is not connected is parked until it is; what cannot be read is tried again, and
        kept. Nothing of a delivery is forgotten before all of it is stored.
        """
        return await self._take_in(await self._rows(None))

    async def _take_in(self, rows: Sequence[AccountRow]) -> ReceivedReport:
        scopes = None if self.tenant is None else sorted({row.app_id or row.id for row in rows})
        report = ReceivedReport()
        while True:
            stamp = await TakeStamp()
            found = await pushes.waiting(scopes, stamp.now, AT_A_TIME)
            for delivery in found:
                report += await self._take_one(delivery, rows)
            if len(found) < AT_A_TIME:
                return report

    async def _take_one(self, delivery: Delivery, rows: Sequence[AccountRow]) -> ReceivedReport:
        ours = [row for row in rows if delivery.scope in (row.app_id, row.id)]
        stamp = await TakeStamp()
        new = 0
        problem: Exception | None = None
        try:
            raws = await Work(partial(self._parsed, delivery))
            parcels, strangers = await self._sorted(raws, ours)
        except Exception as error:  # a plugin's own mistake, in reading what a platform sent
            parcels, strangers, problem = [], set(), error
        for parcel in parcels:
            try:
                stored, unheard = await self._store(parcel)
            except Exception as error:  # an account's own affair: what is for others is stored
                stored, unheard = 0, error
            new, problem = new + stored, problem or unheard
        if problem is not None:
            words = str(problem) if isinstance(problem, SocialdeskError) else describe(problem)
            await pushes.postpone(delivery, words, stamp.now, parked=False)
            return ReceivedReport(deliveries=1, new=new, put_off=1)
        if strangers:
            words = f"It is for accounts that are not connected: {', '.join(sorted(strangers))}."[:2000]
            await pushes.postpone(delivery, words, stamp.now, parked=True)
            return ReceivedReport(deliveries=1, new=new, parked=1)
        await pushes.finish(delivery)
        return ReceivedReport(deliveries=1, new=new)

    def _parsed(self, delivery: Delivery) -> tuple[Raw, ...]:
        kind = self.registry.connector(delivery.platform)
        connector = kind.of_app(kind.App.model_construct())  # reading needs no secret
        request = WebhookRequest(
            query=orjson.loads(delivery.query), headers=orjson.loads(delivery.headers), body=delivery.body
        )
        return connector.parse_webhook(request)

    async def _sorted(
        self, raws: Sequence[Raw], rows: Sequence[AccountRow]
    ) -> tuple[list[_Parcel], set[str]]:
        """Each account's items, and the ids of those that are nobody's here."""
        owners = await self._owners(rows)
        parcels: dict[str, tuple[AccountRow, list[Raw]]] = {}
        strangers: set[str] = set()
        for raw in raws:
            name = None if raw.account is None else str(raw.account)  # a plugin may take what stands there
            row = owners.get(name) if name is not None else (rows[0] if len(rows) == 1 else None)
            if row is None:
                strangers.add((name or "unnamed").encode(errors="backslashreplace").decode())
            else:
                parcels.setdefault(row.id, (row, []))[1].append(raw)
        return [_Parcel(row, found) for row, found in parcels.values()], strangers

    async def _owners(self, rows: Sequence[AccountRow]) -> Mapping[str | None, AccountRow]:
        owners: dict[str | None, AccountRow] = {}
        for row in rows:
            profile = row.profile
            if profile is None:
                try:
                    profile = (await self._ready_place(row)).connector.profile
                except (
                    SocialdeskError
                ) as error:  # its own affair: what is for it is parked until it is in order
                    log.warning("it is not known who %s is: %s", row.name, error)
            if profile is not None:
                owners.update(dict.fromkeys((profile.id, *profile.also), row))
        return owners

    async def _store(self, parcel: _Parcel) -> tuple[int, Exception | None]:
        """Store one account's items of a delivery: how many were new, and why some could not be looked up yet."""
        place = await self._ready_place(parcel.row)
        stamp = await TakeStamp()
        reading = Reading(place.connector, stamp.now, "webhook", place.account.id)
        read, unread = await Work(partial(read_items, reading, parcel.raws))
        session = place.session("follow_up")
        problem: Exception | None = None
        try:
            read, unread = await follow_up(read, unread, session)
        except SocialdeskError as error:  # what was told is heard meanwhile
            read, problem = tuple(entry for entry in read if not isinstance(entry.item, Stub)), error
        labelled = await enriched(read, place.account.id, self._enricher(place.account))
        record = await self._page_record(place, session)
        stored = await store_page(
            replace(record, stream="webhook", via="webhook", read=labelled, unread=unread)
        )
        await self._tell(parcel.row, stored.events)
        return stored.new, problem

    async def subscribe(self, account: str, url: str, *, events: Sequence[str] = ()) -> Push:
        """Have the platform deliver to ``url``, where :meth:`receive` answers; :meth:`run` renews it when it is due.

        The platform may ask at once whether we are who we say, so ``url`` has to be served when this is called. What
        stands already is left as it is. Polling goes on, as the safety net. Raises Rejected(unsupported) where the
        platform delivers nothing, and what the platform says.
        """
        if not url.startswith(("https://", "http://127.0.0.1", "http://localhost")):
            raise ConfigError("url: it must begin with https://, since what people write is sent to it.")
        row = await self._row(account)
        place = await self._ready_place(row)
        return await self._subscribed(place, Push(url=url, events=tuple(events)))

    async def _subscribed(self, place: Workplace, push: Push) -> Push:
        stands = await converse(place.connector.subscribe(push), place.session("follow_up"))
        await accounts.save_push(place.account.id, stands)
        stamp = await TakeStamp()
        await self._tell(place.account, await symptoms.note(place.account.id, stamp, gone=(PUSHING,)))
        return stands

    async def renew_subscriptions(self) -> None:
        """Renew the subscriptions that are due. One that fails is tried again, and stands in the account's problem."""
        stamp = await TakeStamp()
        for row in await self._rows(None):
            if row.push is None or row.push.renew_at is None or row.push.renew_at > stamp.now:
                continue
            try:
                await self._subscribed(await self._ready_place(row), row.push)
            except SocialdeskError as error:
                retry_at = error.retry_at if isinstance(error, PlatformError) else None
                later = max(retry_at or stamp.now, stamp.now + RETRY_SUBSCRIBING)
                await accounts.save_push(row.id, replace(row.push, renew_at=later))
                await self._note_stale(row, error)
                log.warning("deliveries for %s cannot be renewed: %s", row.name, error)

    async def _note_stale(self, row: AccountRow, error: SocialdeskError) -> None:
        stamp = await TakeStamp()
        stale = Symptom(
            source=PUSHING,
            reason="deliveries_stale",
            text=f"The platform's deliveries could not be renewed: {error}",
            since=stamp.now,
            seen_at=stamp.now,
            outbound=False,
        )
        await self._tell(row, await symptoms.note(row.id, stamp, (stale,)))


def _digest(request: WebhookRequest) -> str:
    """Names a delivery: no platform gives each one an id of its own that it also signs."""
    return hashlib.sha256(request.body).hexdigest()


def _kept(headers: Mapping[str, str]) -> str:
    return orjson.dumps({name: headers[name] for name in KEPT_HEADERS if name in headers}).decode()
