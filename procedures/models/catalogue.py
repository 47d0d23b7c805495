"""What may be asked for at the desk: procedures, their versions, and what a version is made of.

A published version never changes. What changes becomes the next version (`procedures.publishing`),
so that a dossier which pins its version keeps the limit, papers and fees under which it was received.
"""

from datetime import date

from django.db import models
from django.db.models import F, Q
from django.urls import reverse

from procedures.querysets import ProcedureQuerySet, ProcedureVersionQuerySet


class Channel(models.TextChoices):
    COUNTER = "counter", "Trực tiếp"
    ONLINE = "online", "Trực tuyến"
    POST = "post", "Qua bưu chính công ích"


class LimitUnit(models.TextChoices):
    WORKING_DAY = "working_day", "ngày làm việc"
    DAY = "day", "ngày"
    HOUR = "hour", "giờ"
    IMMEDIATE = "immediate", "trong ngày"


class SlipRule(models.TextChoices):
    """When the receipt slip is due (domain: every dossier except what is returned at once)."""

    ALWAYS = "always", "Luôn in giấy hẹn"
    IF_NOT_RETURNED_TODAY = "if_not_returned_today", "Chỉ in khi không trả trong ngày"
    NEVER = "never", "Không in giấy hẹn"


class ResultMedium(models.TextChoices):
    """How the result comes into being, which decides how it is signed."""

    WET_INK = "wet_ink_stock", "Giấy có chữ ký tay, dấu ướt"
    MINISTRY_PRINT = "ministry_system_print", "In từ phần mềm ngành"
    OWN_LETTER = "own_letter", "Văn bản của xã"
    NONE = "none", "Không có giấy kết quả"


class ReceiverMaySign(models.TextChoices):
    ALLOW = "allow", "Được ký"
    WARN = "warn", "Được ký, có cảnh báo và báo cáo"
    FORBID = "forbid", "Không được ký"


class OnSupplement(models.TextChoices):
    PAUSE = "pause", "Tạm dừng, tính tiếp phần còn lại"
    RESTART = "restart", "Tính lại từ đầu"


class ConsultationClock(models.TextChoices):
    """Whether the time in which another agency is asked counts; inside unless the procedure's own rule says otherwise."""

    INSIDE = "inside", "Tính trong thời hạn giải quyết"
    OUTSIDE = "outside", "Không tính vào thời hạn giải quyết"


class Lane(models.TextChoices):
    """The desk's way of working with it; certification gets a lane of its own."""

    CERTIFICATION = "certification", "Chứng thực"
    CIVIL_STATUS = "civil_status", "Hộ tịch"
    ORDINARY = "ordinary", "Hồ sơ thường"


class Sector(models.Model):
    """A field of government (lĩnh vực), as the catalogue names it."""

    name = models.CharField("tên lĩnh vực", max_length=120, unique=True)
    slug = models.SlugField("mã trên địa chỉ", max_length=120, unique=True)
    position = models.PositiveSmallIntegerField("thứ tự", default=0)

    class Meta:
        ordering = ["position", "name"]

    def __str__(self) -> str:
        return self.name


class Procedure(models.Model):
    """One administrative procedure through all its versions. Its code never changes and is never reused."""

    code = models.CharField("mã thủ tục", max_length=16, unique=True)
    name = models.TextField("tên thủ tục")
    name_en = models.TextField("tên tiếng Anh", blank=True)
    sector = models.ForeignKey(Sector, on_delete=models.PROTECT, related_name="procedures", verbose_name="lĩnh vực")
    short_code = models.CharField("mã ngắn", max_length=8, unique=True, null=True, blank=True, help_text="Chữ thường: ks, kh, ct")
    label = models.CharField("tên gọi trên phiếu", max_length=120, blank=True)
    aliases = models.TextField("tên gọi khác", blank=True, help_text="Mỗi dòng một tên gọi của người dân")
    search_key = models.TextField("khoá tìm kiếm", blank=True, editable=False)
    lane = models.CharField("làn xử lý ở quầy", max_length=16, choices=Lane.choices, blank=True)
    tier = models.PositiveSmallIntegerField("hạng hiển thị", null=True, blank=True, help_text="1: hiện sẵn trên màn hình quầy")
    frequency = models.CharField("mức độ hay gặp", max_length=12, blank=True)
    life_event = models.CharField("sự kiện đời người", max_length=24, blank=True)

    objects = ProcedureQuerySet.as_manager()

    class Meta:
        ordering = ["code"]

    def __str__(self) -> str:
        return f"{self.code} {self.short_name}"

    def get_absolute_url(self) -> str:
        return reverse("procedures:detail", kwargs={"ma": self.code})

    @property
    def short_name(self) -> str:
        """What people call it: the everyday label, or the official name."""
        return self.label or self.name


