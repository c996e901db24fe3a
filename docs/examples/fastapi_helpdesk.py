"""A helpdesk's API on FastAPI: the inbox, a plan, an answer, and the desk at work beside it."""

# [app]
import os
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Annotated, Literal

import anyio
from fastapi import BackgroundTasks, Depends, FastAPI, Header, Request, Response
from fastapi.responses import JSONResponse
from sqlalchemy import orm
from sqlalchemy.ext.asyncio import async_sessionmaker, create_async_engine

from socialdesk import AsyncDesk, ConfigError, Mention, Plan, Receipt, Rejected
from socialdesk.wire import WebhookRequest


@asynccontextmanager
async def lifespan(app: FastAPI) -> AsyncIterator[None]:
    async with AsyncDesk(os.environ["SOCIALDESK_DB"]) as desk, anyio.create_task_group() as tasks:
        app.state.desk = desk
        tasks.start_soon(desk.run)  # hears and sends whatever is due
        yield
        tasks.cancel_scope.cancel()


def the_desk(request: Request) -> AsyncDesk:
    desk: AsyncDesk = request.app.state.desk
    return desk


app = FastAPI(lifespan=lifespan)
ADesk = Annotated[AsyncDesk, Depends(the_desk)]
Key = Annotated[str, Header(alias="Idempotency-Key")]
# [end]


# [inbox]
@app.get("/mentions")
async def inbox(
    desk: ADesk, order: Literal["newest", "oldest", "spread"] = "newest", before: str | None = None
) -> tuple[Mention, ...]:
    if before is None:
        return await desk.mentions(answered=False, order=order)
    return await desk.mentions(answered=False, order=order, before=before)


@app.get("/mentions/{mention}/plan")
async def plan(desk: ADesk, mention: str, text: str) -> Plan:
    return await desk.plan(mention, text)


# [end]
# [answer]
@app.post("/mentions/{mention}/answers", status_code=202)
async def answer(desk: ADesk, mention: str, text: str, key: Key, after: BackgroundTasks) -> Receipt:
    receipt = await desk.reply(mention, text, key=key)  # kept from here on, whatever happens to this process
    after.add_task(desk.drain, receipt.account)  # at once, and not when run() looks again
    return receipt


@app.get("/answers/{key}")
async def receipt(desk: ADesk, key: str) -> Receipt:
    return await desk.receipt(key)


# [end]
# [private]
@app.post("/mentions/{mention}/private", status_code=202)
async def private(desk: ADesk, mention: str, text: str, key: Key, note: str | None = None) -> Receipt:
    return await desk.take_private(mention, text, key=key, note=note)


# [end]
# [webhook]
@app.api_route("/hooks/{name}", methods=["GET", "POST"])
async def hook(desk: ADesk, name: str, request: Request) -> Response:
    delivery = WebhookRequest(
        method=request.method,
        query=dict(request.query_params),
        headers=dict(request.headers),
        body=await request.body(),
    )
    answer = await desk.receive(name, delivery)  # kept when this returns; run() takes it in
    return Response(answer.body, answer.status, media_type=answer.media_type)


# [end]
# [errors]
@app.exception_handler(Rejected)
@app.exception_handler(ConfigError)
async def refused(request: Request, error: Exception) -> JSONResponse:
    return JSONResponse({"detail": str(error)}, status_code=409 if isinstance(error, Rejected) else 400)


# [end]


# [together]
class Base(orm.DeclarativeBase):
    """The helpdesk's own tables, in the desk's database."""


class Ticket(Base):
    __tablename__ = "ticket"

    key: orm.Mapped[str] = orm.mapped_column(primary_key=True)
    mention: orm.Mapped[str]


# the desk's database, by a driver that awaits: sqlite+aiosqlite:///desk.db, postgresql+psycopg://...
engine = create_async_engine(os.environ["HELPDESK_DB"])
Sessions = async_sessionmaker(engine)


@app.post("/mentions/{mention}/tickets", status_code=202)
async def open_ticket(desk: ADesk, mention: str, text: str, key: Key) -> Receipt:
    async with Sessions.begin() as session:  # the ticket and its first answer, or neither
        await session.merge(Ticket(key=key, mention=mention))
        return await desk.within(session).reply(mention, text, key=key)


# [end]
