"""The dossier, the people in it, and the papers that they brought."""

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.urls import reverse

from dossiers.querysets import DossierQuerySet
from dossiers.statuses import OPEN, READY, Status
from onestop.history.rows import tracked
from onestop.history.triggers import protect
from onestop.staff.models import Agency
from procedures.models import Component, Fee, Procedure, ProcedureCase, ProcedureVersion, Workflow


class Channel(models.TextChoices):
    """How a dossier came in; the portal's codes are 1, 2 and 3."""

    COUNTER = "counter", "Trực tiếp"
    ONLINE = "online", "Trực tuyến"
    POST = "post", "Qua bưu chính công ích"


class Delivery(models.TextChoices):
    """Where the applicant wants the result (field 6 of the receipt slip)."""

    DESK = "desk", "Tại quầy"
    POST = "post", "Qua bưu điện"
    ELECTRONIC = "electronic", "Bản điện tử"


class Outcome(models.TextChoices):
    GRANTED = "granted", "Được giải quyết"
    NOT_GRANTED = "not_granted", "Không được giải quyết, có văn bản trả lời"


@protect(updates=True)
@tracked(
    personal=("applicant_name", "applicant_key", "applicant_sort", "request_text", "delivery_address", "staff_note"),
    version=2,
    added={2: ("workflow",)},
)
class Dossier(models.Model):
    """One matter of one applicant under one version of a procedure.

    Three agencies: where it was filed, who received it (`agency`: numbers, chains and shards
    it) and who is competent. Only lifecycle.py changes `status`. `due_at` is the lawful due
    moment now (None while a pause is open); promises are Appointment rows. `finished_at` is
    when the result was signed and issued, the moment that lateness is measured by.

    Every index costs each intake and each mark of lateness: a foreign key that no list looks up by
    (or that an index below begins with) has none.
    """

    agency = models.ForeignKey(Agency, models.PROTECT, related_name="dossiers", db_index=False)
    filed_at_agency = models.ForeignKey(Agency, models.PROTECT, related_name="+", db_index=False)
    competent_agency = models.ForeignKey(Agency, models.PROTECT, related_name="+", db_index=False)
    code = models.CharField("mã hồ sơ", max_length=50)
    submission_key = models.UUIDField("khóa gửi biểu mẫu")
    secret_version = models.PositiveSmallIntegerField(default=1)
    token_digest = models.CharField(max_length=64)

    procedure = models.ForeignKey(Procedure, models.PROTECT, related_name="dossiers")
    version = models.ForeignKey(ProcedureVersion, models.PROTECT, related_name="dossiers", db_index=False)
    case = models.ForeignKey(ProcedureCase, models.PROTECT, related_name="dossiers", db_index=False)
    workflow = models.ForeignKey(
        Workflow, models.PROTECT, null=True, related_name="+", db_index=False, verbose_name="quy trình nội bộ"
    )
    lane = models.CharField("luồng", max_length=20, blank=True)
    request_text = models.CharField("nội dung yêu cầu", max_length=300)
    set_count = models.PositiveSmallIntegerField("số bộ hồ sơ", default=1)

    status = models.CharField("trạng thái", max_length=24, choices=Status, default=Status.RECEIVED)
    outcome = models.CharField("kết quả", max_length=12, choices=Outcome, blank=True)
    channel = models.CharField("cách nộp", max_length=10, choices=Channel, default=Channel.COUNTER)
    submitted_at = models.DateTimeField("nộp lúc")
    received_at = models.DateTimeField("tiếp nhận lúc")
    received_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="received_dossiers")
    due_at = models.DateTimeField("hạn trả", null=True)
    signed_at = models.DateTimeField("ký lúc", null=True)
    finished_at = models.DateTimeField("có kết quả lúc", null=True)
    returned_at = models.DateTimeField("trả lúc", null=True)
    overdue_since = models.DateTimeField("quá hạn từ", null=True)
    voided_at = models.DateTimeField("hủy lúc", null=True)
    void_reason = models.CharField("lý do hủy", max_length=300, blank=True)

    holder = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="held_dossiers", db_index=False)
    held_since = models.DateTimeField(null=True)
    applicant_name = models.CharField("người nộp", max_length=200)
    applicant_key = models.CharField(max_length=200)
    applicant_sort = models.CharField(max_length=400)
    delivery = models.CharField("nhận kết quả", max_length=12, choices=Delivery, default=Delivery.DESK)
    delivery_address = models.CharField("nơi gửi kết quả", max_length=300, blank=True)
    slip_language = models.CharField("ngôn ngữ phiếu", max_length=5, default="vi")
    staff_note = models.CharField("ghi chú", max_length=500, blank=True)

    revision = models.PositiveIntegerField(default=1)
    changed_at = models.DateTimeField()
    changed_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", db_index=False)

    objects = DossierQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint("code", name="dossier_code_once"),
            models.UniqueConstraint("agency", "submission_key", name="dossier_submission_once"),
            models.UniqueConstraint("token_digest", name="dossier_token_once"),
            models.CheckConstraint(condition=Q(status__in=Status.values), name="dossier_status_known"),
            models.CheckConstraint(
                condition=Q(finished_at__isnull=True) | ~Q(status__in=sorted(OPEN)), name="dossier_finished_is_not_open"
            ),
            models.CheckConstraint(condition=Q(returned_at__isnull=False) | ~Q(status=Status.RETURNED), name="dossier_returned_has_time"),
            models.CheckConstraint(condition=Q(set_count__gte=1), name="dossier_has_a_set"),
        ]
        indexes = [
            models.Index("agency", models.F("received_at").desc(), models.F("id").desc(), name="dossier_register"),
            models.Index("agency", "applicant_key", "received_at", "id", name="dossier_name_search"),
            models.Index("agency", "status", "due_at", condition=Q(finished_at__isnull=True), name="dossier_open"),
            models.Index("due_at", condition=Q(finished_at__isnull=True, overdue_since__isnull=True), name="dossier_may_become_late"),
            models.Index("agency", "finished_at", condition=Q(status__in=sorted(READY)), name="dossier_to_collect"),
            models.Index("holder", condition=Q(finished_at__isnull=True), name="dossier_held"),
            # The few that another commune received: what `settled_by` adds to an agency's own.
            models.Index("competent_agency", "status", "due_at", condition=~Q(competent_agency=F("agency")), name="dossier_from_elsewhere"),
        ]

    def __str__(self) -> str:
        return self.code

    def get_absolute_url(self) -> str:
        return reverse("dossiers:detail", args=[self.code])

    @property
    def is_open(self) -> bool:
        return self.status in OPEN and self.voided_at is None


