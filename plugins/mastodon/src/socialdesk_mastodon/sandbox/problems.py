"""How the server refuses: in its language, and as a page or plain text where it is of another make."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from socialdesk.testing.sandbox import json_response
from socialdesk.wire import Headers, Response

_TEXTS: Mapping[str, Mapping[str, str]] = {
    "en": {
        "missing": "Record not found",
        "nowhere": "Not Found",
        "token": "The access token is invalid",
        "anonymous": "This method requires an authenticated user",
        "scope": "This action is outside the authorized scopes",
        "forbidden": "This action is not allowed",
        "disabled": "Your login is currently disabled",
        "busy": "Too many requests",
        "empty": "Validation failed: Text can't be blank",
        "long": "Validation failed: Text character limit of {limit} exceeded",
        "visibility": "Validation failed: Visibility is not included in the list",
        "files": "Cannot attach more than {limit} files",
        "unready": "Cannot attach files that have not finished processing. Try again in a moment!",
        "no_file": "Validation failed: File can't be blank",
        "type": "Validation failed: File content type is invalid",
        "size": "Validation failed: File must be less than {limit} bytes",
        "quote": "Validation failed: Quoted status is not available",
        "parameter": "param is missing or the value is empty: {name}",
        "broken": "Error",
    },
    "ja": {
        "missing": "レコードが見つかりません",
        "token": "アクセストークンは無効です",
        "busy": "リクエストが多すぎます",
        "empty": "バリデーションに失敗しました: Textを入力してください",
        "long": "バリデーションに失敗しました: Textは{limit}文字以内で入力してください",
    },
}
LANGUAGES = tuple(_TEXTS)

_CHALLENGE = (
    'Bearer realm="Doorkeeper", error="invalid_token", error_description="The access token is invalid"'
)
_PAGE = "<!DOCTYPE html><html><head><title>{status}</title></head><body><h1>{status}</h1></body></html>"


@dataclass(frozen=True)
class Refused(Exception):
    """A refusal: its status, which of the texts it has, and what stands in that."""

    status: int
    text: str
    about: Mapping[str, Any] = field(default_factory=dict)

    def response(self, language: str, *, other: bool) -> Response:
        """As this server words it; ``other``: pages for people, and plain text."""
        words = _TEXTS[language].get(self.text, _TEXTS["en"].get(self.text, self.text)).format(**self.about)
        if other and self.status == 404:
            page = _PAGE.format(status=404).encode()
            return Response(404, Headers({"Content-Type": "text/html; charset=utf-8"}), page)
        if other and self.status in (400, 422):
            return Response(400, Headers({"Content-Type": "text/plain"}), words.encode())
        headers = {"WWW-Authenticate": _CHALLENGE} if self.status == 401 else {}
        return json_response(self.status, {"error": words}, headers)


MISSING = Refused(404, "missing")
