"""Reading what a request is authorized with: the signature that it should bear, worked out from the request as it came
in (RFC 5849), and a client's name and secret."""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
from urllib.parse import parse_qsl, quote, unquote, urlsplit

from socialdesk.testing.sandbox import Incoming


def escape(text: str) -> str:
    """Percent-encoded by RFC 5849, 3.6."""
    return quote(text, safe="-._~")


def signature(seen: Incoming, oauth: dict[str, str], key: str) -> bytes:
    """The signature that a request should bear, by RFC 5849, 3.4."""
    parts = urlsplit(seen.url)
    pairs = [(name, value) for name, value in oauth.items() if name not in ("realm", "oauth_signature")]
    pairs += parse_qsl(parts.query, keep_blank_values=True) + seen.form
    normal = "&".join(
        "=".join(pair) for pair in sorted((escape(name), escape(value)) for name, value in pairs)
    )
    host = parts.netloc.rpartition("@")[2].lower()
    usual = {"http": ":80", "https": ":443"}.get(parts.scheme, "")
    base_uri = f"{parts.scheme}://{host.removesuffix(usual) if usual else host}{parts.path or '/'}"
    base = "&".join((seen.method, escape(base_uri), escape(normal)))
    return base64.b64encode(hmac.new(key.encode(), base.encode(), hashlib.sha1).digest())


def basic(seen: Incoming) -> tuple[str, str]:
    """Name and secret of HTTP Basic, each form-decoded; two empty texts where there are none."""
    scheme, _, rest = seen.request.headers.get("authorization", "").partition(" ")
    if scheme.lower() != "basic":
        return "", ""
    try:
        user, _, password = base64.b64decode(rest.strip(), validate=True).decode().partition(":")
    except (binascii.Error, UnicodeDecodeError):
        return "", ""
    return unquote(user), unquote(password)
