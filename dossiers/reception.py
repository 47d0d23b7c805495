"""The intake page as one thing: what was typed and scanned, read into forms and then into an Intake.

Values are plain text by field name, so that a page, a draft and a supplement slip all hold the
same thing. Nothing here changes a dossier; `lifecycle` does, with what `intake()` returns.
"""

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from uuid import UUID, uuid4

from django.forms import Form, all_valid
from django.utils import timezone

from dossiers.certification.catalogue import catalogue
from dossiers.checklist import components_of, fees_of, missing, unconditional
from dossiers.forms.intake import (
    BasisForm,
    DeclineForm,
    DeliveryForm,
    FeesForm,
    FilerForm,
    PapersForm,
    PeopleForm,
    SubjectForm,
    SupplementForm,
    default_basis,
    taken_state,
)
from dossiers.intake import Declined, Guidance, Intake, PartyLine
from dossiers.models import Basis, Dossier, PartyRole, PhoneOwner, SupplementRequest
from dossiers.persons import ELSEWHERE, HIMSELF, HIMSELF_BY_SEX, PARENT_BY_SEX, WITHOUT_CARD, Known, known_person, shown_date, with_people
from dossiers.places import communes_beside, why_not_for
from dossiers.promises import Appointed, promise_for
from dossiers.statuses import NotAllowed
from onestop.reading.card import BareId, Card
from onestop.staff.models import Agency
from onestop.worktime.limits import CannotPromise
from procedures.models import Fee, ProcedureCase, ProcedureVersion
from procedures.search import expired_on, find_for_desk

DRAFT_DAYS = 30
RECENT = timedelta(days=1)
HAS_BOOK = "Chứng thực có sổ và số riêng: làm ở trang Chứng thực"
# NĐ 63/2010 Điều 18: whoever asks for more says why.
INCOMPLETE = "Chưa đủ thành phần hồ sơ theo quy định của thủ tục."
NOT_KEPT = frozenset({"submission_key", "act", "scan", "csrfmiddlewaretoken", "warnings_seen", "elsewhere", "shown"})


