"""A helpdesk on Flask that leaves hearing and sending to Celery."""

# [desk]
import os
from typing import Any

from celery import Celery
from flask import Flask, jsonify, request
from flask.typing import ResponseReturnValue

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
