"""Subscriptions to activity through the API.

https://docs.x.com/x-api/activity/introduction. The app's own token subscribes to what a user allows the app; a user's
token only to what concerns that user, within its scopes.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from .access import Caller
from .call import Call
from .problems import Refused, missing
from .schema import RESUBSCRIBE, SUBSCRIBE, is_id
from .subscriptions import TYPES, Subscription, needs_consent, scope_of
from .webhooks import find_webhook
from .writing import body_of

if TYPE_CHECKING:
    from .twitter import TwitterSandbox

Told = tuple[int, dict[str, Any]]


def _allowed(sandbox: TwitterSandbox, caller: Caller, event_type: str, user_id: str) -> None:
    """Raises Refused(403) where these credentials may not follow that."""
    scope = scope_of(event_type)
    if caller.scopes is not None and scope not in caller.scopes:
        raise Refused.plain(403, f"The token has no scope {scope}.")
    if not needs_consent(event_type):
        return
    user = sandbox.world.users.get(user_id)
    own = caller.user is None or caller.user is user
    if user is None or not own or not sandbox.keyring.allowed_by(user):
        raise Refused.plain(403, f"The user [{user_id}] has not authorized this app for {event_type}.")


def _answer(sandbox: TwitterSandbox, subscription: Subscription) -> Told:
    """As the OpenAPI documents have it, or in one of the two other shapes that X's pages show."""
    told, total = subscription.told(), len(sandbox.push.registry.subscriptions)
    shapes: dict[str, Any] = {"object": {"subscription": told}, "flat": told, "list": [told]}
    return 200, {"data": shapes[sandbox.subscription_shape], "meta": {"total_subscriptions": total}}


def subscribe(sandbox: TwitterSandbox, call: Call) -> Told:
    body, known = body_of(call, SUBSCRIBE), sandbox.push.registry.subscriptions
    event_type, filtered = body["event_type"], dict(body["filter"])
    if event_type not in TYPES:
        words = f"$.event_type: must be one of {', '.join(sorted(TYPES))}"
        raise Refused.invalid(("$.event_type", event_type, words))
    if "user_id" not in filtered and event_type != "news.new":
        raise Refused.invalid(("$.filter", filtered, "$.filter.user_id: is missing but it is required"))
    _allowed(sandbox, call.caller, event_type, filtered.get("user_id", ""))
    webhook_id = body.get("webhook_id")
    if webhook_id is not None:
        find_webhook(sandbox, webhook_id, "webhook_id")
    same = (event_type, filtered, webhook_id)
    if any((one.event_type, one.filter, one.webhook_id) == same for one in known.values()):
        raise Refused(
            409,
            {"title": "Conflict", "detail": "The subscription is there already.", "status": 409},
            "conflict",
        )
    if len(known) >= sandbox.subscription_limit:
        words = f"SubscriptionLimitExceeded: an app has at most {sandbox.subscription_limit} subscriptions."
        raise Refused.plain(403, words)
    now = sandbox.clock.now()
    made = Subscription(sandbox.world.mint(now), event_type, filtered, now, now, body.get("tag"), webhook_id)
    known[made.id] = made
    return _answer(sandbox, made)


def list_subscriptions(sandbox: TwitterSandbox, call: Call) -> Told:
    token = call.seen.query.get("pagination_token")
    after = sandbox.pages.read(token, call.seen)[1] if token else 0
    known = sorted(sandbox.push.registry.subscriptions.values(), key=lambda one: one.number)
    rest = [one for one in known if one.number > after]
    page = rest[: call.size]
    meta: dict[str, Any] = {"result_count": len(page), "total_subscriptions": len(known)}
    if len(rest) > len(page):
        meta["next_token"] = sandbox.pages.make(call.seen, True, page[-1].number)
    return 200, {**({"data": [one.told() for one in page]} if page else {}), "meta": meta}


def _found(sandbox: TwitterSandbox, value: str) -> Subscription:
    if not is_id(value):
        words = f"The `subscription_id` query parameter value [{value}] is not valid"
        raise Refused.invalid(("subscription_id", value, words))
    found = sandbox.push.registry.subscriptions.get(value)
    if found is None:
        problem = missing("subscription", "subscription_id", value)
        raise Refused(404, problem, str(problem.pop("type")))
    return found


def resubscribe(sandbox: TwitterSandbox, call: Call) -> Told:
    """Another tag or webhook; what is told and about whom stays."""
    found, body = _found(sandbox, call.args["subscription_id"]), body_of(call, RESUBSCRIBE)
    if "webhook_id" in body:
        found.webhook_id = find_webhook(sandbox, body["webhook_id"], "webhook_id").id
    found.tag = body.get("tag", found.tag)
    found.updated_at = sandbox.clock.now()
    return _answer(sandbox, found)


def unsubscribe(sandbox: TwitterSandbox, call: Call) -> Told:
    found = _found(sandbox, call.args["subscription_id"])
    del sandbox.push.registry.subscriptions[found.id]
    total = len(sandbox.push.registry.subscriptions)
    return 200, {"data": {"deleted": True}, "meta": {"total_subscriptions": total}}


def unsubscribe_many(sandbox: TwitterSandbox, call: Call) -> Told:
    known = sandbox.push.registry.subscriptions
    found = [value for value in call.seen.query["ids"].split(",") if known.pop(value, None) is not None]
    deleted = [{"subscription_id": value, "deleted": True} for value in found]
    meta = {"total_subscriptions": len(known)}
    if sandbox.names == "tweet":
        return 200, {"data": {"deleted": bool(deleted)}, "meta": meta}
    return 200, {"data": deleted, "meta": meta}
