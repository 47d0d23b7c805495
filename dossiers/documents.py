"""One function per printed paper: a slip in, the bytes of its PDF out.

Pure rendering: what is printed is in the slip (`slips`), how it looks in `templates/pdf/`.
The slips follow Thông tư 03/2025/TT-VPCP, Phụ lục I (edition B; A is its predecessor).
The office copy carries the barcode of the dossier code and nothing secret; the look-up
code and the QR of the token stand on the applicant's copy only, and never in the figures
attached to the file, which holds both copies.
"""
from collections.abc import Mapping
from typing import Any

from dossiers.letters import CLOSING
from dossiers.slips import (
    EDITIONS,
    ApologySlip,
    Component,
    ReceiptSlip,
    RefusalSlip,
    ResultSlip,
    Slip,
    StopSlip,
    SupplementSlip,
    read_snapshot,
)
from onestop.papers import barcode, pdf, qr

LONGEST_MIDDLE = 40
LONGEST_TAIL = 700
"""Letters of a last paragraph that still keeps company with the signature; a longer one may break over the page."""
OFFICE_COPY, APPLICANT_COPY = "lien-1", "lien-2"
LETTER_STYLES = ("pdf/letter.css",)
RESULT_STYLES = ("pdf/letter.css", "pdf/result.css")
WIDEST_BARCODE_MM = 58.0
LETTERS_A_LINE = 76
ROWS_OF_ONE_PAGE = 12
ROOMY_LINES, TIGHT_LINES = 13, 18
"""Estimated lines of a slip's own text up to which it is set loosely, and beyond which tightly (twelve papers fit the page)."""

TITLES = {
    ReceiptSlip.kind: "Giấy tiếp nhận hồ sơ và hẹn trả kết quả",
    SupplementSlip.kind: "Phiếu yêu cầu bổ sung, hoàn thiện hồ sơ",
    RefusalSlip.kind: "Phiếu từ chối tiếp nhận giải quyết hồ sơ",
    ApologySlip.kind: "Văn bản xin lỗi",
    StopSlip.kind: "Thông báo dừng giải quyết hồ sơ",
}


def receipt_slip(slip: ReceiptSlip) -> bytes:
    """M01, two copies. Every page after the first of a copy repeats the dossier code."""
    return _print(slip)


def supplement_slip(slip: SupplementSlip) -> bytes:
    """M02, two copies; the applicant's QR reopens the intake."""
    return _print(slip)


def refusal_slip(slip: RefusalSlip) -> bytes:
    """M03, two copies."""
    return _print(slip)


def stop_notice(slip: StopSlip) -> bytes:
    """M05, two copies, both without any secret."""
    return _print(slip)


def apology_letter(slip: ApologySlip) -> bytes:
    """M04, a letter on A4 in the layout of NĐ 30/2020, Phụ lục I; one copy, without any secret."""
    template, context, keywords = letter_arguments(slip)
    return pdf.render(template, context, styles=LETTER_STYLES, figures=slip.figures(), **keywords)


def result_letter(slip: ResultSlip) -> bytes:
    """A result of our own, on A4; a draft is marked as one on every page. Without any secret."""
    template, context, keywords = result_arguments(slip)
    return pdf.render(template, context, styles=RESULT_STYLES, figures=slip.figures(), **keywords)


def result_arguments(slip: ResultSlip) -> tuple[str, dict[str, Any], dict[str, Any]]:
    """Template, context and keyword arguments of a result; see `arguments`."""
    lines = [(text, _class_of(text)) for text in slip.paragraphs]
    has_tail = bool(lines) and len(lines[-1][0]) <= LONGEST_TAIL
    context = {
        "slip": slip,
        "lines": lines[:-1] if has_tail else lines,
        "tail": lines[-1][0] if has_tail else "",
        "superior": committee_lines(slip.superior),
        "authority": committee_lines(slip.authority),
    }
    name = slip.document_type.capitalize() or "Văn bản"
    title = f"{'Dự thảo: ' if slip.is_draft else ''}{name} {slip.number or slip.code}"
    return "pdf/result.html", context, {"title": title, "made_at": slip.made_at}


def _class_of(text: str) -> str:
    """How a paragraph is set (NĐ 30/2020): a legal basis in italics, what is decided ("QUYẾT ĐỊNH:") in the middle."""
    if text.startswith("Căn cứ "):
        return " ground"
    return " middle" if text.endswith(":") and text.isupper() and len(text) <= LONGEST_MIDDLE else ""


