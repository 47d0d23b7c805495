"""A result of our own: the text of a template filled with what the dossier says, as a draft and, once signed, as the paper.

The draft has room for number, day and signature. What the leader signs are the bytes of the draft; the paper that is issued
says the same words and names the draft's digest, and nothing but number, date and signature comes to it.
"""

import re
from dataclasses import dataclass, replace
from datetime import datetime

from django.utils import timezone

from dossiers import documents, letters
from dossiers.issuing.apologies import office_of
from dossiers.issuing.rows import issue_paper
from dossiers.models import Basis, Dossier, IssuedPaper, PaperKind, Party, PartyRole, ResultDocument, SignOff
from dossiers.slips import ResultSlip
from onestop.reading.dates import PartialDate, say_long_date
from onestop.reading.names import fold
from onestop.staff.models import Agency, User
from onestop.staff.signing import SigningRight
from procedures.result_text import paragraphs_of

SIGNED_WORDS = "Ký duyệt trên hệ thống lúc {at}; tệp này không mang chữ ký số"
END = "./."
_SEXES = {"male": "nam", "female": "nữ"}
# The places that name a person by his part in the matter.
_BY_ROLE = {
    "trẻ em": PartyRole.CHILD,
    "cha": PartyRole.FATHER,
    "mẹ": PartyRole.MOTHER,
    "bên nam": PartyRole.SPOUSE_1,
    "bên nữ": PartyRole.SPOUSE_2,
    "người đã mất": PartyRole.DECEASED,
    "người được giám hộ": PartyRole.WARD,
    "người giám hộ": PartyRole.GUARDIAN,
    "người được giải quyết": PartyRole.SUBJECT,
    "người hưởng": PartyRole.BENEFICIARY,
    "chủ hộ": PartyRole.HOUSEHOLD_HEAD,
}


@dataclass(frozen=True, kw_only=True)
class ResultText:
    """What the drafter wrote: a template's texts with their places filled, as he left them."""

    document_type: str
    symbol: str
    abstract: str
    addressee: str
    body: str
    granted: bool


def words_for(dossier: Dossier, *, at: datetime) -> dict[str, str]:
    """What goes into each place of a template, by its folded name; "" where the dossier does not say it."""
    parties = list(dossier.parties.all())
    about = _whom_it_is_about(parties)
    filer = next((party for party in parties if party.role == PartyRole.FILER), about)
    office = office_of(dossier.competent_agency)
    words = {
        "họ tên": about.name,
        "ngày sinh": str(PartialDate.from_iso(about.birth)) if about.birth else "",
        "giới tính": _SEXES.get(about.sex, ""),
        "số định danh": about.personal_id,
        "địa chỉ": about.address or filer.address,
        "người nộp": filer.name,
        "thủ tục": dossier.procedure.short_name,
        "tên kết quả": dossier.version.result_name,
        "mã hồ sơ": dossier.code,
        "ngày nhận hồ sơ": say_long_date(timezone.localdate(dossier.received_at)),
        "ngày soạn": say_long_date(timezone.localdate(at)),
        "cơ quan": office.name,
        "địa danh": office.place,
        "bộ phận một cửa": office.desk_name,
        "điện thoại cơ quan": office.hotline,
    }
    words |= {place: ", ".join(party.name for party in parties if party.role == role) for place, role in _BY_ROLE.items()}
    return {fold(place): word for place, word in words.items()}


def _whom_it_is_about(parties: list[Party]) -> Party:
    """The person named as owner, else the filer, unless he files for somebody else who is named."""
    owner = next((party for party in parties if party.role == PartyRole.OWNER), None)
    filer = next(party for party in parties if party.role == PartyRole.FILER)
    subject = next((party for party in parties if party.role == PartyRole.SUBJECT), None)
    return owner or (subject if subject is not None and filer.basis != Basis.SELF else None) or filer


def draft_slip(dossier: Dossier, text: ResultText, *, at: datetime) -> ResultSlip:
    """The letter with room for number, day and signature, marked as a draft."""
    return _slip(dossier.competent_agency, text, code=dossier.code, request=dossier.procedure.short_name, at=at)