@dataclass
class IntakePage:
    """One rendering of the intake page.

    `bound` means that the forms are to be checked; otherwise they only show `values`.
    """

    values: dict[str, str]
    user: object
    now: datetime
    bound: bool = False
    known: Known = field(default_factory=Known)
    notices: list[str] = field(default_factory=list)
    problems: list[tuple[str, str]] = field(default_factory=list)
    # The forms that the act which was asked for has judged: only their mistakes stand in its way.
    judged: list[Form] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.values.setdefault("submission_key", str(uuid4()))
        self.today = timezone.localdate(self.now)
        self.matches: list[ProcedureVersion] = []
        self.version = self._version()
        self.cases = list(self.version.cases.all()) if self.version else []
        self.case = self._case()
        self.channel = self.values.get("channel") or "counter"
        self.supplement = self._supplement()
        self.communes = self._communes()
        self.competent = next((commune for commune in self.communes if commune.code == self.values.get("competent")), None)
        self.components = components_of(self.case, self.channel) if self.case else []
        self.fees = self._fees()
        self._build_forms()

    # -- what the page is about ---------------------------------------------------------

    def _version(self) -> ProcedureVersion | None:
        typed = self.values.get("procedure_choice") or self.values.get("procedure", "")
        if not typed.strip():
            return None
        self.matches = find_for_desk(typed, self.today)
        if not self.matches and self.values.get("procedure_choice"):
            self.values.pop("procedure_choice")
            self.matches = find_for_desk(self.values.get("procedure", ""), self.today)
        return self.matches[0] if len(self.matches) == 1 else None

    def _case(self) -> ProcedureCase | None:
        wanted = self.values.get("case", "")
        chosen = next((case for case in self.cases if case.key == wanted), None)
        return chosen or (self.cases[0] if self.cases else None)

    def _supplement(self) -> SupplementRequest | None:
        number = self.values.get("supplement", "")
        if not (number.isascii() and number.isdigit() and len(number) < 19):
            return None
        return SupplementRequest.objects.filter(agency_id=self.user.agency_id, pk=int(number), dossier__isnull=True).first()

    def _communes(self) -> list[Agency]:
        """The communes that the matter can be received for; asked for only once somebody wants another one than his own."""
        if not (self.values.get("competent") or self.values.get("elsewhere")):
            return []
        return list(communes_beside(self.user.agency))

    def competence_problem(self) -> str:
        """Why the chosen commune cannot be the competent one, or ""."""
        if not self.values.get("competent") or self.version is None:
            return ""
        if self.competent is None:
            return "Chọn cơ quan giải quyết trong danh sách các xã cùng tỉnh đang hoạt động"
        return why_not_for(self.competent, self.version.procedure, self.user.agency)

    def _fees(self) -> list[Fee]:
        fees = fees_of(self.case, self.today) if self.case else []
        return [fee for fee in fees if not fee.channels or self.channel in fee.channels]

    def _build_forms(self) -> None:
        data = self.values if self.bound else None

        def make(kind, **kwargs):
            return kind(data, **kwargs) if self.bound else kind(initial=dict(self.values), **kwargs)

        self.filer = make(FilerForm)
        self.basis = make(BasisForm, case=self.case)
        self.people = make(PeopleForm)
        self.papers = make(PapersForm, components=self.components)
        self.fee_form = make(FeesForm, fees=self.fees)
        self.delivery = make(DeliveryForm)
        self.supplement_form = make(SupplementForm)
        self.decline_form = DeclineForm(initial=dict(self.values))
        self.subjects = [self._subject_form(item["role"], bool(item.get("required"))) for item in self._subject_roles()]

    def _subject_roles(self) -> list[dict]:
        listed = self.case.subjects if self.case else []
        return [item for item in listed if item["role"] in PartyRole.values and item["role"] not in ELSEWHERE]

    def _subject_form(self, role: str, needed: bool) -> SubjectForm:
        options = {"role": role, "label": PartyRole(role).label, "needed": needed}
        if self.bound:
            return SubjectForm(self.values, **options)
        names = ("name", "birth", "personal_id", "sex")
        return SubjectForm(initial={name: self.values.get(f"{role}-{name}", "") for name in names}, **options)

    # -- reading a card -----------------------------------------------------------------

    def take_card(self, scan: Card | BareId) -> None:
        """Put a scanned person where the page waits for one: filer, then owner, then the next subject."""
        number = scan.personal_id
        if not self.values.get("name") or self.values.get("personal_id") == number:
            self._fill_filer(scan)
        else:
            self._fill_next(scan)
        if isinstance(scan, Card):
            self.notices.extend(scan.warnings)
        self._build_forms()

    def _fill_filer(self, scan: Card | BareId) -> None:
        self.known = known_person(self.user.agency_id, scan.personal_id)
        known = self.known
        self.values["personal_id"] = scan.personal_id
        card = scan if isinstance(scan, Card) else None
        self.values["name"] = (card.name if card else "") or known.name or self.values.get("name", "")
        self.values["birth"] = str(card.birth) if card and card.birth else shown_date(known.birth) or self.values.get("birth", "")
        self.values["sex"] = (card.sex if card else "") or known.sex
        self.values["old_id"] = card.old_id if card else ""
        self.values["address"] = (card.address if card else "") or known.address or self.values.get("address", "")
        if known.phone and not self.values.get("phone"):
            self.values["phone"], self.values["phone_owner"] = known.phone, known.phone_owner or PhoneOwner.OWN
            self.values["email"] = self.values.get("email") or known.email

    def _fill_next(self, scan: Card | BareId) -> None:
        basis = self.values.get("basis") or default_basis(self.case)
        prefix = self._next_person(basis)
        if not prefix:
            self.notices.append("Đã có đủ người trong hồ sơ. Xóa bớt một người trước khi quét thẻ khác.")
            return
        known = known_person(self.user.agency_id, scan.personal_id)
        card = scan if isinstance(scan, Card) else None
        name = (card.name if card else "") or known.name
        if prefix == "owner":
            self.values["owner_name"], self.values["owner_personal_id"] = name, scan.personal_id
            return
        self.values[f"{prefix}-name"] = name
        self.values[f"{prefix}-personal_id"] = scan.personal_id
        self.values[f"{prefix}-birth"] = str(card.birth) if card and card.birth else shown_date(known.birth)
        self.values[f"{prefix}-sex"] = (card.sex if card else "") or known.sex

    def _next_person(self, basis: str) -> str:
        if basis == Basis.AUTHORISED and not self.values.get("owner_name"):
            return "owner"
        roles = sorted((item["role"] for item in self._subject_roles()), key=lambda role: role in WITHOUT_CARD)
        return next((role for role in roles if not self.values.get(f"{role}-name")), "")

    def _role_of_filer(self) -> str:
        """Which person of the matter the filer is himself, or "" when nothing says so."""
        basis, sex = self.values.get("basis") or default_basis(self.case), self.values.get("sex", "")
        roles = [item["role"] for item in self._subject_roles()]
        if any(self.values.get(f"{role}-personal_id") == self.values.get("personal_id") for role in roles):
            return ""
        possible = {Basis.PARENT: PARENT_BY_SEX.get(sex, ()), Basis.SELF: (*HIMSELF_BY_SEX.get(sex, ()), *HIMSELF)}.get(basis, ())
        return next((role for role in possible if role in roles and not self.values.get(f"{role}-name")), "")

    def shown(self) -> str:
        """Which list of papers and fees the page shows, sent back with the form; "-" before a procedure is chosen."""
        return f"{self.version.pk}:{self.case.key if self.case else ''}" if self.version else "-"

    def unseen(self) -> bool:
        """Whether procedure or case were changed on a page that still showed the papers and fees of another one, or none."""
        return self.version is not None and self.values.get("shown", self.shown()) != self.shown()

    def settle(self) -> None:
        """After a reading: whoever files for himself or for his child is not typed again."""
        if self.unseen():
            # "Đủ" was said of another list.
            self.values.pop("all_there", None)
        role = self._role_of_filer() if self.values.get("name") else ""
        if role:
            for name in ("name", "birth", "personal_id", "sex"):
                self.values[f"{role}-{name}"] = self.values.get(name, "")
        if self.values.get("all_there"):
            for line in unconditional(self.components):
                self.values.setdefault(f"paper_{line.pk}", taken_state(line))
        if not self.known.dossiers and self.values.get("personal_id"):
            self.known = known_person(self.user.agency_id, self.values["personal_id"])
        self._build_forms()

    def focus(self) -> str:
        """The id of the field where the clerk goes on: the first thing that is still open."""
        if self.values.get("elsewhere") and self.communes and self.competent is None:
            return "id_competent"
        if not self.values.get("name"):
            return "id_scan" if not self.values.get("personal_id") else "id_name"
        if not self.values.get("phone") and not self.values.get("no_phone"):
            return "id_phone"
        if self.version is None:
            return "id_procedure"
        for form in self.subjects:
            if form.needed and not self.values.get(f"{form.role}-name"):
                return f"id_{form.role}-name"
        if self.components and not self.values.get("all_there"):
            return "id_all_there"
        for key in self.papers.groups:
            if not self.values.get(f"group_{key}"):
                return f"id_group_{key}_0"
        return "id_save_print"

    def place_focus(self) -> str:
        """Give the field where the clerk goes on the focus, without a script; returns its id."""
        target = self.problems[0][0] if self.problems else self.focus()
        for form in (self.filer, self.basis, self.people, self.papers, self.fee_form, self.delivery, *self.subjects):
            for bound in form:
                if target in {bound.auto_id, f"{bound.auto_id}_0"}:
                    form.fields[bound.name].widget.attrs["autofocus"] = True
        return target

    # -- from forms to values -----------------------------------------------------------

    def is_valid(self) -> bool:
        """Whether a dossier can be received as it stands; problems are listed at their fields."""
        if self.version is None:
            # Without a procedure the page shows nothing below it, so nothing below it can be wrong.
            self._judge([self.filer, self.people])
            self.problems.append(("id_procedure", self.procedure_problem()))
            return False
        valid = self._judge([self.filer, self.basis, self.people, self.papers, self.fee_form, self.delivery, *self.subjects])
        if not self.version.receivable:
            reason = self.version.not_receivable_reason or "chưa có thời hạn công bố"
            self.problems.append(("id_procedure", f"Chưa tiếp nhận được thủ tục này: {reason}."))
            valid = False
        if self.has_book():
            self.problems.append(("id_procedure", HAS_BOOK))
            valid = False
        if sentence := self.competence_problem():
            self.problems.append(("id_competent", sentence))
            valid = False
        if self.papers.is_valid() and self.case and (absent := missing(self.components, self.papers.states())):
            sentence = f"Còn thiếu {len(absent)} giấy tờ. Nhận đủ rồi mới lập giấy hẹn, hoặc in phiếu bổ sung"
            self.problems.append(("id_all_there", f"{sentence}: {'; '.join(absent)}"))
            valid = False
        return valid

    def has_book(self) -> bool:
        """Whether the matter belongs to the books of certification; a dossier of this page would have no number there."""
        return self.version is not None and catalogue().has_book(self.version.procedure.code)

    def _judge(self, forms: list[Form]) -> bool:
        self.judged = forms
        return all_valid(forms)

    def procedure_problem(self) -> str:
        """The sentence for a procedure that was not found, or found more than once."""
        typed = self.values.get("procedure", "").strip()
        if not typed:
            return "Chọn thủ tục. Gõ mã tắt, mã thủ tục hoặc vài chữ trong tên"
        if since := expired_on(typed, self.today):
            return f"Thủ tục này hết hiệu lực từ {since:%d/%m/%Y}"
        if len(self.matches) > 1:
            return f"Có {len(self.matches)} thủ tục khớp “{typed}”. Chọn một"
        return f"Không có thủ tục nào khớp “{typed}”. Gõ mã tắt, mã thủ tục hoặc vài chữ trong tên"

    def warnings(self) -> list[str]:
        """Doubts that the clerk may overrule with one tick: number against birth, the same matter twice."""
        found = [self.filer.warning()]
        twin = self._twin()
        if twin is not None:
            found.append(f"Người này vừa nộp thủ tục này hôm nay: hồ sơ {twin.code}. Kiểm tra có phải nộp trùng không")
        return [sentence for sentence in found if sentence]

    def _twin(self) -> Dossier | None:
        """A dossier of the last day with the same filer, procedure and people; a second child is no double."""
        number = self.filer.cleaned_data.get("personal_id")
        if not number or self.version is None:
            return None
        recent = Dossier.objects.open().filter(
            agency_id=self.user.agency_id, procedure=self.version.procedure, received_at__gt=self.now - RECENT
        )
        names = {line.name for line in self._parties()}
        return with_people(recent.exclude(submission_key=self.submission_key()), filer_id=number, names=names)

    def submission_key(self) -> UUID:
        """The form's key; a damaged one is replaced, since it only serves against doubling."""
        try:
            return UUID(self.values["submission_key"])
        except ValueError:
            self.values["submission_key"] = str(uuid4())
            return UUID(self.values["submission_key"])

    def applicant(self) -> PartyLine:
        return self.filer.as_line(self.basis)

    def intake(self) -> Intake:
        """The checked intake; only after `is_valid()`."""
        if self.version is None or self.case is None:
            raise NotAllowed(self.procedure_problem())
        delivery = self.delivery.cleaned_data
        external = (delivery["external_system"], delivery["external_code"])
        return Intake(
            submission_key=self.submission_key(),
            version=self.version,
            case=self.case,
            parties=tuple(self._parties()),
            papers=tuple(self.papers.lines()),
            fees=tuple(self.fee_form.lines()),
            channel=delivery["channel"],
            request_text=delivery["request_text"],
            set_count=delivery["set_count"],
            delivery=delivery["delivery"],
            delivery_address=delivery["delivery_address"],
            slip_language=delivery["slip_language"],
            slip_wanted=delivery["slip_wanted"],
            staff_note=delivery["staff_note"],
            external_codes=(external,) if all(external) else (),
            supplement=self.supplement,
            competent=self.competent,
        )

    def _parties(self) -> list[PartyLine]:
        others = [self.basis.owner_line(), *(form.as_line() for form in self.subjects), *self.people.lines()]
        return [self.applicant(), *(line for line in others if line is not None)]

    def guidance(self) -> Guidance:
        """What a supplement slip asks for; raises NotAllowed with the sentence for what it still lacks."""
        if self.version is None:
            raise NotAllowed(self.procedure_problem())
        forms = [self.filer, self.basis, self.papers, self.supplement_form]
        if not self._judge(forms):
            raise NotAllowed("Sửa các chỗ ghi bên dưới rồi in phiếu bổ sung.")
        extra = [line for line in self.supplement_form.cleaned_data["supplement_items"].splitlines() if line.strip()]
        items = tuple(missing(self.components, self.papers.states()) + extra)
        if not items:
            raise NotAllowed("Chưa có giấy tờ nào ghi là thiếu. Đánh dấu “Thiếu” ở từng giấy còn thiếu.")
        return Guidance(
            submission_key=self.submission_key(),
            version=self.version,
            applicant=self.applicant(),
            items=items,
            reason=self.supplement_form.cleaned_data["supplement_reason"] or INCOMPLETE,
            fields=self.kept_fields(),
            request_text=self.values.get("request_text", ""),
            follows=self.supplement,
        )

    def declined(self) -> Declined:
        """A refusal with its three parts; raises NotAllowed when one is missing."""
        self.decline_form = DeclineForm(self.values)
        # What is refused before a procedure is chosen shows no choice of a basis.
        self.values.setdefault("basis", default_basis(self.case))
        self.basis = BasisForm(self.values, case=self.case)
        if not self._judge([self.filer, self.basis, self.decline_form]):
            raise NotAllowed("Ghi đủ căn cứ, lý do và nơi nộp đúng rồi in phiếu từ chối.")
        if self.version is None and not self.values.get("request_text", "").strip():
            raise NotAllowed("Chọn thủ tục, hoặc ghi nội dung yêu cầu giải quyết, rồi in phiếu từ chối.")
        values = self.decline_form.cleaned_data
        return Declined(
            submission_key=self.submission_key(),
            version=self.version,
            applicant=self.applicant(),
            ground=values["decline_ground"],
            reason=values["decline_reason"],
            guidance=values["decline_guidance"],
            request_text=self.values.get("request_text", ""),
        )

    def typed_fields(self) -> dict[str, str]:
        """What a draft keeps of the page: everything but key, button and what was said of a doubt."""
        return {name: value for name, value in self.values.items() if name not in NOT_KEPT and value}

    def kept_fields(self) -> dict[str, str]:
        """What a supplement slip keeps for the day when the person comes back: the same without what was missing."""
        own = {"all_there", "supplement"}
        return {name: value for name, value in self.typed_fields().items() if name not in own and value != "missing"}

    # -- the date -----------------------------------------------------------------------

    def appointed(self) -> Appointed | None:
        """The promise as it would be made now, or None with the reason among the notices."""
        if self.version is None or self.case is None or not self.version.receivable:
            return None
        try:
            settled_by = self.competent.pk if self.competent else self.user.agency_id
            return promise_for(self.version, self.case, self.channel, settled_by, self.now)
        except CannotPromise as reason:
            self.notices.append(str(reason))
            return None
