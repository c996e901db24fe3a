"""Nodes as they are told: the fields that were asked for, edges among them, deep as they were asked."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from .access import Caller
from .asking import Field, plain, read_fields
from .inbox import Conversation, Message
from .paging import Listing, Shape, paged, size_of, walk
from .problems import Refused
from .state import Page, Person
from .written import Comment, Photo, Post

if TYPE_CHECKING:
    from .facebook import FacebookSandbox


@dataclass(frozen=True, slots=True)
class View:
    """Whose eyes an answer has, and in which version of the API."""

    sandbox: FacebookSandbox
    caller: Caller
    version: str

    def url(self, *path: str) -> str:
        return "/".join((self.sandbox.base_url, self.version, *path))


Tell = Callable[[View, Any], Any]
List = Callable[[View, Any, Mapping[str, str]], Listing]


@dataclass(frozen=True, slots=True)
class Node:
    """A node as a field's value: told by the fields asked for of it, or these."""

    thing: Any
    defaults: tuple[str, ...] = ("id",)


@dataclass(frozen=True, slots=True)
class Edge:
    """A list that hangs on a node. ``scopes`` are what reading it takes, ``own`` whether it takes the Page's own token;
    ``params`` are its parameters beside the general ones; a ``bare`` one is told without paging."""

    listed: List
    defaults: tuple[str, ...] = ("id",)
    params: frozenset[str] = frozenset()
    scopes: tuple[str, ...] = ("pages_read_engagement",)
    own: bool = False
    tell: Callable[[View, Any, Sequence[Field]], Any] | None = None
    bare: bool = False


@dataclass(frozen=True, slots=True)
class Kind:
    """A type of nodes: what can be asked of one. ``silent`` are fields that Facebook knows and that have no value here;
    ``structs`` the members of fields that are objects."""

    name: str
    fields: Mapping[str, Tell]
    defaults: tuple[str, ...]
    edges: Mapping[str, Edge] = field(default_factory=dict)
    silent: frozenset[str] = frozenset()
    structs: Mapping[str, frozenset[str]] = field(default_factory=dict)
    has_id: bool = True


class Kinds:
    """All types of nodes, by what they are here."""

    def __init__(self) -> None:
        self._kinds: dict[type, Kind] = {}

    def add(self, what: type, kind: Kind) -> None:
        self._kinds[what] = kind

    def of(self, thing: Any) -> Kind:
        return self._kinds[type(thing)]

    def all(self) -> tuple[Kind, ...]:
        return tuple(self._kinds.values())


KINDS = Kinds()


@dataclass(frozen=True, slots=True)
class Rating:
    """A recommendation as /ratings lists it: a view of the post behind it, without an id of its own."""

    post: Post

    @property
    def key(self) -> tuple[int, int]:
        return self.post.key


def page_of(thing: Any) -> Page | None:
    """The Page that a thing belongs to."""
    if isinstance(thing, Page):
        return thing
    if isinstance(thing, (Post, Comment, Photo, Conversation, Message)):
        return thing.page
    return None


def from_shown(view: View, author: Any) -> bool:
    """Whether Facebook says who wrote something: silently not, where the app lacks access."""
    if isinstance(author, Page):
        return True
    allowed = "pages_read_user_content" in view.caller.scopes
    return allowed and (view.sandbox.advanced_access or (isinstance(author, Person) and author.tester))


def tell(view: View, thing: Any, asked: Sequence[Field] = ()) -> dict[str, Any]:
    """A node, by the fields asked for or its usual ones."""
    kind, told = KINDS.of(thing), {}
    for one in asked or plain(kind.defaults):
        if one.name in kind.fields:
            value = kind.fields[one.name](view, thing)
            if value is not None:
                told[one.alias] = _shaped(view, value, one, kind)
        elif one.name in kind.edges:
            told |= _nested(view, thing, one)
        elif one.name not in kind.silent:
            raise Refused.nonexisting(one.name, kind.name)
    if kind.has_id:
        told.setdefault("id", thing.id)
    return told


def _shaped(view: View, value: Any, one: Field, kind: Kind) -> Any:
    if isinstance(value, Node):
        return tell(view, value.thing, one.inner or plain(value.defaults))
    if one.inner is None:
        return value
    members = kind.structs.get(one.name)
    return pick(value, one.inner, members)


def pick(value: Any, asked: Sequence[Field], members: frozenset[str] | None = None) -> Any:
    """The members of an object, or of each in a list, that were asked for. Raises Refused on one that there is not."""
    if isinstance(value, list):
        return [pick(item, asked, members) for item in value]
    if not isinstance(value, Mapping):
        return value
    if set(value) == {"data"}:
        return {"data": pick(value["data"], asked, members)}
    told = {}
    for one in asked:
        if members is not None and one.name not in members:
            raise Refused.nonexisting(one.name, "Object")
        if one.name in value:
            inner = value[one.name]
            told[one.alias] = pick(inner, one.inner) if one.inner else inner
    return told


def _nested(view: View, thing: Any, one: Field) -> dict[str, Any]:
    """An edge among the fields of a node: left out where it is empty and no summary was asked for."""
    params = dict(one.args)
    if one.inner_text:
        params["fields"] = one.inner_text
    listed = list_page(view, thing, one.name, params)
    if not listed["data"] and "summary" not in listed:
        return {}
    return {one.alias: listed}


def list_page(view: View, thing: Any, name: str, params: Mapping[str, str]) -> dict[str, Any]:
    """One page of an edge. Raises Refused where this caller may not read it."""
    edge = KINDS.of(thing).edges[name]
    admit_reading(view, thing, edge.scopes, edge.own)
    listing = edge.listed(view, thing, params)
    fields = read_fields(params.get("fields", "")) or plain(edge.defaults)
    said = params.get("summary")
    summary = said is not None and said.lower() not in ("0", "false")
    if size_of(params, listing.strict) == 0:
        told: dict[str, Any] = {"data": []}
    else:
        found = walk(listing, params, Shape(view.sandbox.short_pages, view.sandbox.gaps))
        show = edge.tell or tell
        told = {"data": [show(view, item, fields) for item in found.things]}
        kept = {
            "access_token": view.caller.text,
            "pretty": "0",
            "limit": "25",
            **{key: value for key, value in params.items() if key != "appsecret_proof"},
        }
        paging = paged(
            found, view.url(thing.id, name), kept, bool(params.get("after") or params.get("before"))
        )
        if paging and not edge.bare:
            told["paging"] = paging
    if summary and listing.summary:
        told["summary"] = dict(_chosen(listing.summary, said or ""))
    return told


def _chosen(summary: Mapping[str, Any], said: str) -> Mapping[str, Any]:
    """All of a summary, or the members that are named."""
    if said.lower() in ("1", "true"):
        return summary
    names = [name.strip() for name in said.split(",")]
    return {name: summary[name] for name in names if name in summary}


def admit_reading(view: View, thing: Any, scopes: Iterable[str], own: bool) -> None:
    """Raises Refused where the caller's token is not one for this."""
    caller, page = view.caller, page_of(thing)
    if page is not None and caller.page is not page:
        if caller.kind == "PAGE" or not view.sandbox.keyring.tasks_of(caller, page):
            raise Refused.foreign()
        if own:
            raise Refused.page_token_wanted()
    for scope in scopes:
        if scope not in caller.scopes:
            raise Refused.unread(scope)
