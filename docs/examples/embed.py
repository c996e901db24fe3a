"""A desk in a helpdesk's own code: hear, choose, answer. The README shows these lines."""

from collections.abc import Mapping


def answer_one(settings: Mapping[str, str], database: str = "sqlite:///desk.db") -> str:
    # [sync]
    from socialdesk import Desk, Rule

    with Desk(database) as desk:
        brand = Rule(name="brand", phrase="Acme Cable")
        desk.connect("twitter", name="acme", settings=settings, rules=[brand], hear_from=None)
        desk.poll()
        for mention in desk.mentions(answered=False, order="spread"):
            print(mention.metrics.reposts, mention.author.handle, mention.text)
        mention = desk.mentions(kind="mention", answered=False)[0]
        print(desk.plan(mention, "We are on it.").warnings)
        desk.reply(mention, "We are on it.", key="ticket-4711")  # durable when it returns
        desk.drain()  # posted exactly once, or a person is asked
        return desk.receipt("ticket-4711").state
    # [end]


async def answer_one_async(settings: Mapping[str, str], database: str = "sqlite:///desk.db") -> str:
    # [async]
    from socialdesk import AsyncDesk, Rule

    async with AsyncDesk(database) as desk:
        brand = Rule(name="brand", phrase="Acme Cable")
        await desk.connect("twitter", name="acme", settings=settings, rules=[brand], hear_from=None)
        await desk.poll()
        for mention in await desk.mentions(answered=False, order="spread"):
            print(mention.metrics.reposts, mention.author.handle, mention.text)
        mention = (await desk.mentions(kind="mention", answered=False))[0]
        print((await desk.plan(mention, "We are on it.")).warnings)
        await desk.reply(mention, "We are on it.", key="ticket-4711")
        await desk.drain()
        return (await desk.receipt("ticket-4711")).state
    # [end]
