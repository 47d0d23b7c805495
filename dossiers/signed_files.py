"""A result that the leader signed with his own certificate on his own computer, and what is true of it."""

from dataclasses import dataclass

from dossiers.models import ResultDocument
from onestop.inspection import Report, Verdict, verify
from onestop.reading.names import fold
from onestop.vault import files

MOST_WORDS = 500


@dataclass(frozen=True)
class SignedFile:
    """The file as it was sent. `draft_sha256`: the draft that it begins with, byte for byte; "" for none of ours."""

    sha256: str
    name: str
    report: Report
    draft_sha256: str

    @property
    def words(self) -> str:
        return self.report.words[:MOST_WORDS]

    def rows(self) -> list[dict[str, object]]:
        """The signatures as they are stored."""
        return [
            {
                "signer": one.signer,
                "organisation": one.organisation,
                "issuer": one.issuer,
                "signed_at": one.signed_at,
                "verdict": one.verdict,
                "words": one.words,
                "whole": one.whole,
            }
            for one in self.report.signatures
        ]


def examine(content: bytes, name: str, draft: ResultDocument | None) -> SignedFile:
    """What is true of an uploaded file. Slow (a child process): outside of every transaction."""
    return SignedFile(sha256=files.digest_of(content), name=name, report=verify(content), draft_sha256=_draft_inside(content, draft))


def _draft_inside(content: bytes, draft: ResultDocument | None) -> str:
    """A signature is added behind the last byte, so a signed draft begins with the whole draft."""
    if draft is None or not draft.sha256:
        return ""
    try:
        return draft.sha256 if content.startswith(files.read(draft.sha256)) else ""
    except files.FileMissing:
        return ""


def why_not_signed_by(signed: SignedFile, full_name: str) -> str:
    """The sentence that says why the file is not this person's signature, or ""."""
    report = signed.report
    if report.verdict == Verdict.INVALID:
        return f"Chữ ký số không hợp lệ. {report.words}."
    if not report.covered:
        return "Chữ ký số không bao trùm cả tệp. Ký lại toàn bộ văn bản rồi tải lên."
    names = [one.signer for one in report.signatures]
    if not any(fold(full_name) in fold(name) for name in names):
        return f"Chữ ký số mang tên {', '.join(names)}, không phải {full_name}. Mỗi người ký bằng chứng thư của chính mình."
    return ""
