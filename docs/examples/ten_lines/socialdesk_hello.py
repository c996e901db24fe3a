"""A platform on which the same greeting is heard again and again."""

# [module]
from socialdesk import ExternalId, Mention, hookimpl
from socialdesk.connector import Connector, NoApp, Page, Raw, Settings, Window


class Hello(Connector[Settings, NoApp]):
    platform, Config = "hello", Settings

    async def fetch(self, window: Window) -> Page:
        return Page([Raw("greeting", {"text": "hello, world"})], end="reached")

    def parse(self, raw: Raw) -> Mention:
        return Mention(id=ExternalId("hello", "post", "1"), kind="mention", text=raw.body["text"])


@hookimpl
def socialdesk_connectors() -> list[type[Hello]]:
    return [Hello]


# [end]
