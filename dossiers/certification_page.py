"""The certification page as one thing: what was typed and scanned, read into lines and then into a session.

Values are plain text by field name, as on the intake page. Nothing here changes a dossier; `lifecycle` does, with what
`session()` and `refused()` return.
"""

import re
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from functools import cached_property
from uuid import UUID, uuid4, uuid5

from django.forms import Form, all_valid
from django.utils import timezone

from dossiers.certification.catalogue import PaperKind, catalogue
from dossiers.certification.fees import NoRate
from dossiers.certification.kinds import LANE, Work
from dossiers.certification.pricing import quote
from dossiers.certification.promising import pins_for, promise_for_session
from dossiers.certification.requirements import problems_of
from dossiers.certification.session import CertificationLine, CertificationSession, Prolongation
from dossiers.certification.setting import setting_of
from dossiers.forms.certifying import LineForm, OnTheSpotForm, PaymentForm, ProlongForm, RequesterForm
from dossiers.intake import PartyLine
from dossiers.lifecycle import RefusedLine
from dossiers.models import IntakeDraft, PartyRole, PhoneOwner
from dossiers.persons import Known, known_person
from dossiers.promises import Appointed
from dossiers.quick_entry import mistyped, named, read_entries
from dossiers.reception import DRAFT_DAYS
from dossiers.signers import Signer, signers_on
from dossiers.statuses import NotAllowed
from onestop.reading.card import BareId, Card
from onestop.reading.dates import PartialDate
from onestop.staff.models import User
from onestop.worktime.limits import CannotPromise

ROWS_READY = 3
MOST_ROWS = 40
NO_SUCH_CODE = "Không có mã “{part}”. Gõ lại mã; giấy không có mã thì ghi tên vào một dòng riêng"
_ROW = re.compile(r"line-([0-9]{1,3})-([a-z0-9_]+)")
# What is said of a line as soon as it is read; the rest when it is to be saved.
SAID_AT_ONCE = frozenset({"paper_kind", "pages", "copies", "work", "exempt"})
# Where a problem of the requirements is shown, when its name is not that of a box.
SHOWN_AT = {"paper_kind": "paper", "witnesses": "witness_1", "compared": "paper", "language_to": "language_from"}
NOT_KEPT = frozenset({"submission_key", "act", "shown_total", "warnings_seen", "no_interest", "namesake_checked"})
SHOWN_AT_PAGE = {"name": "id_name", "lines": "id_line-0-paper", "paid_by": "id_paid_by", "personal_id": "id_personal_id"}


@dataclass
class Row:
    """One line of the page: its form, what it costs (None: cannot be said yet), and its number on the page."""

    index: int
    form: LineForm
    filled: bool
    line: CertificationLine | None = None
    fee: int | None = None

    @property
    def number(self) -> int:
        return self.index + 1


