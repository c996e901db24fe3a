"""The published schemas are valid, and take what the models write."""

from __future__ import annotations

import json
from datetime import datetime, timezone
from pathlib import Path
from typing import Any

import jsonschema
import pytest

from socialdesk import models

SCHEMAS = Path(__file__).resolve().parents[2] / "docs" / "reference" / "schema"
AT = datetime(2026, 11, 20, 9, tzinfo=timezone.utc)
MENTION = models.Mention(
    id=models.ExternalId("chirp", "post", "c1"),
    kind="mention",
    text="📞 One cent! #bill",
    entities=(models.Entity(kind="hashtag", start=12, end=17, text="#bill"),),
    created_at=AT,
    ext={"chirp": {"audience": "everyone"}},
)
REPLY = models.Reply(idempotency_key="k", text="Thank you", target=MENTION)
WRITTEN = {
    "Author": models.Author(handle="ann"),
    "Conversation": models.Conversation(key="chirp:post:c1", account="acme", mentions=(MENTION,)),
    "Event": models.Event(id="e", kind=models.EventKind.CREATED, account="acme", at=AT, mention=MENTION.id),
    "Health": models.Health(state="silent", reason="nothing_heard", numbers={"chance": 0.0003}),
    "Labels": models.Labels(language="en"),
    "Mention": MENTION,
    "Plan": models.Plan(reply=REPLY, parts=(models.PartPlan(key="p", text="Thank you", used=9, limit=200),)),
    "Receipt": models.Receipt(key="k", account="acme", state="sent"),
    "Reply": REPLY,
    "Rule": models.Rule(name="brand", phrase="acme"),
}


def _schema(name: str) -> Any:
    return json.loads((SCHEMAS / f"{name}.json").read_text("utf-8"))


def test_every_schema_is_tried() -> None:
    assert {path.stem for path in SCHEMAS.glob("*.json")} == set(WRITTEN)


@pytest.mark.parametrize("name", WRITTEN)
def test_a_schema_takes_what_the_model_writes(name: str) -> None:
    schema = _schema(name)
    jsonschema.Draft202012Validator.check_schema(schema)
    jsonschema.validate(json.loads(WRITTEN[name].model_dump_json()), schema)


@pytest.mark.parametrize("name", WRITTEN)
def test_a_schema_refuses_an_unknown_field(name: str) -> None:
    value = {**json.loads(WRITTEN[name].model_dump_json()), "surprise": 1}
    with pytest.raises(jsonschema.ValidationError):
        jsonschema.validate(value, _schema(name))