class ProcedureVersion(models.Model):
    """A procedure as published from one day until another; pinned by every dossier received under it."""

    class State(models.TextChoices):
        DRAFT = "draft", "Dự thảo"
        PUBLISHED = "published", "Đã công bố"
        EXPIRED = "expired", "Hết hiệu lực"

    procedure = models.ForeignKey(Procedure, on_delete=models.PROTECT, related_name="versions", verbose_name="thủ tục")
    number = models.PositiveSmallIntegerField("lần công bố")
    state = models.CharField("trạng thái", max_length=10, choices=State.choices, default=State.DRAFT)
    name = models.TextField("tên như công bố", blank=True)
    effective_from = models.DateField("có hiệu lực từ")
    effective_to = models.DateField("hết hiệu lực từ", null=True, blank=True, help_text="Ngày đầu tiên không còn hiệu lực")
    decision = models.CharField("quyết định công bố", max_length=120, blank=True)
    decided_on = models.DateField("ngày quyết định", null=True, blank=True)
    replaced_by = models.ForeignKey(
        Procedure, on_delete=models.PROTECT, null=True, blank=True, related_name="replaces", verbose_name="thay bằng"
    )
    receivable = models.BooleanField("nhận được hồ sơ", default=False)
    not_receivable_reason = models.CharField("lý do chưa nhận hồ sơ", max_length=200, blank=True)
    cutoff = models.TimeField("giờ chốt trong ngày", null=True, blank=True)
    slip_rule = models.CharField("giấy hẹn", max_length=24, choices=SlipRule.choices, default=SlipRule.ALWAYS)
    workflow = models.CharField("quy trình", max_length=40, blank=True)
    result_medium = models.CharField("dạng kết quả", max_length=24, choices=ResultMedium.choices, blank=True)
    result_name = models.CharField("tên kết quả", max_length=200, blank=True)
    who_received_may_sign = models.CharField(
        "người tiếp nhận ký kết quả", max_length=8, choices=ReceiverMaySign.choices, default=ReceiverMaySign.WARN
    )
    on_supplement = models.CharField("khi chờ bổ sung", max_length=8, choices=OnSupplement.choices, default=OnSupplement.PAUSE)
    consultation_clock = models.CharField(
        "thời gian lấy ý kiến cơ quan khác", max_length=8, choices=ConsultationClock.choices, default=ConsultationClock.INSIDE
    )
    consultation_ground = models.CharField("căn cứ không tính thời gian lấy ý kiến", max_length=300, blank=True)
    channels = models.JSONField("cách nộp", default=list)
    online_level = models.CharField("mức độ trực tuyến", max_length=16, blank=True)
    applicant_types = models.JSONField("đối tượng", default=list)
    same_day = models.BooleanField("có trường hợp trả trong ngày", default=False)
    free = models.BooleanField("không thu phí, lệ phí", default=False)
    attributes = models.JSONField("nội dung công bố khác", default=dict)
    summary = models.JSONField("tóm tắt để liệt kê", default=dict)
    source = models.TextField("nguồn", blank=True)
    confidence = models.CharField("độ tin cậy", max_length=8, blank=True)
    digest = models.CharField("dấu của nội dung", max_length=64, blank=True, editable=False)
    updated_on = models.DateField("ngày cập nhật")

    objects = ProcedureVersionQuerySet.as_manager()

    class Meta:
        ordering = ["procedure_id", "number"]
        constraints = [
            models.UniqueConstraint(fields=["procedure", "number"], name="version_number_once"),
            models.UniqueConstraint(
                fields=["procedure"],
                condition=Q(state="published", effective_to__isnull=True),
                name="one_version_in_force",
            ),
            models.CheckConstraint(
                condition=Q(effective_to__isnull=True) | Q(effective_to__gte=F("effective_from")), name="version_ends_after_start"
            ),
            models.CheckConstraint(
                condition=Q(consultation_clock="inside") | ~Q(consultation_ground=""), name="outside_the_limit_by_law_only"
            ),
        ]
        indexes = [models.Index(fields=["state", "effective_from"], name="version_in_force")]

    def __str__(self) -> str:
        return f"{self.procedure.code} lần {self.number}"

    def in_force(self, on: date) -> bool:
        """Published and within its dates; the day of `effective_to` is already outside."""
        return self.state == self.State.PUBLISHED and self.effective_from <= on and (self.effective_to is None or on < self.effective_to)