class Basis(models.TextChoices):
    """On which basis the filer acts; the list is the catalogue's `basis_allowed`."""

    SELF = "self", "Chính người có việc"
    PARENT = "parent_guardian", "Cha, mẹ hoặc người giám hộ"
    FAMILY = "family_no_paper", "Người thân, không cần giấy ủy quyền"
    AUTHORISED = "power_of_attorney", "Được ủy quyền (có giấy)"
    ORGANISATION = "organisation", "Đại diện tổ chức"


class PartyRole(models.TextChoices):
    """What a person is in the matter; most are the roles that the catalogue's cases name."""

    FILER = "filer", "Người nộp hồ sơ"
    OWNER = "owner", "Người đứng tên hồ sơ"
    CHILD = "child", "Trẻ em"
    MOTHER = "mother", "Mẹ"
    FATHER = "father", "Cha"
    SPOUSE_1 = "spouse_1", "Bên nam (chồng)"
    SPOUSE_2 = "spouse_2", "Bên nữ (vợ)"
    DECEASED = "deceased", "Người đã mất"
    SUBJECT = "subject", "Người được giải quyết"
    BENEFICIARY = "beneficiary", "Người hưởng"
    WARD = "ward", "Người được giám hộ"
    GUARDIAN = "guardian", "Người giám hộ"
    ADOPTIVE_PARENT_1 = "adoptive_parent_1", "Cha hoặc mẹ nuôi"
    ADOPTIVE_PARENT_2 = "adoptive_parent_2", "Mẹ hoặc cha nuôi"
    PARTY_1 = "party_1", "Bên thứ nhất"
    PARTY_2 = "party_2", "Bên thứ hai"
    HEIR = "heir", "Người thừa kế"
    CO_OWNER = "co_owner", "Người cùng sử dụng, sở hữu"
    CO_SIGNER = "co_signer", "Người cùng ký"
    HOUSEHOLD_HEAD = "household_head", "Chủ hộ"
    HOUSEHOLD_MEMBER = "household_member", "Thành viên hộ"
    CARER = "carer", "Người chăm sóc"
    MARTYR = "martyr", "Liệt sĩ"
    RECIPIENT = "recipient", "Người nhận kết quả"
    HELPER = "helper", "Người viết hộ"
    INTERPRETER = "interpreter", "Người phiên dịch"
    WITNESS = "witness", "Người làm chứng"
    WITNESS_1 = "witness_1", "Người làm chứng thứ nhất"
    WITNESS_2 = "witness_2", "Người làm chứng thứ hai"


class PhoneOwner(models.TextChoices):
    OWN = "own", "Của người nộp"
    RELATIVE = "relative", "Của người nhà"
    NEIGHBOUR = "neighbour", "Của hàng xóm, trưởng ấp"
    NONE = "none", "Không có điện thoại"