def sample_slip(agency: Agency, text: ResultText, *, at: datetime) -> ResultSlip:
    """A text of the agency as a draft about nobody, to be looked at before it is published."""
    return _slip(agency, text, code="", request="", at=at)


def _slip(agency: Agency, text: ResultText, *, code: str, request: str, at: datetime) -> ResultSlip:
    office = office_of(agency)
    local = timezone.localtime(at)
    room, day = letters.ROOM_FOR_NUMBER, letters.ROOM_FOR_DAY
    return ResultSlip(
        issued_at=local.isoformat(),
        issued_words=f"ngày{day}tháng{day}năm {local.year}",
        authority=office.authority.upper(),
        superior=office.superior.upper(),
        office=office.desk_name.upper(),
        place=office.place,
        desk_name=office.desk_name,
        applicants=(),
        request=request,
        hotline=office.hotline,
        two_liens_per_sheet=False,
        code=code,
        granted=text.granted,
        number_line=f"Số:{room}/{text.symbol}",
        document_type=text.document_type.upper(),
        symbol=text.symbol,
        abstract=text.abstract if text.document_type else _SAID_ABOVE.sub("", text.abstract),
        addressee=text.addressee,
        paragraphs=_ended(paragraphs_of(text.body)),
        copies_to=("- Như trên;" if text.addressee else "- Người đề nghị;", f"- {office.desk_name};", "- Lưu: VT."),
        contact=letters.contact_lines(office),
    )


# An official letter (công văn) prints "V/v" before its abstract; people write it there, too.
_SAID_ABOVE = re.compile(r"^\s*(?:v/v|về việc)[\s:]+", re.IGNORECASE)


def _ended(paragraphs: tuple[str, ...]) -> tuple[str, ...]:
    """The last paragraph ends as letters do (NĐ 30/2020)."""
    if not paragraphs or paragraphs[-1].endswith(END):
        return paragraphs
    return (*paragraphs[:-1], paragraphs[-1].rstrip(" .") + END)


def text_of(slip: ResultSlip) -> ResultText:
    """What was written, to go on writing."""
    return ResultText(
        document_type=slip.document_type,
        symbol=slip.symbol,
        abstract=slip.abstract,
        addressee=slip.addressee,
        body="\n".join(slip.paragraphs),
        granted=slip.granted,
    )


def draft_file(slip: ResultSlip) -> bytes:
    """The bytes that are looked at and signed."""
    return documents.result_letter(slip)


def for_ink(slip: ResultSlip, right: SigningRight | None = None) -> bytes:
    """The draft without its mark, to be numbered and signed by hand on paper under this right (None: room for its lines)."""
    lines, name = (right.lines, right.signer_name) if right else ((), "")
    return documents.result_letter(replace(slip, is_draft=False, signature_lines=lines, signer_name=name))


def final_slip(result: ResultDocument, signature: SignOff, *, at: datetime) -> ResultSlip:
    """The paper: the words of the draft, with the number of the result, the day of issuing and the signer's lines."""
    draft = ResultSlip.from_json(result.snapshot or {})
    local = timezone.localtime(at)
    number = f"{result.doc_number}/{result.doc_symbol}"
    *lines, name = signature.block.split("\n") if signature.block else (signature.signer.job_title.upper(), signature.signer.full_name)
    signed_at = timezone.localtime(signature.signed_at).isoformat(timespec="seconds")
    return replace(
        draft,
        is_draft=False,
        issued_at=local.isoformat(),
        issued_words=say_long_date(local.date()),
        number=number,
        number_line=f"Số: {number}",
        signature_lines=tuple(line for line in lines if line),
        signer_name=name,
        signed_words=SIGNED_WORDS.format(at=signed_at),
        draft_sha256=signature.sha256,
    )


def issue_result_paper(result: ResultDocument, signature: SignOff, *, by: User, at: datetime) -> IssuedPaper:
    """The row of the final paper, inside the act that issues the result; its file is made after."""
    slip = final_slip(result, signature, at=at)
    return issue_paper(PaperKind.RESULT, result.agency_id, slip.number, slip, by=by, at=at, dossier=result.dossier, version=result.version)
