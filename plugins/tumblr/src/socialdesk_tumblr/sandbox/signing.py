"""The signature that a request should bear, worked out from the request as it came in (RFC 5849)."""

from __future__ import annotations

import base64
import hashlib
import hmac
import re
from urllib.parse import parse_qsl, quote, unquote, urlsplit

from socialdesk.testing.sandbox import Incoming

_SAID = re.compile(r'(\w+)="([^"]*)"')


def escape(text: str) -> str:
    """Percent-encoded by RFC 5849, 3.6."""
    return quote(text, safe="-._~")


def said_by(seen: Incoming) -> dict[str, str] | None:
    """What the header ``Authorization: OAuth`` says; None where there is no such header."""
    scheme, _, rest = seen.request.headers.get("authorization", "").partition(" ")
    if scheme.lower() != "oauth":
        return None
    return {name: unquote(value) for name, value in _SAID.findall(rest)}


def signature(seen: Incoming, oauth: dict[str, str], key: str) -> bytes:
    """The signature that a request should bear, by RFC 5849, 3.4: parameters of the query and of a form body count,
    a JSON or multipart body does not."""
    address = urlsplit(seen.url)
    pairs = [(name, value) for name, value in oauth.items() if name not in ("realm", "oauth_signature")]
    pairs += parse_qsl(address.query, keep_blank_values=True) + seen.form
    escaped = sorted((escape(name), escape(value)) for name, value in pairs)
    normal = "&".join(f"{name}={value}" for name, value in escaped)
    host = address.netloc.rpartition("@")[2].lower()
    usual = {"http": ":80", "https": ":443"}.get(address.scheme, "")
    base_uri = f"{address.scheme}://{host.removesuffix(usual) if usual else host}{address.path or '/'}"
    base = "&".join((seen.method, escape(base_uri), escape(normal)))
    return base64.b64encode(hmac.new(key.encode(), base.encode(), hashlib.sha1).digest())
