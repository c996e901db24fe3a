"""Webhooks through the API: registering, checking, listing, deleting, replaying.

https://docs.x.com/x-api/webhooks/quickstart
"""

from __future__ import annotations

from datetime import datetime, timedelta, timezone
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from socialdesk.testing.pushing import is_loopback

from .call import Call
from .problems import Refused, missing
from .schema import REPLAY, WEBHOOK, is_id
from .snowflake import stamp
from .subscriptions import Webhook
from .writing import body_of

if TYPE_CHECKING:
    from .twitter import TwitterSandbox

Told = tuple[int, dict[str, Any]]
REPLAYED = timedelta(hours=24)


def _refused(kind: str, url: str, words: str) -> Refused:
    return Refused.invalid(("url", url, f"{kind}: {words}"))


def _check_url(sandbox: TwitterSandbox, url: str) -> None:
    """Raises Refused where X delivers to no such address. This machine's own is taken where the sandbox says so."""
    try:
        parts = urlsplit(url)
        host, port = parts.hostname, parts.port
    except ValueError:
        raise _refused("UrlValidationFailed", url, "The URL cannot be read") from None
    if len(url) > 200:
        raise _refused("UrlValidationFailed", url, "The URL is longer than 200 characters")
    if sandbox.loopback_webhooks and parts.scheme == "http" and is_loopback(host):
        return
    if parts.scheme != "https" or not host or "." not in host or is_loopback(host):
        raise _refused("UrlValidationFailed", url, "The URL must be https and lead to a public host")
    if port is not None:
        raise _refused("UrlValidationFailed", url, "The URL must not name a port")


def create_webhook(sandbox: TwitterSandbox, call: Call) -> Told:
    url = body_of(call, WEBHOOK)["url"]
    _check_url(sandbox, url)
    known = sandbox.push.registry.webhooks
    if any(webhook.url == url for webhook in known.values()):
        raise _refused("DuplicateUrlFailed", url, "The URL is registered already")
    if len(known) >= sandbox.webhook_limit:
        raise _refused("WebhookLimitExceeded", url, f"An app has at most {sandbox.webhook_limit} webhooks")
    now = sandbox.clock.now()
    webhook = Webhook(sandbox.world.mint(now), url, now, now)
    problem = sandbox.push.check(webhook)
    if problem:
        raise _refused("CrcValidationFailed", url, problem)
    known[webhook.id] = webhook
    return 200, {"data": webhook.told()}


def list_webhooks(sandbox: TwitterSandbox, call: Call) -> Told:
    told = [webhook.told() for webhook in sandbox.push.registry.webhooks.values()]
    return 200, {**({"data": told} if told else {}), "meta": {"result_count": len(told)}}


def find_webhook(sandbox: TwitterSandbox, value: str, name: str) -> Webhook:
    """Raises Refused where there is no such webhook."""
    if not is_id(value):
        raise Refused.invalid((name, value, f"The `{name}` query parameter value [{value}] is not valid"))
    webhook = sandbox.push.registry.webhooks.get(value)
    if webhook is None:
        problem = missing("webhook_config", name, value)
        raise Refused(404, problem, str(problem.pop("type")))
    return webhook


def check_webhook(sandbox: TwitterSandbox, call: Call) -> Told:
    webhook = find_webhook(sandbox, call.args["webhook_id"], "webhook_id")
    problem = sandbox.push.check(webhook)
    if problem:
        raise _refused("CrcValidationFailed", webhook.url, problem)
    # document 2.165 tells that it was attempted, 2.167 whether the webhook is valid
    return 200, {"data": {"attempted": True, "valid": webhook.valid}}


def delete_webhook(sandbox: TwitterSandbox, call: Call) -> Told:
    webhook = find_webhook(sandbox, call.args["webhook_id"], "webhook_id")
    del sandbox.push.registry.webhooks[webhook.id]
    webhook.valid = False
    return 200, {"data": {"deleted": True}}


def _minute(body: dict[str, Any], name: str) -> datetime:
    try:
        return datetime.strptime(body[name], "%Y%m%d%H%M").replace(tzinfo=timezone.utc)
    except ValueError:
        raise Refused.invalid((f"$.{name}", body[name], f"$.{name}: must be yyyymmddhhmm")) from None


def replay(sandbox: TwitterSandbox, call: Call) -> Told:
    body, now = body_of(call, REPLAY), sandbox.clock.now()
    webhook = find_webhook(sandbox, body["webhook_id"], "webhook_id")
    since, until = _minute(body, "from_date"), _minute(body, "to_date")
    if since < now - REPLAYED - timedelta(minutes=1) or until > now or since >= until:
        words = "must be a stretch of the last 24 hours"
        raise Refused.invalid(("$.from_date", body["from_date"], f"from_date, to_date: {words}"))
    sandbox.push.replay(webhook, since, until)
    return 200, {"data": {"job_id": str(sandbox.world.mint(now)), "created_at": stamp(now)}}
