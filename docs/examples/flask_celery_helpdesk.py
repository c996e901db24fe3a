"""A helpdesk on Flask that leaves hearing and sending to Celery."""

# [desk]
import os
from typing import Any

import sqlalchemy as sa
from celery import Celery
from flask import Flask, jsonify, request
from flask.typing import ResponseReturnValue
from sqlalchemy import orm

from socialdesk import ConfigError, Desk, Rejected

desk = Desk(os.environ["SOCIALDESK_DB"])  # one for each process: for all its threads, and across a fork
# [end]

# [tasks]
celery = Celery("helpdesk", broker=os.environ.get("CELERY_BROKER_URL", "redis://localhost"))
celery.conf.beat_schedule = {
    "hear": {"task": "helpdesk.hear", "schedule": 20.0},
    "send": {"task": "helpdesk.send", "schedule": 60.0},
}


@celery.task(name="helpdesk.hear", ignore_result=True)
def hear() -> None:
    desk.poll(due_only=True)


@celery.task(name="helpdesk.send", ignore_result=True)
def send(account: str | None = None) -> None:
    desk.drain(account)


# [end]
# [views]
app = Flask(__name__)


@app.get("/mentions")
def inbox() -> ResponseReturnValue:
    return jsonify([mention.model_dump(mode="json") for mention in desk.mentions(answered=False)])


@app.post("/mentions/<mention>/answers")
def answer(mention: str) -> ResponseReturnValue:
    asked: dict[str, Any] = request.get_json()
    receipt = desk.reply(mention, asked["text"], key=asked["key"])  # kept from here on
    send.delay(receipt.account)
    return receipt.model_dump(mode="json"), 202


@app.get("/answers/<key>")
def receipt(key: str) -> ResponseReturnValue:
    return desk.receipt(key).model_dump(mode="json")


@app.errorhandler(ConfigError)
@app.errorhandler(Rejected)
def refused(error: Exception) -> ResponseReturnValue:
    return {"detail": str(error)}, 409 if isinstance(error, Rejected) else 400


# [end]


# [tickets]
class Base(orm.DeclarativeBase):
    """The helpdesk's own tables, in the desk's database."""


class Ticket(Base):
    __tablename__ = "ticket"

    event: orm.Mapped[str] = orm.mapped_column(primary_key=True)
    mention: orm.Mapped[str]
    answer: orm.Mapped[str | None]


engine = sa.create_engine(os.environ["SOCIALDESK_DB"])
Sessions = orm.sessionmaker(engine)


@celery.task(name="helpdesk.take", ignore_result=True)
def take() -> None:
    """A ticket for each mention that came: opened and acked in one transaction."""
    for event in desk.events("tickets"):
        with Sessions.begin() as session:
            if event.kind == "created":
                session.add(Ticket(event=event.id, mention=str(event.mention)))
            desk.within(session).ack(event)


@app.post("/tickets/<event>/answers")
def answer_ticket(event: str) -> ResponseReturnValue:
    """The ticket tells which answer it has, and the answer is there: or neither."""
    asked: dict[str, Any] = request.get_json()
    with Sessions.begin() as session:
        ticket = session.get_one(Ticket, event)
        ticket.answer = asked["key"]
        receipt = desk.within(session).reply(ticket.mention, asked["text"], key=asked["key"])
    send.delay(receipt.account)  # after the commit: a worker that came before would find nothing
    return receipt.model_dump(mode="json"), 202


# [end]
