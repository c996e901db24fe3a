"""Lookups: single posts and users, many at once, who one is, and how much was read."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from .answers import Ask, body_of_posts
from .call import Call
from .fields import tell_post, tell_user
from .problems import Refused, missing, unseen
from .state import Post, User

if TYPE_CHECKING:
    from .twitter import TwitterSandbox


def find_user(sandbox: TwitterSandbox, call: Call, name: str) -> User:
    value = call.args[name]
    if not value.isdigit() or len(value) > 19:
        words = f"The `{name}` query parameter value [{value}] is not valid"
        raise Refused.invalid((name, value, words))
    user = sandbox.world.users.get(value)
    if user is None:
        raise Refused(404, missing("user", name, value), "resource-not-found")
    return user


def find_post(
    sandbox: TwitterSandbox, call: Call, value: str, parameter: str
) -> tuple[Post | None, list[dict[str, Any]]]:
    if not value.isdigit() or len(value) > 19:
        words = f"The `{parameter}` query parameter value [{value}] is not valid"
        raise Refused.invalid((parameter, value, words))
    post = sandbox.world.posts.get(int(value))
    if post is None or post.deleted:
        return None, [missing("tweet", parameter, value)]
    if not sandbox.world.visible(post, call.ask.viewer):
        return None, [unseen("tweet", parameter, value)]
    return post, []


def not_to_be_had(sandbox: TwitterSandbox, errors: list[dict[str, Any]]) -> tuple[int, dict[str, Any]]:
    """A single thing that is not to be had: 404 by the documentation, 200 with errors alone as it was before."""
    if sandbox.missing_is == 200:
        return 200, {"errors": errors}
    problem = dict(errors[0])
    raise Refused(404, problem, str(problem.pop("type")))


def one_post(sandbox: TwitterSandbox, call: Call) -> tuple[int, dict[str, Any]]:
    post, errors = find_post(sandbox, call, call.args["id"], "id")
    if post is None:
        return not_to_be_had(sandbox, errors)
    return 200, body_of_posts(sandbox.world, call.ask, [post], one=True)


def many_posts(sandbox: TwitterSandbox, call: Call) -> tuple[int, dict[str, Any]]:
    found: list[Post] = []
    errors: list[dict[str, Any]] = []
    for value in dict.fromkeys(call.seen.query["ids"].split(",")):
        post, problems = find_post(sandbox, call, value, "ids")
        found += [post] if post else []
        errors += problems
    return 200, body_of_posts(sandbox.world, call.ask, found, errors=errors)


def _users(
    sandbox: TwitterSandbox, call: Call, found: list[User], errors: list[dict[str, Any]]
) -> tuple[int, dict[str, Any]]:
    world, ask = sandbox.world, call.ask
    body: dict[str, Any] = {}
    names = ask.user | {"most_recent_tweet_id"} if _wants_latest(ask) else ask.user
    if found:
        body["data"] = [tell_user(world, user, names, ask.viewer) for user in found]
    latest = [world.posts[user.posts[-1]] for user in found if user.posts] if _wants_latest(ask) else []
    latest = [post for post in latest if world.visible(post, ask.viewer)]
    if latest:
        body["includes"] = {"tweets": [tell_post(world, post, ask.post) for post in latest]}
    if errors:
        body["errors"] = errors
    return 200, body


def _wants_latest(ask: Ask) -> bool:
    return bool(ask.expansions & {"most_recent_tweet_id", "most_recent_post_id"})


def _one_user(sandbox: TwitterSandbox, call: Call, user: User) -> tuple[int, dict[str, Any]]:
    status, body = _users(sandbox, call, [user], [])
    return status, {**body, "data": body["data"][0]}


def me(sandbox: TwitterSandbox, call: Call) -> tuple[int, dict[str, Any]]:
    assert call.caller.user is not None
    return _one_user(sandbox, call, call.caller.user)


def user_by_id(sandbox: TwitterSandbox, call: Call) -> tuple[int, dict[str, Any]]:
    try:
        return _one_user(sandbox, call, find_user(sandbox, call, "id"))
    except Refused as refused:
        if refused.status != 404:
            raise
        return not_to_be_had(sandbox, [missing("user", "id", call.args["id"])])


def user_by_name(sandbox: TwitterSandbox, call: Call) -> tuple[int, dict[str, Any]]:
    name = call.args["username"]
    if not (0 < len(name) <= 15 and name.isascii() and name.replace("_", "a").isalnum()):
        words = f"The `username` query parameter value [{name}] does not match ^[A-Za-z0-9_]{{1,15}}$"
        raise Refused.invalid(("username", name, words))
    user = sandbox.world.handles.get(name.lower())
    if user is None:
        return not_to_be_had(sandbox, [missing("user", "username", name)])
    return _one_user(sandbox, call, user)


def many_users(sandbox: TwitterSandbox, call: Call) -> tuple[int, dict[str, Any]]:
    by_id = "ids" in call.seen.query
    name = "ids" if by_id else "usernames"
    known: Mapping[str, User] = sandbox.world.users if by_id else sandbox.world.handles
    values = dict.fromkeys(call.seen.query[name].split(","))
    found = [known[value.lower()] for value in values if value.lower() in known]
    errors = [missing("user", name, value) for value in values if value.lower() not in known]
    return _users(sandbox, call, found, errors)


def usage(sandbox: TwitterSandbox, call: Call) -> tuple[int, dict[str, Any]]:
    days = int(call.seen.query.get("days", 7))
    today = sandbox.clock.now().date()
    told: dict[str, Any] = {
        "cap_reset_day": sandbox.cap_reset_day,
        "project_cap": sandbox.usage_cap,
        "project_id": "1700000000000000001",
        "project_usage": sandbox.used(),
    }
    if sandbox.names == "post":  # numbers became texts with document 2.167
        told |= {name: str(told[name]) for name in ("project_cap", "project_usage")}
    wanted = call.seen.query.get("usage.fields", "project_cap,project_id,project_usage,cap_reset_day").split(
        ","
    )
    body = {name: value for name, value in told.items() if name in wanted}
    if "daily_project_usage" in wanted:
        dates = [today - timedelta(days=back) for back in range(days)]
        text = sandbox.names == "post"
        listed = [
            {
                "date": f"{date}T00:00:00.000Z",
                "usage": str(sandbox.used(date)) if text else sandbox.used(date),
            }
            for date in dates
        ]
        body["daily_project_usage"] = {"project_id": "1700000001" if text else 1700000001, "usage": listed}
    return 200, {"data": body}
