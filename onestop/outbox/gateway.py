"""The back end for gateways of text messages and Zalo: one signed POST of JSON for each message.

    POST <address>
    Content-Type: application/json
    Idempotency-Key: result_ready:12:1:sms            the same at every try
    X-Onestop-Signature: t=1795140000,v1=<hex>         HMAC-SHA256 over "<t>." and the body, with the shared key

    {"id": …, "channel": "sms", "to": "0900000123", "text": …}      Zalo also: "buttons": [{"title", "url"} | {"title", "phone"}]

Any 2xx means taken; {"id": …} in the answer is kept as the gateway's number. What the gateway says else is
never kept or logged. It must drop a second message with an Idempotency-Key that it has taken.
"""

import hashlib
import hmac
import http.client
import json
import ssl
import time
from urllib.parse import urlsplit

from django.conf import settings

from onestop.outbox.failures import NotSent
from onestop.outbox.parcel import Parcel

_LONGEST_ANSWER = 16_384
# These say something about the gateway, its address or our key, not about the message: worth another try.
_ABOUT_SETTINGS = frozenset({401, 403, 404, 405, 407})
_ABOUT_THE_MOMENT = frozenset({408, 409, 425, 429})


def send(parcel: Parcel) -> str:
    """The gateway's number for the message, "" when it gives none. Raises NotSent."""
    gateway = settings.OUTBOX_GATEWAYS[parcel.channel]
    body = json.dumps(_content(parcel), ensure_ascii=False, separators=(",", ":")).encode()
    headers = {
        "Content-Type": "application/json; charset=utf-8",
        "Accept": "application/json",
        "Idempotency-Key": parcel.errand,
        "X-Onestop-Signature": signature(gateway["key"], int(time.time()), body),
        "User-Agent": "onestop-outbox",
    }
    return _read(*_post(gateway["address"], body, headers))


def _content(parcel: Parcel) -> dict[str, object]:
    content: dict[str, object] = {"id": parcel.errand, "channel": parcel.channel, "to": parcel.to, "text": parcel.text}
    if parcel.channel == "zalo":
        buttons = [{"title": "Xem hồ sơ", "url": parcel.link}] if parcel.link else []
        content["buttons"] = [*buttons, *([{"title": "Gọi bộ phận một cửa", "phone": parcel.phone}] if parcel.phone else [])]
    return content


def signature(key: str, moment: int, body: bytes) -> str:
    """The header by which the gateway knows that we wrote the body, and when (seconds since 1970)."""
    return f"t={moment},v1={hmac.digest(key.encode(), f'{moment}.'.encode() + body, 'sha256').hex()}"


def is_signed(header: str, key: str, body: bytes, *, now: int, within: int = 300) -> bool:
    """How a gateway checks the header; used by the tests' one, and an example for others."""
    parts = dict(part.partition("=")[::2] for part in header.split(","))
    moment = parts.get("t", "")
    if not moment.isdigit() or abs(now - int(moment)) > within:
        return False
    expected = hmac.new(key.encode(), f"{moment}.".encode() + body, hashlib.sha256).hexdigest()
    return hmac.compare_digest(expected, parts.get("v1", ""))


def _post(address: str, body: bytes, headers: dict[str, str]) -> tuple[int, bytes]:
    """Status and body of the answer. No redirect is followed and no proxy asked: the key's owner is at this address or nowhere."""
    parts, wait = urlsplit(address), settings.OUTBOX_TIMEOUT
    host, path = parts.hostname or "", (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    line: http.client.HTTPConnection
    if parts.scheme == "https":
        line = http.client.HTTPSConnection(host, parts.port, timeout=wait, context=ssl.create_default_context())
    else:
        line = http.client.HTTPConnection(host, parts.port, timeout=wait)
    try:
        line.request("POST", path, body, headers)
        answer = line.getresponse()
        return answer.status, answer.read(_LONGEST_ANSWER)
    except TimeoutError as problem:
        raise NotSent("timeout") from problem
    except ssl.SSLError as problem:
        raise NotSent("certificate") from problem
    except (OSError, http.client.HTTPException) as problem:
        raise NotSent("connection") from problem
    finally:
        line.close()


def _read(status: int, body: bytes) -> str:
    if 200 <= status < 300:
        return _number_in(body)
    if 300 <= status < 400:
        raise NotSent("redirect")
    if status in _ABOUT_SETTINGS:
        raise NotSent(f"setting_{status}")
    if 400 <= status < 500 and status not in _ABOUT_THE_MOMENT:
        raise NotSent(f"refused_{status}", final=True)
    raise NotSent(f"status_{status}")


def _number_in(body: bytes) -> str:
    try:
        answer = json.loads(body)
    except ValueError:
        return ""
    number = answer.get("id", "") if isinstance(answer, dict) else ""
    return "".join(character for character in str(number) if character.isprintable())[:100]
