"""The control surface: the same things over HTTP that the Python face can do, under ``/_sandbox/``.

=======  ==========================  =====================================================================
method   path                        what it does
=======  ==========================  =====================================================================
GET      /_sandbox/state             the platform's state, the clock and the faults that are armed
GET      /_sandbox/log               the exchanges so far, oldest first; ``?last=n`` for the last n
GET      /_sandbox/introduction      base URL, account, credentials and settings
POST     /_sandbox/advance           ``{"days", "hours", "minutes", "seconds"}``: move the clock on
POST     /_sandbox/faults            ``{"fault": "server_error", "status": 503, "applied": true, "times": 1,
                                     "after": 0, "when": {"method": "POST", "path": "/2/*", "params": {}}}``;
                                     ``"faults": [{"fault": ...}, ...]`` strike together; ``"times": null`` for ever
DELETE   /_sandbox/faults            disarm all faults
POST     /_sandbox/reset             be as new; GET does the same
=======  ==========================  =====================================================================

A platform adds routes of its own. What cannot be understood is answered with 400 and ``{"error": "..."}``.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import asdict, fields, is_dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any, TypeAlias

import orjson

from socialdesk.wire import Headers, Response

from ._faults import FAULTS, Armed, Fault, Matching
from ._push_faults import PUSH_FAULTS
from ._routes import Incoming, Routes

if TYPE_CHECKING:
    from .sandbox import Sandbox

ControlHandler: TypeAlias = Callable[[Any, Incoming, Mapping[str, str]], Any]
"""What a control route runs: (sandbox, request, path arguments) to something that JSON can hold."""


class ControlError(ValueError):
    """A control request that cannot be understood; the message says what is wrong with it."""


_WORDS = {str: "a text", int: "a whole number", float: "a number", bool: "true or false", dict: "an object"}
_WORDS[list] = "a list"


def _fits(value: Any, kind: type) -> bool:
    if isinstance(value, bool):
        return kind is bool
    return isinstance(value, (int, float) if kind is float else kind)


def body_of(seen: Incoming) -> dict[str, Any]:
    """The JSON object that came with a control request; an empty body is an empty object."""
    if not seen.body:
        return {}
    try:
        body = seen.json()
    except ValueError:
        raise ControlError("the body is not JSON") from None
    if not isinstance(body, dict):
        raise ControlError("the body must be a JSON object")
    return body


def take(
    body: Mapping[str, Any], required: Mapping[str, type], optional: Mapping[str, type] | None = None
) -> dict[str, Any]:
    """The named members of a body. Raises ControlError on a member that is missing, unknown or of another type;
    null stands for "not given"."""
    known = {**required, **(optional or {})}
    problems = [
        f"{name}: not known; known are {', '.join(sorted(known))}" for name in body if name not in known
    ]
    problems += [f"{name}: missing" for name in required if body.get(name) is None]
    problems += [
        f"{name}: must be {_WORDS[kind]}"
        for name, kind in known.items()
        if body.get(name) is not None and not _fits(body[name], kind)
    ]
    if problems:
        raise ControlError("; ".join(problems))
    return {name: value for name, value in body.items() if value is not None}


def moment(text: str, name: str = "at") -> datetime:
    """A moment written as ISO 8601 with its zone. Raises ControlError otherwise."""
    try:
        read = datetime.fromisoformat(text)
    except ValueError:
        raise ControlError(f"{name}: must be a moment such as 2026-11-20T09:00:00Z") from None
    if read.tzinfo is None:
        raise ControlError(f"{name}: must say its time zone, as in 2026-11-20T09:00:00Z")
    return read


def _armed(armed: Armed) -> dict[str, Any]:
    return {
        "faults": [{"fault": fault.name, **asdict(fault)} for fault in armed.faults],
        "left": armed.left,
        "passing": armed.passing,
        "struck": armed.struck,
        "when": asdict(armed.when) if isinstance(armed.when, Matching) else None,
    }


def _state(sandbox: Sandbox, seen: Incoming, args: Mapping[str, str]) -> Any:
    return {
        "platform": sandbox.platform,
        "now": sandbox.clock.now().isoformat(),
        "armed": [_armed(armed) for armed in sandbox.armed],
        **sandbox.snapshot(),
    }


def _log(sandbox: Sandbox, seen: Incoming, args: Mapping[str, str]) -> Any:
    entries = list(sandbox.log)
    last = seen.query.get("last")
    if last is not None:
        if not last.isdigit():
            raise ControlError("last: must be a whole number")
        entries = entries[max(0, len(entries) - int(last)) :]
    return {"log": [{**asdict(entry), "at": entry.at.isoformat()} for entry in entries]}


def _introduction(sandbox: Sandbox, seen: Incoming, args: Mapping[str, str]) -> Any:
    return sandbox.introduction()


def _advance(sandbox: Sandbox, seen: Incoming, args: Mapping[str, str]) -> Any:
    steps = take(body_of(seen), {}, {"days": float, "hours": float, "minutes": float, "seconds": float})
    try:
        return {"now": sandbox.advance(**steps).isoformat()}
    except (ValueError, OverflowError) as error:
        raise ControlError(str(error)) from None


def read_fault(told: Mapping[str, Any]) -> Fault:
    """The fault that a JSON object describes. Raises ControlError where it describes none."""
    name, kinds_of = told.get("fault"), {**FAULTS, **PUSH_FAULTS}
    if not isinstance(name, str) or name not in kinds_of:
        raise ControlError(f"fault: must be one of {', '.join(kinds_of)}")
    kind = kinds_of[name]
    assert is_dataclass(kind)
    kinds = {"int": int, "float": float, "bool": bool}
    known = {item.name: kinds.get(str(item.type), str) for item in fields(kind)}
    given = take({key: value for key, value in told.items() if key != "fault"}, {}, known)
    try:
        return kind(**given)
    except ValueError as error:
        raise ControlError(str(error)) from None


def _read_when(told: Mapping[str, Any]) -> Matching:
    given = take(told, {}, {"method": str, "path": str, "params": dict})
    params = {str(name): str(value) for name, value in given.pop("params", {}).items()}
    return Matching(**given, params=params)


def _arm(sandbox: Sandbox, seen: Incoming, args: Mapping[str, str]) -> Any:
    body = body_of(seen)
    rule: dict[str, Any] = {name: body.pop(name) for name in ("times", "after", "when") if name in body}
    for_ever = "times" in rule and rule["times"] is None
    rule = take(rule, {}, {"times": int, "after": int, "when": dict})
    described = take(body, {"faults": list})["faults"] if "faults" in body else [body]
    if not all(isinstance(item, dict) for item in described):
        raise ControlError("faults: must be a list of objects")
    when = _read_when(rule["when"]) if "when" in rule else None
    times = None if for_ever else rule.get("times", 1)
    try:
        return _armed(
            sandbox.fail(*map(read_fault, described), times=times, when=when, after=rule.get("after", 0))
        )
    except ControlError:
        raise
    except ValueError as error:
        raise ControlError(str(error)) from None


def _disarm(sandbox: Sandbox, seen: Incoming, args: Mapping[str, str]) -> Any:
    disarmed = len(sandbox.armed)
    sandbox.armed.clear()
    return {"disarmed": disarmed}


def _reset(sandbox: Sandbox, seen: Incoming, args: Mapping[str, str]) -> Any:
    sandbox.reset()
    return {"reset": True, "now": sandbox.clock.now().isoformat()}


CONTROL: Routes[ControlHandler] = Routes(
    {
        ("GET", "/_sandbox/state"): _state,
        ("GET", "/_sandbox/log"): _log,
        ("GET", "/_sandbox/introduction"): _introduction,
        ("POST", "/_sandbox/advance"): _advance,
        ("POST", "/_sandbox/faults"): _arm,
        ("DELETE", "/_sandbox/faults"): _disarm,
        ("POST", "/_sandbox/reset"): _reset,
        ("GET", "/_sandbox/reset"): _reset,
    }
)


def control(sandbox: Sandbox, routes: Routes[ControlHandler], seen: Incoming) -> Response:
    """Answer a request of the control surface."""
    status, value = _answer(sandbox, routes, seen)
    headers = Headers({"Content-Type": "application/json; charset=utf-8"})
    return Response(status, headers, orjson.dumps(value))


def _answer(sandbox: Sandbox, routes: Routes[ControlHandler], seen: Incoming) -> tuple[int, Any]:
    found = routes.find(seen.method, seen.path)
    if found is None:
        methods = routes.methods(seen.path)
        if methods:
            return 405, {"error": f"{seen.path} takes {', '.join(methods)}"}
        return 404, {"error": f"{seen.path} is not there", "routes": [f"{m} {p}" for m, p in routes.table]}
    try:
        return 200, found.handler(sandbox, seen, found.args)
    except ControlError as error:
        return 400, {"error": str(error)}
