"""What opens a dossier to its citizen: an 8-digit lookup code and a token, both derived.

They are never stored: each is an HMAC of the dossier code and the version of its secret under a
key that stands outside the database. Only the SHA-256 of the token is kept, to find the row. A
lost slip raises the version, and the old slip opens nothing any more. The code serves as the
dossier's identity here because it is as unique and lasting as the row's id and is known before
the row is written.
"""
import hashlib
import hmac

from django.conf import settings

CROCKFORD = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
TOKEN_LENGTH = 16  # 16 characters of 5 bits: 80 bits that nobody guesses


def _derive(purpose: str, subject: str, version: int) -> int:
    text = f"{purpose}|{subject}|{version}".encode()
    return int.from_bytes(hmac.digest(settings.LOOKUP_KEY.encode(), text, "sha256"), "big")


def lookup_code(code: str, version: int) -> str:
    """The 8 digits printed on the applicant's copy beside the dossier code."""
    return f"{_derive('lookup', code, version) % 100_000_000:08d}"


def token(subject: str, version: int) -> str:
    """The 16 Crockford characters of the slip's QR link; `subject` is a dossier code or "M02:<agency>:<year>:<number>"."""
    value = _derive("token", subject, version)
    characters = []
    for _ in range(TOKEN_LENGTH):
        value, index = divmod(value, 32)
        characters.append(CROCKFORD[index])
    return "".join(characters)


def token_digest(token_text: str) -> str:
    """What the database keeps of a token."""
    return hashlib.sha256(token_text.upper().encode()).hexdigest()


def opens(code: str, version: int, typed: str) -> bool:
    """Whether `typed` is the dossier's lookup code; takes the same time whatever was typed."""
    return hmac.compare_digest(lookup_code(code, version).encode(), typed.encode())