class ProcedureCase(models.Model):
    """A way the procedure can go (đúng hạn, quá hạn …): selects the papers, fees and limit."""

    version = models.ForeignKey(ProcedureVersion, on_delete=models.CASCADE, related_name="cases", verbose_name="lần công bố")
    key = models.CharField("ký hiệu", max_length=8)
    name = models.CharField("tên trường hợp", max_length=200, blank=True)
    condition = models.TextField("điều kiện", blank=True)
    position = models.PositiveSmallIntegerField("thứ tự", default=0)
    slip_override = models.CharField("giấy hẹn riêng", max_length=24, choices=SlipRule.choices, blank=True)
    workflow_override = models.CharField("quy trình riêng", max_length=40, blank=True)
    off_site = models.BooleanField("làm ngoài trụ sở", default=False)
    subjects = models.JSONField("người trong hồ sơ", default=list, help_text='[{"role": "child", "required": true}]')
    basis_allowed = models.JSONField("tư cách nộp", default=list)
    fee_note = models.CharField("ghi chú về phí", max_length=200, blank=True)

    class Meta:
        ordering = ["version_id", "position"]
        constraints = [models.UniqueConstraint(fields=["version", "key"], name="case_key_once")]

    def __str__(self) -> str:
        return self.name or self.key


class Limit(models.Model):
    """A time limit. `value`/`unit` is what the agency commits to, `legal_value`/`legal_unit` what the decision allows.

    A row without `condition` is chosen by case and channel (`limits.limit_for`); a row with one
    (verification, a stage, large volume) is for reading only: no machine can judge its condition.
    """

    version = models.ForeignKey(ProcedureVersion, on_delete=models.CASCADE, related_name="limits", verbose_name="lần công bố")
    case = models.ForeignKey(
        ProcedureCase, on_delete=models.CASCADE, null=True, blank=True, related_name="limits", verbose_name="trường hợp"
    )
    channel = models.CharField("cách nộp", max_length=8, choices=Channel.choices, blank=True)
    condition = models.CharField("chỉ khi", max_length=300, blank=True)
    position = models.PositiveSmallIntegerField("thứ tự", default=0)
    value = models.PositiveSmallIntegerField("thời hạn", null=True, blank=True)
    unit = models.CharField("đơn vị", max_length=12, choices=LimitUnit.choices, blank=True)
    clock_hours = models.BooleanField("giờ theo đồng hồ", default=False)
    cutoff = models.TimeField("giờ chốt riêng", null=True, blank=True)
    extra_value = models.PositiveSmallIntegerField("cộng thêm khi xác minh", null=True, blank=True)
    extra_unit = models.CharField("đơn vị cộng thêm", max_length=12, choices=LimitUnit.choices, blank=True)
    legal_value = models.PositiveSmallIntegerField("thời hạn theo quy định", null=True, blank=True)
    legal_unit = models.CharField("đơn vị theo quy định", max_length=12, choices=LimitUnit.choices, blank=True)
    note = models.TextField("ghi chú", blank=True)
    source = models.TextField("nguồn", blank=True)
    checked = models.BooleanField("đã xác nhận", default=False)

    class Meta:
        ordering = ["version_id", "position"]
        constraints = [
            models.UniqueConstraint(
                fields=["version", "channel"], condition=Q(case__isnull=True, condition=""), name="one_limit_per_channel"
            ),
            models.UniqueConstraint(
                fields=["version", "case", "channel"], condition=Q(case__isnull=False, condition=""), name="one_limit_per_case_and_channel"
            ),
            models.CheckConstraint(condition=Q(value__isnull=True) | Q(value__gt=0), name="limit_above_zero"),
            models.CheckConstraint(condition=~Q(unit="immediate") | Q(value__isnull=True), name="immediate_has_no_number"),
        ]

    def __str__(self) -> str:
        return f"{self.value or ''} {self.get_unit_display()}".strip()

    @property
    def is_known(self) -> bool:
        return self.unit == LimitUnit.IMMEDIATE or bool(self.unit and self.value)


