"""The schemas of a Google discovery document as JSON Schema, which knows no property that they do not name."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

__all__ = ["schema_of"]

_RECORDED = {"SearchResultSnippet": {"publishTime": {"type": "string"}}}
"""What real answers hold and the document does not name."""


def schema_of(document: Mapping[str, Any], name: str) -> dict[str, Any]:
    """The named schema, with all others beside it."""
    schemas = {each: _closed(schema, _RECORDED.get(each, {})) for each, schema in document["schemas"].items()}
    return {"$ref": f"#/schemas/{name}", "schemas": schemas}


def _closed(schema: Mapping[str, Any], more: Mapping[str, Any]) -> dict[str, Any]:
    if "$ref" in schema:
        return {"$ref": f"#/schemas/{schema['$ref']}"}
    found = {key: schema[key] for key in ("type", "enum") if key in schema and schema[key] != "any"}
    if "items" in schema:
        found["items"] = _closed(schema["items"], {})
    if schema.get("type") == "object":
        properties = {**schema.get("properties", {}), **more}
        found["properties"] = {name: _closed(inner, {}) for name, inner in properties.items()}
        others = schema.get("additionalProperties")
        found["additionalProperties"] = _closed(others, {}) if isinstance(others, Mapping) else False
    return found