@protect(updates=True)
@tracked(personal=("name", "name_key", "birth", "sex", "personal_id", "old_id", "no_id_reason", "address", "phone", "email", "relation"))
class Party(models.Model):
    """A person (or organisation) in a dossier, as written on the day of filing."""

    agency = models.ForeignKey(Agency, models.PROTECT, related_name="+")
    dossier = models.ForeignKey(Dossier, models.PROTECT, related_name="parties")
    position = models.PositiveSmallIntegerField(default=0)
    role = models.CharField("vai trò", max_length=20, choices=PartyRole)
    basis = models.CharField("tư cách nộp", max_length=20, choices=Basis, blank=True)
    name = models.CharField("họ và tên", max_length=200)
    name_key = models.CharField(max_length=200)
    birth = models.CharField("ngày sinh", max_length=10, blank=True)
    sex = models.CharField("giới tính", max_length=6, blank=True)
    personal_id = models.CharField("số định danh", max_length=12, blank=True)
    old_id = models.CharField("số CMND cũ", max_length=12, blank=True)
    no_id_reason = models.CharField("lý do không có số định danh", max_length=100, blank=True)
    tax_code = models.CharField("mã số thuế", max_length=14, blank=True)
    address = models.CharField("địa chỉ", max_length=300, blank=True)
    phone = models.CharField("điện thoại", max_length=15, blank=True)
    phone_owner = models.CharField("điện thoại của ai", max_length=10, choices=PhoneOwner, blank=True)
    email = models.EmailField("thư điện tử", blank=True)
    relation = models.CharField("quan hệ", max_length=100, blank=True)
    authorisation = models.CharField("giấy ủy quyền", max_length=200, blank=True)

    class Meta:
        ordering = ["position", "id"]
        indexes = [models.Index("agency", "personal_id", condition=~Q(personal_id=""), name="party_by_personal_id")]
        constraints = [models.CheckConstraint(condition=Q(role__in=PartyRole.values), name="party_role_known")]

    def __str__(self) -> str:
        return f"{self.get_role_display()} {self.dossier_id}"


class PaperState(models.TextChoices):
    """What happened to one line of the list of papers."""

    SUBMITTED = "submitted", "Nộp"
    PRESENTED = "presented", "Xuất trình"
    FROM_DATA = "from_data", "Lấy từ dữ liệu"
    MISSING = "missing", "Thiếu"


@protect
@tracked()
class DossierComponent(models.Model):
    """One paper that was taken in, shown, or looked up; only these are printed."""

    agency = models.ForeignKey(Agency, models.PROTECT, related_name="+")
    dossier = models.ForeignKey(Dossier, models.PROTECT, related_name="papers")
    component = models.ForeignKey(Component, models.PROTECT, null=True, related_name="+")
    position = models.PositiveSmallIntegerField()
    name = models.CharField("tên giấy tờ", max_length=200)
    state = models.CharField("tình trạng", max_length=10, choices=PaperState)
    copy_kind = models.CharField("loại", max_length=30, blank=True)
    originals = models.PositiveSmallIntegerField("bản chính", default=0)
    copies = models.PositiveSmallIntegerField("bản sao", default=0)

    class Meta:
        ordering = ["position", "id"]

    def __str__(self) -> str:
        return self.name


class PaidBy(models.TextChoices):
    NOTHING = "", "Không thu"
    CASH = "cash", "Tiền mặt"
    TRANSFER = "transfer", "VietQR"
    ONLINE = "online", "Đã nộp trực tuyến"
    LATER = "later", "Nộp khi nhận kết quả"


PAID = frozenset({PaidBy.CASH, PaidBy.TRANSFER, PaidBy.ONLINE})


@protect(updates=True)
@tracked(version=2, added={2: ("paid_at",)})
class DossierFee(models.Model):
    """One fee line as it was asked on the day of filing; `amount` None: set by the province, not known here.

    `paid_at`: when the money came in, the day whose cash it belongs to; None while it is owed or nothing is taken.
    """

    agency = models.ForeignKey(Agency, models.PROTECT, related_name="+")
    dossier = models.ForeignKey(Dossier, models.PROTECT, related_name="fees")
    fee = models.ForeignKey(Fee, models.PROTECT, null=True, related_name="+")
    name = models.CharField("khoản thu", max_length=300)
    amount = models.PositiveIntegerField("số tiền (đồng)", null=True)
    exempt_ground = models.CharField("lý do miễn, giảm", max_length=200, blank=True)
    paid_by = models.CharField("cách nộp", max_length=10, choices=PaidBy, blank=True)
    receipt_no = models.CharField("số biên lai", max_length=40, blank=True)
    paid_at = models.DateTimeField("nộp lúc", null=True)

    class Meta:
        ordering = ["id"]
        indexes = [models.Index("agency", "paid_at", condition=Q(paid_at__isnull=False), name="fee_by_day")]

    def __str__(self) -> str:
        return self.name


@tracked()
class ExternalCode(models.Model):
    """The code of the same matter in another system, kept verbatim."""

    agency = models.ForeignKey(Agency, models.PROTECT, related_name="+")
    dossier = models.ForeignKey(Dossier, models.PROTECT, related_name="external_codes")
    system = models.CharField("hệ thống", max_length=60)
    code = models.CharField("mã", max_length=80)

    class Meta:
        constraints = [models.UniqueConstraint("system", "code", "agency", name="external_code_once")]

    def __str__(self) -> str:
        return f"{self.system}: {self.code}"
