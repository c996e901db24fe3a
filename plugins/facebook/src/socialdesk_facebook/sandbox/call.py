"""One call: who asks for what, and of which node."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from socialdesk.testing.sandbox import Incoming

from .access import Caller
from .given import Given
from .inbox import Conversation, Message
from .problems import Refused
from .state import Page
from .telling import View, page_of
from .written import Comment, Post

if TYPE_CHECKING:
    from .facebook import FacebookSandbox


@dataclass(frozen=True, slots=True)
class Call:
    """A request, its token verified: ``path`` is what stands behind the version."""

    sandbox: FacebookSandbox
    seen: Incoming
    method: str
    given: Given
    caller: Caller
    version: str
    path: tuple[str, ...]

    @property
    def view(self) -> View:
        return View(self.sandbox, self.caller, self.version)

    def node(self, name: str) -> Any:
        """What an id leads to. Raises Refused where there is nothing that this caller sees."""
        caller = self.caller
        if name == "me":
            found: Any = caller.page or caller.user
            if found is None:
                raise Refused.no_me()
            return found
        if name in ("app", self.sandbox.keyring.app_id):
            return self.sandbox.app
        found = self.sandbox.world.find(name)
        if found is None or not self._sees(found):
            raise Refused.gone(self.method, name)
        return found

    def _sees(self, thing: Any) -> bool:
        """What stands elsewhere is seen by whom it tags; a conversation by its Page."""
        if isinstance(thing, (Conversation, Message)):
            return self.caller.page in (None, thing.page)
        root = thing.root if isinstance(thing, Comment) else thing
        if isinstance(root, Post) and root.page is None:
            tags = [*root.tags, *(thing.tags if isinstance(thing, Comment) else ())]
            known = self.caller.page or self.caller.user
            return any(tag.who is known for tag in tags) or root.author is known
        return True

    def own_page(self, thing: Any) -> Page:
        """The Page whose token it is, where the thing is that Page's. Raises Refused otherwise."""
        page = page_of(thing)
        if self.caller.page is None:
            raise Refused.page_token_wanted()
        if page is not None and page is not self.caller.page:
            raise Refused.foreign()
        return self.caller.page

    def demand(self, scope: str, task: str = "") -> None:
        """Raises Refused where the caller lacks a permission, or the person behind it a task on the Page."""
        if scope not in self.caller.scopes:
            raise Refused.unmanaged(scope)
        if task and task not in self.caller.tasks:
            raise Refused.no_task(task)