@dataclass
class CertificationPage:
    """One rendering of the certification page; `bound`: everything is to be checked, not only what was typed for papers."""

    values: dict[str, str]
    user: User
    now: datetime
    bound: bool = False
    known: Known = field(default_factory=Known)
    notices: list[str] = field(default_factory=list)
    problems: list[tuple[str, str]] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.today = timezone.localdate(self.now)
        self.setting = setting_of(self.user.agency_id)
        for name, value in {"submission_key": str(uuid4()), "paid_by": "cash", "slip_language": "vi"}.items():
            self.values.setdefault(name, value)
        self._spread()
        self._build()

    # -- rows ---------------------------------------------------------------------------

    def _typed_rows(self) -> list[dict[str, str]]:
        """What was typed for each paper, empty rows left out."""
        rows: dict[int, dict[str, str]] = {}
        for name, value in self.values.items():
            if match := _ROW.fullmatch(name):
                rows.setdefault(int(match[1]), {})[match[2]] = value
        return [rows[index] for index in sorted(rows) if rows[index].get("paper", "").strip() or rows[index].get("paper_name", "").strip()]

    def _spread(self) -> None:
        """Read quick entries into lines, and put the lines one below the other."""
        lines: list[dict[str, str]] = []
        for row in self._typed_rows():
            entries = read_entries(row.get("paper", ""))
            lines.append(self._settled(row, entries))
            if part := mistyped(row.get("paper", "")):
                self.problems.append((f"id_line-{len(lines) - 1}-paper", NO_SUCH_CODE.format(part=part)))
            lines += [self._settled({"paper": entry.paper.code, "pages": _text(entry.pages), "copies": _text(entry.copies)}, [])
                      for entry in entries[1:] if entry.paper]  # fmt: skip
        if len(lines) > MOST_ROWS:
            self.problems.append(("id_line-0-paper", f"Một lượt nhiều nhất {MOST_ROWS} giấy tờ. Lưu lượt này rồi nhận tiếp"))
        for name in [name for name in self.values if _ROW.fullmatch(name)]:
            del self.values[name]
        for index, line in enumerate(lines[:MOST_ROWS]):
            self.values.update({f"line-{index}-{name}": value for name, value in line.items() if value})
        self.filled = min(len(lines), MOST_ROWS)
        asked = int(self.values["rows"]) if self.values.get("rows", "").isdecimal() and len(self.values["rows"]) < 4 else 0
        self.row_count = min(max(ROWS_READY, self.filled + 1, asked), MOST_ROWS)

    def _settled(self, row: dict[str, str], entries: list) -> dict[str, str]:
        """The row with its kind of paper, name, work and counts filled in from what was typed in one go."""
        line = dict(row)
        if entries:
            entry = entries[0]
            line["paper"] = entry.paper.code if entry.paper else ""
            if entry.paper is None:
                line["paper_name"] = entry.name
            line["pages"] = _text(entry.pages) or line.get("pages", "")
            line["copies"] = _text(entry.copies) or line.get("copies", "")
        paper = catalogue().paper(line.get("paper", ""))
        name = line.get("paper_name", "").strip()
        if paper is not None:
            if not name or (named(name) not in (None, paper)):
                line["paper_name"] = paper.name
            if line.get("work") not in paper.works:
                line["work"] = paper.works[0]
        if line.get("work") not in Work.values:
            line["work"] = Work.COPY
        line["pages"] = line.get("pages") or "1"
        line["copies"] = line.get("copies") or "1"
        return line

    def _build(self) -> None:
        def make(kind, **kwargs):
            return kind(self.values, **kwargs) if self.bound else kind(initial=dict(self.values), **kwargs)

        self.requester = make(RequesterForm)
        self.payment_form = make(PaymentForm, setting=self.setting)
        self.prolong = ProlongForm(self.values)  # at once, since the date depends on it
        self.rows = [self._row(index) for index in range(self.row_count)]
        self._price()
        self.on_the_spot = OnTheSpotForm(initial=dict(self.values), signers=self.signers)
        if not self.bound:
            self._say_at_once()

    def _row(self, index: int) -> Row:
        filled = index < self.filled
        work = self.values.get(f"line-{index}-work", "") or Work.COPY
        paper: PaperKind | None = catalogue().paper(self.values.get(f"line-{index}-paper", ""))
        options = {"prefix": f"line-{index}", "work": work, "paper": paper, "setting": self.setting, "filled": filled}
        if not filled:
            return Row(index, LineForm(initial={"work": Work.COPY, "pages": "1", "copies": "1"}, **options), filled)
        form = LineForm(self.values, **options)
        return Row(index, form, filled, _line_of(form) if form.is_valid() else None)

    @property
    def filled_rows(self) -> list[Row]:
        return [row for row in self.rows if row.filled]

    def _price(self) -> None:
        for row in self.filled_rows:
            if row.line is None or any(problem.field in SAID_AT_ONCE for problem in self._problems_of(row)):
                continue
            try:
                row.fee = quote([row.line], self.setting, self.today).total
            except NoRate as fault:
                self.problems.append((f"id_line-{row.index}-paper", str(fault)))

    @property
    def total(self) -> int | None:
        """The sum of all lines; None while there is none or one cannot be priced."""
        fees = [row.fee for row in self.filled_rows]
        return None if not fees or None in fees else sum(fee for fee in fees if fee is not None)

    @cached_property
    def signers(self) -> list[Signer]:
        books = {catalogue().rules_of(row.line.work).book for row in self.filled_rows if row.line}
        return signers_on(self.setting, books, self.today, received_by=self.user.pk)

    # -- reading a card -----------------------------------------------------------------

    def take_card(self, scan: Card | BareId) -> None:
        """Put the scanned person into the requester's boxes, with what earlier visits say about him."""
        self.known = known = known_person(self.user.agency_id, scan.personal_id)
        card = scan if isinstance(scan, Card) else None
        same = self.values.get("personal_id") == scan.personal_id
        before = self.values if same else {}
        known_birth = str(PartialDate.from_iso(known.birth)) if known.birth else ""
        person = {
            "personal_id": scan.personal_id,
            "name": (card.name if card else "") or known.name or before.get("name", ""),
            "birth": str(card.birth) if card and card.birth else known_birth or before.get("birth", ""),
            "sex": (card.sex if card else "") or known.sex,
            "old_id": card.old_id if card else "",
            "address": (card.address if card else "") or known.address or before.get("address", ""),
            "phone": before.get("phone", "") or known.phone,
            "no_id_reason": "",
        }
        self.values.update(person)
        if card is not None:
            self.notices.extend(card.warnings)
        self._build()

    def focus(self) -> str:
        """The id of the field where the clerk goes on."""
        if self.problems:
            return self.problems[0][0]
        if self.bound:
            return ""
        if not self.values.get("name"):
            return "id_name" if self.values.get("personal_id") else "id_scan"
        for row in self.filled_rows:
            if row.form.errors:
                return row.form[next(iter(row.form.errors))].auto_id
            if row.form.needs_details and not self.values.get(f"line-{row.index}-signed_before_me"):
                return f"id_line-{row.index}-signed_before_me"
        free = next((row.index for row in self.rows if not row.filled), None)
        return "id_save" if free is None else f"id_line-{free}-paper"

    def place_focus(self) -> str:
        """Give the field where the clerk goes on the focus, without a script; returns its id."""
        target = self.focus()
        for form in (self.requester, self.payment_form, self.prolong, *(row.form for row in self.rows)):
            for bound in form:
                if target == bound.auto_id:
                    form.fields[bound.name].widget.attrs["autofocus"] = True
        return target

    # -- checking -----------------------------------------------------------------------

    def _say_at_once(self) -> None:
        for row in self.filled_rows:
            for problem in self._problems_of(row):
                if problem.field in SAID_AT_ONCE:
                    _put(row.form, problem.field, problem.sentence)

    def _problems_of(self, row: Row) -> list:
        """What the requirements say of this line by itself."""
        if row.line is None:
            return []
        alone = CertificationSession(self.submission_key(), (row.line,), (PartyLine(role=PartyRole.FILER, name="…"),))
        return [problem for problem in problems_of(alone) if problem.line == 0]

    def is_valid(self) -> bool:
        """Whether the session can be saved as it stands; problems are listed at their fields."""
        forms: list[Form] = [self.requester, self.payment_form, self.prolong]
        if not all_valid([*forms, *(row.form for row in self.filled_rows)]):
            for row in self.filled_rows:
                for problem in self._problems_of(row):
                    if problem.field not in SHOWN_AT_PAGE:
                        _put(row.form, problem.field, problem.sentence)
            return False
        valid = True
        if not self.filled:
            self.problems.append(("id_line-0-paper", "Ghi ít nhất một giấy tờ cần chứng thực"))
            return False
        for problem in problems_of(self.session()):
            valid = False
            if problem.line is not None and problem.field not in SHOWN_AT_PAGE:
                _put(self.rows[problem.line].form, problem.field, problem.sentence)
            elif problem.field in self.prolong.fields:
                self.prolong.add_error(problem.field, problem.sentence)
            elif (SHOWN_AT_PAGE.get(problem.field, "id_save"), problem.sentence) not in self.problems:
                self.problems.append((SHOWN_AT_PAGE.get(problem.field, "id_save"), problem.sentence))
        return valid and not self.problems

    def shown_total_agrees(self) -> bool:
        """Whether the sum that the clerk had on the screen is the one that would be taken."""
        return self.values.get("shown_total") == str(self.total)

    def appointed(self) -> Appointed | None:
        """The date that saving would promise; None while something is missing."""
        lines = [row.line for row in self.filled_rows]
        if not lines or None in lines:
            return None
        session = CertificationSession(self.submission_key(), tuple(line for line in lines if line), (), prolongation=self._prolongation())
        try:
            return promise_for_session(session, pins_for(session.lines, self.today), self.user.agency_id, self.now)
        except (NotAllowed, CannotPromise) as fault:
            self.notices.append(str(fault))
            return None

    # -- from forms to values -----------------------------------------------------------

    def sign_at_once(self) -> OnTheSpotForm:
        """The form of the signer on duty, to be checked."""
        self.on_the_spot = OnTheSpotForm(self.values, signers=self.signers)
        return self.on_the_spot

    def submission_key(self) -> UUID:
        """The form's key; a damaged one is replaced, since it only serves against doubling."""
        try:
            return UUID(self.values["submission_key"])
        except ValueError:
            self.values["submission_key"] = str(uuid4())
            return UUID(self.values["submission_key"])

    def _prolongation(self) -> Prolongation | None:
        values = self.prolong.cleaned_data if self.prolong.is_valid() else {}
        if values.get("working_days") is None:
            return None
        return Prolongation(values["working_days"], values["prolong_reason"], values["agreed_in_writing"])

    def applicant(self) -> PartyLine:
        values = self.requester.cleaned_data
        return PartyLine(
            role=PartyRole.FILER,
            name=values["name"],
            basis="self",
            birth=values["birth"].iso if values.get("birth") else "",
            sex=values["sex"],
            personal_id=values["personal_id"],
            old_id=values["old_id"],
            no_id_reason=values["no_id_reason"],
            address=values["address"],
            phone=values["phone"],
            phone_owner=PhoneOwner.OWN if values["phone"] else PhoneOwner.NONE,
        )

    def session(self) -> CertificationSession:
        """The whole visit; only when all forms are valid."""
        slip = self.prolong.cleaned_data
        return CertificationSession(
            submission_key=self.submission_key(),
            lines=tuple(row.line for row in self.filled_rows if row.line),
            people=(self.applicant(),),
            payment=self.payment_form.payment(),
            prolongation=self._prolongation(),
            slip_wanted=slip["slip_wanted"],
            slip_language=slip["slip_language"],
            staff_note=slip["staff_note"],
        )

    def refused(self, index: int) -> RefusedLine:
        """The line of this row as refused; raises NotAllowed with what is still missing, placed at its field."""
        row = next((row for row in self.filled_rows if row.index == index), None)
        if row is None:
            raise NotAllowed("Ghi giấy tờ bị từ chối rồi chọn căn cứ.")
        if not self.requester.is_valid() or not row.form.is_valid():
            raise NotAllowed("Ghi họ tên người yêu cầu và tên giấy tờ rồi lập phiếu từ chối.")
        values = row.form.cleaned_data
        if not values["ground"]:
            row.form.add_error("ground", "Chọn căn cứ từ chối")
            raise NotAllowed("Chọn căn cứ từ chối trong danh sách của loại việc này.")
        # The same paper refused twice on the same page is one refusal; another paper another.
        key = uuid5(self.submission_key(), f"{values['work']}:{values['paper_name']}:{values['ground']}")
        return RefusedLine(
            submission_key=key,
            work=values["work"],
            paper_name=values["paper_name"],
            ground=values["ground"],
            applicant=self.applicant(),
            words=values["ground_words"],
            guidance=values["ground_guidance"],
        )

    def drop_row(self, index: int) -> None:
        """Take a line off the page."""
        for name in [name for name in self.values if name.startswith(f"line-{index}-")]:
            del self.values[name]
        self._spread()

    def keep(self) -> IntakeDraft:
        """Keep what is typed under the form's key, as the intake page's drafts are kept; saving the session removes it."""
        fields = {name: value for name, value in self.values.items() if name not in NOT_KEPT}
        changing = {
            "fields": {**fields, "lane": LANE},
            "changed_at": self.now,
            "expires_at": self.now + timedelta(days=DRAFT_DAYS),
            "owner": self.user,
        }
        draft, _ = IntakeDraft.objects.update_or_create(
            agency_id=self.user.agency_id,
            key=self.submission_key(),
            defaults=changing,
            create_defaults={**changing, "created_at": self.now},
        )
        return draft


def _text(number: int | None) -> str:
    return "" if number is None else str(number)


def _line_of(form: LineForm) -> CertificationLine:
    values = form.cleaned_data
    kept = {name: values[name] for name in CertificationLine.__dataclass_fields__ if name in values}
    line = CertificationLine(**{**kept, "paper_kind": values["paper"], "printed_pages": values.get("printed_pages") or 0})
    return replace(line, witnesses=tuple(name for name in (values.get("witness_1", ""), values.get("witness_2", "")) if name))


def _put(form: LineForm, name: str, sentence: str) -> None:
    """A sentence of the requirements at its box, once."""
    place = SHOWN_AT.get(name, name)
    place = place if place in form.fields else "paper"
    if sentence not in form.errors.get(place, []):
        form.add_error(place, sentence)