def from_snapshot(snapshot: Mapping[str, Any] | str) -> bytes:
    """The paper of a stored snapshot, whichever slip it is. Raises slips.BadSnapshot."""
    slip = read_snapshot(snapshot)
    if isinstance(slip, ApologySlip):
        return apology_letter(slip)
    return result_letter(slip) if isinstance(slip, ResultSlip) else _print(slip)


def arguments(slip: Slip) -> tuple[str, dict[str, Any], dict[str, Any]]:
    """Template, context and keyword arguments for `pdf.render` and `pdf.source`."""
    code = getattr(slip, "code", "")
    title = TITLES[slip.kind]
    context = {
        "slip": slip,
        "form": f"{slip.number_of_form}, ban hành kèm theo {EDITIONS[slip.edition]}",
        "heading": title.upper(),
        "applicants": ", ".join(name.upper() for name in slip.applicants),
        "copies": _copies(slip, code),
        # Khmer letters reach higher and lower than Latin ones and need more room between lines.
        "khmer_text": any("\u1780" <= letter <= "\u17ff" for letter in "".join((*slip.applicants, slip.address, slip.request))),
        "khmer": slip.language == "vi+km",
        # Break the usual name of the office where a reader would.
        "office": slip.office.replace(" HÀNH CHÍNH CÔNG", "\nHÀNH CHÍNH CÔNG"),
        "room": _room(slip),
        # One element for a whole list is quick; a list that may cross the page needs one for each line, so that none is torn.
        "each_whole": len(_rows(slip)) > ROWS_OF_ONE_PAGE,
    }
    return f"pdf/{slip.kind}.html", context, {"title": f"{title} {code or slip.number}".strip(), "made_at": slip.made_at}


def letter_arguments(slip: ApologySlip) -> tuple[str, dict[str, Any], dict[str, Any]]:
    """Template, context and keyword arguments of a letter; see `arguments`."""
    context = {
        "slip": slip,
        "form": f"{slip.number_of_form}, {EDITIONS[slip.edition]}" if slip.prescribed else "",
        "closing": CLOSING,
        # The name of a committee breaks where a reader would.
        "superior": committee_lines(slip.superior),
        "authority": committee_lines(slip.authority),
    }
    return "pdf/apology.html", context, {"title": f"{TITLES[slip.kind]} {slip.code}", "made_at": slip.made_at}


def committee_lines(name: str) -> str:
    """The name of a committee, broken where a reader would."""
    return name.replace("ỦY BAN NHÂN DÂN ", "ỦY BAN NHÂN DÂN\n", 1)


def _print(slip: Slip) -> bytes:
    template, context, keywords = arguments(slip)
    two_up = APPLICANT_COPY if slip.two_liens_per_sheet else ""
    return pdf.render(template, context, two_up=two_up, figures=slip.figures(), **keywords)


def _rows(slip: Slip) -> tuple[Component, ...]:
    rows: tuple[Component, ...] = getattr(slip, "components", ()) or getattr(slip, "items", ())
    return rows


def _room(slip: Slip) -> str:
    """How loosely the slip may be set: "roomy" with little to say, "tight" with much, "" between."""
    said = [slip.desk_name, *slip.applicants, slip.address, slip.request, getattr(slip, "reason", ""), getattr(slip, "delivery", "")]
    said += [" ".join(fee.name + fee.amount for fee in getattr(slip, "fees", ())), slip.hotline + " ".join(getattr(slip, "feedback", ()))]
    said += [f"{row.name} {row.copy_kind} {row.note}" for row in _rows(slip)]
    lines = sum(1 + len(text) // LETTERS_A_LINE for text in said)
    return "roomy" if lines <= ROOMY_LINES else "tight" if lines > TIGHT_LINES else ""


def _copies(slip: Slip, code: str) -> list[dict[str, Any]]:
    """The two copies: what each is called, whether it may hold the secret, its machine-readable mark and that mark's width."""
    office: dict[str, Any] = {"id": OFFICE_COPY, "label": "Liên 1: Lưu", "secret": False, "mark_mm": "0"}
    applicant: dict[str, Any] = {"id": APPLICANT_COPY, "label": "Liên 2: Giao khách hàng", "secret": True, "mark_mm": "0"}
    if code:
        office["bars"] = barcode.code128_png_data_uri(code)
        office["mark_mm"] = f"{barcode.width_mm(code, limit_mm=WIDEST_BARCODE_MM):.2f}"
    if token_url := getattr(slip, "token_url", ""):
        applicant["qr"] = qr.png_data_uri(token_url)
        applicant["mark_mm"] = f"{qr.width_mm(token_url):.2f}"
    return [office, applicant]
