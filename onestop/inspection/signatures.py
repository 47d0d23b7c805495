"""Whether the digital signatures of a PDF hold, told in the three words of the law's everyday: valid, invalid, cannot be checked.

Offline: nobody is asked over the network, so a certificate that was revoked yesterday is not
noticed; the page says so. Trust begins with the certificates that the operator put into a folder
(SIGNATURE_ROOTS). Without them the bytes and the signature are checked, the owner of the certificate is not.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.conf import settings

from onestop.inspection import child


class Verdict:
    """The three answers, as they are stored."""

    VALID, INVALID, UNKNOWN = "valid", "invalid", "unknown"
    WORDS = {VALID: "hợp lệ", INVALID: "không hợp lệ", UNKNOWN: "chưa kiểm tra được"}
    COLOURS = {VALID: "green", INVALID: "red", UNKNOWN: "amber"}


@dataclass(frozen=True)
class Signature:
    """One signature. `signed_at` is what the signer's own computer said, ISO in UTC, or ""."""

    signer: str
    organisation: str
    issuer: str
    signed_at: str
    verdict: str
    words: str
    whole: bool

    @property
    def moment(self) -> datetime | None:
        return datetime.fromisoformat(self.signed_at) if self.signed_at else None

    @property
    def tag(self) -> tuple[str, str]:
        return Verdict.WORDS[self.verdict], Verdict.COLOURS[self.verdict]


@dataclass(frozen=True)
class Report:
    """What is to be said about all signatures of one file. `covered`: the signatures reach its last byte."""

    verdict: str
    words: str
    covered: bool
    signatures: tuple[Signature, ...] = ()

    @property
    def tag(self) -> tuple[str, str]:
        return Verdict.WORDS[self.verdict], Verdict.COLOURS[self.verdict]


# How pyHanko calls what keeps a certificate from being trusted, and how an office would.
_PROBLEMS = {
    "EXPIRED": "chứng thư số đã hết hạn",
    "OUT_OF_BOUNDS_NO_POE": "chứng thư số đã hết hạn hoặc chưa có hiệu lực",
    "OUT_OF_BOUNDS_NOT_REVOKED": "chứng thư số đã hết hạn hoặc chưa có hiệu lực",
    "NOT_YET_VALID": "chứng thư số chưa có hiệu lực",
    "REVOKED_NO_POE": "chứng thư số đã bị thu hồi",
    "REVOKED": "chứng thư số đã bị thu hồi",
    "REVOKED_CA_NO_POE": "chứng thư số của nơi cấp đã bị thu hồi",
}
NO_ROOTS = "chữ ký khớp với tệp, nhưng không kiểm tra được gốc chứng thư"
OTHER_ROOT = "chữ ký khớp với tệp, nhưng chứng thư không thuộc gốc tin cậy đã cài"
CHANGED = "nội dung đã bị thay đổi sau khi ký"


def verify(content: bytes) -> Report:
    """The report about a PDF; never raises: what cannot be read is not valid."""
    try:
        says = child.ask("signatures", content, {"roots": settings.SIGNATURE_ROOTS}).says
    except child.NoAnswer as failure:
        if failure.why == "busy":
            return Report(Verdict.UNKNOWN, "Máy chủ đang kiểm tra nhiều tệp. Chờ một phút rồi thử lại", covered=False)
        return Report(Verdict.INVALID, "Không đọc được chữ ký trong tệp", covered=False)
    if "refused" in says:
        return Report(Verdict.INVALID, "Tệp bị hỏng hoặc đã bị thay đổi, không đọc được chữ ký", covered=False)
    signatures = tuple(_signature(one, roots=int(says["roots"])) for one in says["signatures"])
    if not signatures:
        return Report(Verdict.INVALID, "Tệp này không có chữ ký số nào", covered=False)
    covered = any(one.whole for one in signatures)
    verdicts = {one.verdict for one in signatures}
    if Verdict.INVALID in verdicts or not covered:
        bad = [f"{one.signer or 'Chữ ký'}: {one.words}" for one in signatures if one.verdict == Verdict.INVALID]
        return Report(Verdict.INVALID, "; ".join(bad) or "Có phần thêm vào tệp sau chữ ký cuối cùng", covered, signatures)
    if Verdict.UNKNOWN in verdicts:
        words = next(one.words for one in signatures if one.verdict == Verdict.UNKNOWN)
        return Report(Verdict.UNKNOWN, words[0].upper() + words[1:], covered, signatures)
    return Report(Verdict.VALID, "Chữ ký khớp với tệp, chứng thư thuộc gốc tin cậy", covered, signatures)


def _signature(one: dict[str, Any], *, roots: int) -> Signature:
    verdict, words = _judge(one, roots)
    return Signature(
        signer=str(one["signer"]),
        organisation=str(one["organisation"]),
        issuer=str(one.get("issuer", "")),
        signed_at=str(one["signed_at"]),
        verdict=verdict,
        words=words,
        whole=bool(one["whole"]),
    )


def _judge(one: dict[str, Any], roots: int) -> tuple[str, str]:
    if not one["intact"] or not one["untouched"]:
        return Verdict.INVALID, CHANGED
    if one["trusted"]:
        return Verdict.VALID, "chữ ký khớp với tệp, chứng thư thuộc gốc tin cậy"
    if one["problem"] in _PROBLEMS:
        return Verdict.INVALID, _PROBLEMS[one["problem"]]
    return Verdict.UNKNOWN, OTHER_ROOT if roots else NO_ROOTS