class Component(models.Model):
    """One line of the checklist. Only lines that the clerk ticks are printed on the slip."""

    class Kind(models.TextChoices):
        SUBMIT = "submit", "Nộp"
        PRESENT = "present", "Xuất trình"
        FROM_DATA = "from_data", "Tra cứu dữ liệu"
        ONE_OF = "one_of", "Chọn một"

    class CopyKind(models.TextChoices):
        ORIGINAL = "original", "Bản chính"
        CERTIFIED_COPY = "certified_copy", "Bản sao chứng thực"
        COPY_WITH_ORIGINAL_SHOWN = "copy_with_original_shown", "Bản chụp kèm bản chính để đối chiếu"
        ANY = "any", "Bản chính hoặc bản sao"

    version = models.ForeignKey(ProcedureVersion, on_delete=models.CASCADE, related_name="components", verbose_name="lần công bố")
    case = models.ForeignKey(
        ProcedureCase, on_delete=models.CASCADE, null=True, blank=True, related_name="components", verbose_name="trường hợp"
    )
    position = models.PositiveSmallIntegerField("thứ tự", default=0)
    short_name = models.CharField("tên in trên phiếu", max_length=60)
    full_name = models.TextField("tên như công bố", blank=True)
    kind = models.CharField("cách nhận", max_length=10, choices=Kind.choices, default=Kind.SUBMIT)
    group_key = models.CharField("nhóm chọn một", max_length=40, blank=True)
    copy_kind = models.CharField("loại bản", max_length=24, choices=CopyKind.choices, default=CopyKind.ORIGINAL)
    originals = models.PositiveSmallIntegerField("số bản chính", default=1)
    copies = models.PositiveSmallIntegerField("số bản sao", default=0)
    required = models.BooleanField("bắt buộc", default=False)
    condition = models.TextField("chỉ khi", blank=True)
    form_code = models.CharField("mẫu số", max_length=120, blank=True)
    channels = models.JSONField("chỉ cho cách nộp", default=list, blank=True)
    note = models.TextField("ghi chú", blank=True)

    class Meta:
        ordering = ["version_id", "position"]

    def __str__(self) -> str:
        return self.short_name


class Fee(models.Model):
    """One fee line. `amount` null means not known here (often set by the province), 0 means nothing is collected."""

    class SetBy(models.TextChoices):
        CENTRAL = "central", "Trung ương"
        PROVINCE = "province", "HĐND cấp tỉnh"
        NOT_STATED = "not_stated", "Nguồn không nêu"

    version = models.ForeignKey(ProcedureVersion, on_delete=models.CASCADE, related_name="fees", verbose_name="lần công bố")
    case = models.ForeignKey(ProcedureCase, on_delete=models.CASCADE, null=True, blank=True, related_name="fees", verbose_name="trường hợp")
    position = models.PositiveSmallIntegerField("thứ tự", default=0)
    name = models.CharField("tên khoản thu", max_length=200)
    amount = models.PositiveIntegerField("mức thu (đồng)", null=True, blank=True)
    per = models.CharField("tính theo", max_length=60, blank=True)
    cap = models.PositiveIntegerField("mức tối đa (đồng)", null=True, blank=True)
    free_if = models.TextField("miễn, giảm", blank=True)
    source = models.TextField("căn cứ", blank=True)
    set_by = models.CharField("nơi quy định mức thu", max_length=12, choices=SetBy.choices, blank=True)
    channels = models.JSONField("chỉ cho cách nộp", default=list, blank=True)
    note = models.TextField("ghi chú", blank=True)
    valid_from = models.DateField("áp dụng từ", null=True, blank=True)
    valid_to = models.DateField("áp dụng đến", null=True, blank=True)

    class Meta:
        ordering = ["version_id", "position"]

    def __str__(self) -> str:
        return self.name


class LegalBasis(models.Model):
    """An instrument the procedure rests on; `valid` null means that its validity was not checked."""

    version = models.ForeignKey(ProcedureVersion, on_delete=models.CASCADE, related_name="legal_bases", verbose_name="lần công bố")
    position = models.PositiveSmallIntegerField("thứ tự", default=0)
    number = models.CharField("số, ký hiệu", max_length=200)
    title = models.TextField("trích yếu", blank=True)
    valid = models.BooleanField("còn hiệu lực", null=True, blank=True)

    class Meta:
        ordering = ["version_id", "position"]
        verbose_name_plural = "căn cứ pháp lý"

    def __str__(self) -> str:
        return self.number


class VersionSheet(models.Model):
    """The whole published content of a version as one document, and the two catalogue entries it was built from.

    The public page is shown from it in one query, and `load_catalogue` compares it; being
    written once together with the rows, it cannot drift from them.
    """

    version = models.OneToOneField(ProcedureVersion, on_delete=models.CASCADE, primary_key=True, related_name="sheet")
    content = models.JSONField("nội dung", default=dict)
    raw_entry = models.JSONField("mục danh mục", null=True, blank=True)
    desk_entry = models.JSONField("mục của lớp quầy", null=True, blank=True)

    def __str__(self) -> str:
        return str(self.version_id)


class WorkflowTemplate(models.Model):
    """The order of steps a dossier of this kind takes, with each step's share of the limit (a proposal, not law)."""

    key = models.CharField("ký hiệu", max_length=40, unique=True)
    label = models.CharField("tên quy trình", max_length=120)
    steps = models.JSONField("các bước", default=list)

    class Meta:
        ordering = ["key"]

    def __str__(self) -> str:
        return self.label


class CatalogueStamp(models.Model):
    """One row with a random token, renewed by every change of the catalogue: processes keep what they read until it changes."""

    token = models.CharField(max_length=32)
    changed_at = models.DateTimeField()

    def __str__(self) -> str:
        return self.token
