"""The people and the dossiers of a scene, and how one of its dossiers is received and brought on."""

from dataclasses import dataclass, field
from datetime import datetime

from dossiers import lifecycle
from dossiers.checklist import components_of
from dossiers.intake import FeeLine, Intake, PaperLine, PartyLine
from dossiers.issuing import supplement_subject
from dossiers.models import Dossier, HandOverList, IntakeDraft, IssuedPaper, SignOffKind, TransferList
from dossiers.secrets import token
from dossiers.statuses import Status
from dossiers.tests.makers import make_intake, make_version
from onestop.staff.models import Absence, User
from onestop.testing import Cast
from onestop.vault.files import store
from onestop.worktime.models import CalendarChange
from procedures.models import Component, Fee, ProcedureVersion, ResultTemplate, ResultTemplateDraft, WorkflowDraft

# Long, of several peoples of the place, and with stacked marks: what breaks a narrow page first.
NAMES = (
    "Thạch Thị Sóc Kha",
    "Nguyễn Trần Hoàng Phương Nguyễn Thị Ngọc Diễm Quỳnh",
    "Kim Sa Rây",
    "Đặng Văn Ễnh",
    "Tăng Thị Huỳnh Như",
    "Sơn Minh Khang",
)
PHONE, PERSONAL_ID, ADDRESS = "0900000123", "000185006123", "Ấp Trà Kha"
# One empty page of A5, as small as a viewer will open.
DRAFT = (
    b"%PDF-1.4\n1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj\n2 0 obj<</Type/Pages/Kids[3 0 R]/Count 1>>endobj\n"
    b"3 0 obj<</Type/Page/Parent 2 0 R/MediaBox[0 0 420 595]>>endobj\ntrailer<</Root 1 0 R>>\n%%EOF"
)
SUMMARY = "Trích lục khai sinh bản sao, kèm văn bản trả lời về việc thay đổi, cải chính hộ tịch"


@dataclass
class Scene:
    """The people, and dossiers by what is to be seen of them."""

    cast: Cast
    newcomer: User
    now: datetime
    province_admin: User | None = None
    change: CalendarChange | None = None
    dossiers: dict[str, Dossier] = field(default_factory=dict)
    slips: dict[str, IssuedPaper] = field(default_factory=dict)
    hand_overs: HandOverList | None = None
    absence: Absence | None = None
    draft: IntakeDraft | None = None
    sent: TransferList | None = None
    homecoming: TransferList | None = None
    process: WorkflowDraft | None = None
    text: ResultTemplate | None = None
    text_draft: ResultTemplateDraft | None = None

    def code(self, what: str) -> str:
        return self.dossiers[what].code

    def token(self, what: str) -> str:
        return token(self.code(what), self.dossiers[what].secret_version)

    @property
    def supplement_token(self) -> str:
        slip = self.slips["supplement"].supplement
        return token(supplement_subject(slip.agency_id, slip.year, slip.number), 1)

    def person(self, who: str) -> User | None:
        """The person of this name in the cast; nobody for a visitor."""
        apart = {"visitor": None, "newcomer": self.newcomer, "province_admin": self.province_admin}
        return apart.get(who) or getattr(self.cast, who, None)


def birth_registration() -> ProcedureVersion:
    """That of the catalogue, where it is loaded; else one with everything that the intake's page can show."""
    version = make_version(papers=3)
    if version.cases.count() > 1:
        return version
    case = version.cases.get()
    case.name = "Trong hạn, người đi khai sinh là cha hoặc mẹ"
    case.subjects = [{"role": "child", "required": True}, {"role": "mother", "required": True}, {"role": "father", "required": False}]
    case.save()
    Component.objects.create(version=version, case=case, position=9, short_name="Giấy xác nhận tình trạng hôn nhân", required=False)
    Fee.objects.create(version=version, name="Lệ phí đăng ký khai sinh quá hạn", amount=8000, per="việc", source="Nghị quyết")
    version.procedure.short_code = "ks"
    version.procedure.save()
    return version


def intake_of(version: ProcedureVersion, name: str) -> Intake:
    lines = components_of(version.cases.all()[0])
    papers = tuple(PaperLine(line.short_name, "submitted", line, line.copy_kind, line.originals) for line in lines)
    filer = PartyLine(
        role="filer", name=name, basis="parent_guardian", personal_id=PERSONAL_ID, birth="1985-03-05", sex="female", phone=PHONE,
        phone_owner="own", address=ADDRESS,
    )
    child = PartyLine(role="child", name="Sơn Thị Hồng Nhung")
    return make_intake(version, parties=(filer, child), papers=papers, fees=(FeeLine("Lệ phí", 8000, None, "", "later"),), slip_wanted=True)


def bring(dossier: Dossier, status: str, people: Cast, at: datetime) -> Dossier:
    """By the people of the cast, so that each of them finds his own work."""
    if status == Status.RECEIVED:
        return dossier
    dossier = lifecycle.hand_over(dossier, to=people.specialist, by=people.clerk, at=at, note="Kèm bản chính giấy chứng sinh")
    dossier = lifecycle.take_over(dossier, by=people.specialist, at=at)
    if status == Status.PROCESSING:
        return dossier
    dossier = lifecycle.submit_for_sign_off(
        dossier, by=people.specialist, at=at, summary=SUMMARY, sha256=store(DRAFT), file_name="du-thao.pdf"
    )
    if status == Status.AWAITING_SIGNATURE:
        return dossier
    dossier = lifecycle.sign_off(
        dossier, kind=SignOffKind.WET_INK, signer=people.leader, by=people.leader, at=at, doc_number="12", doc_symbol="TLKS-BS"
    )
    if status == "signed":
        return dossier
    dossier = lifecycle.issue_result(dossier, by=people.leader, at=at)
    if status == Status.RESULT_READY:
        return dossier
    return lifecycle.return_result(
        dossier, collected_by="owner", name=dossier.applicant_name, paid_by="cash", receipt_no="0001234", by=people.clerk, at=at
    )
