"""The certification books: entries, receipts, closings, clauses, and the agency's choices."""

from django.conf import settings
from django.db import models
from django.db.models import F, Q

from dossiers.certification.books import number_text, volume_text
from dossiers.certification.kinds import Book, CountsAs, DeputySigns, ReceiptNumbers, ReceiverSigns, Work
from dossiers.certification.querysets import CertificationEntryQuerySet
from dossiers.models.dossier import Dossier, PaidBy
from dossiers.models.matter import Refusal
from onestop.history.rows import tracked
from onestop.history.triggers import protect
from onestop.staff.models import Agency, Delegation
from procedures.models import ProcedureVersion

PERSON = settings.AUTH_USER_MODEL


@protect(updates=True)
@tracked(
    personal=(
        "paper_name", "applicant_name", "identity", "others", "search_key", "interpreter", "witnesses", "off_site_place",
        "off_site_reason", "note",
    )
)  # fmt: skip
class CertificationEntry(models.Model):
    """One line of a certification book: one original, one signed paper, one translation or one deal.

    The number belongs to the paper, not to the visitor nor to the copies (TT 01/2020 Điều 4). It is drawn in
    the transaction that writes the line, so neither exists without the other. A line is either signed or
    struck out, never both; a struck-out number stays in the book. The applicant, symbol, fee and signing
    block are those of the day.
    """

    agency = models.ForeignKey(Agency, models.PROTECT, related_name="+")
    dossier = models.ForeignKey(Dossier, models.PROTECT, related_name="certification_entries")
    version = models.ForeignKey(ProcedureVersion, models.PROTECT, related_name="+")
    position = models.PositiveSmallIntegerField("thứ tự trong lượt")

    book = models.CharField("sổ", max_length=2, choices=Book)
    year = models.PositiveSmallIntegerField("năm")
    volume = models.PositiveSmallIntegerField("quyển số", default=1)
    number = models.PositiveIntegerField("số chứng thực")
    symbol = models.CharField("ký hiệu", max_length=20)
    entered_at = models.DateTimeField("vào sổ lúc")

    work = models.CharField("loại việc", max_length=16, choices=Work)
    paper_kind = models.CharField("loại giấy tờ", max_length=8, blank=True)
    paper_name = models.CharField("tên giấy tờ", max_length=300)
    pages = models.PositiveSmallIntegerField("số trang", default=1)
    copies = models.PositiveSmallIntegerField("số bản", default=1)
    applicant_name = models.CharField("người yêu cầu", max_length=200)
    identity = models.CharField("giấy tờ tùy thân, nơi cư trú", max_length=400, blank=True)
    others = models.CharField("các bên, người cùng ký", max_length=600, blank=True)
    search_key = models.CharField(max_length=500)
    language_from = models.CharField("dịch từ", max_length=40, blank=True)
    language_to = models.CharField("dịch sang", max_length=40, blank=True)

    compared = models.BooleanField("đã đối chiếu bản chính", default=False)
    signed_before_me = models.BooleanField("ký trước mặt", default=False)
    specimen_signature = models.BooleanField("có chữ ký mẫu đã đăng ký", default=False)
    capacity_sure = models.BooleanField("minh mẫn, làm chủ hành vi", default=False)
    authorisation_case = models.CharField("trường hợp ủy quyền", max_length=20, blank=True)
    interpreter = models.CharField("người phiên dịch", max_length=200, blank=True)
    witnesses = models.CharField("người làm chứng", max_length=400, blank=True)
    off_site_place = models.CharField("nơi chứng thực ngoài trụ sở", max_length=300, blank=True)
    off_site_reason = models.CharField("lý do ngoài trụ sở", max_length=300, blank=True)
    note = models.CharField("ghi chú", max_length=300, blank=True)

    fee_full = models.PositiveIntegerField("phí theo mức (đồng)")
    fee = models.PositiveIntegerField("phí thu (đồng)")
    fee_basis = models.CharField("căn cứ thu", max_length=200)
    exempt_ground = models.CharField("lý do miễn", max_length=20, blank=True)
    exempt_note = models.CharField("ghi chú miễn", max_length=200, blank=True)
    print_cost = models.PositiveIntegerField("chi phí in, chụp (đồng)", default=0)

    signer = models.ForeignKey(PERSON, models.PROTECT, null=True, related_name="+", verbose_name="người ký")
    signing_mode = models.CharField("cách ký", max_length=3, blank=True)
    signing_block = models.CharField("phần ký", max_length=400, blank=True)
    delegation = models.ForeignKey(Delegation, models.PROTECT, null=True, related_name="+")
    signed_at = models.DateTimeField("ký lúc", null=True)
    signing_recorded_by = models.ForeignKey(PERSON, models.PROTECT, null=True, related_name="+")
    no_interest_declared = models.BooleanField("không liên quan người ký, người thân thích", default=False)
    received_by_signer = models.BooleanField("người ký cũng là người tiếp nhận", default=False)

    voided_at = models.DateTimeField("hủy lúc", null=True)
    voided_by = models.ForeignKey(PERSON, models.PROTECT, null=True, related_name="+")
    void_reason = models.CharField("lý do hủy", max_length=300, blank=True)
    refusal_ground = models.CharField("căn cứ từ chối", max_length=4, blank=True)
    refusal = models.ForeignKey(Refusal, models.PROTECT, null=True, related_name="certification_entries")

    objects = CertificationEntryQuerySet.as_manager()

    class Meta:
        ordering = ["dossier_id", "position"]
        constraints = [
            models.UniqueConstraint("agency", "book", "year", "number", name="certification_number_once"),
            models.UniqueConstraint("dossier", "position", name="certification_line_once"),
            models.CheckConstraint(condition=Q(book__in=Book.values, work__in=Work.values), name="certification_kind_known"),
            models.CheckConstraint(
                condition=Q(number__gte=1, volume__gte=1, pages__gte=1, copies__gte=1), name="certification_counts_from_one"
            ),
            models.CheckConstraint(condition=Q(signed_at__isnull=True) | Q(voided_at__isnull=True), name="certification_signed_or_struck"),
            models.CheckConstraint(
                condition=Q(signed_at__isnull=True, signer__isnull=True, signing_block="")
                | Q(signed_at__isnull=False, signer__isnull=False, signing_recorded_by__isnull=False, no_interest_declared=True)
                & ~Q(signing_block=""),
                name="certification_signature_whole",
            ),
            models.CheckConstraint(
                condition=Q(voided_at__isnull=True, void_reason="", voided_by__isnull=True)
                | Q(voided_at__isnull=False, voided_by__isnull=False) & ~Q(void_reason=""),
                name="certification_struck_with_reason",
            ),
            models.CheckConstraint(
                condition=Q(fee=F("fee_full")) | (Q(fee__lt=F("fee_full")) & ~Q(exempt_ground="")), name="certification_free_with_ground"
            ),
            models.CheckConstraint(
                condition=Q(book="BS", compared=True) | (~Q(book="BS") & (Q(signed_before_me=True) | Q(specimen_signature=True))),
                name="certification_seen_by_desk",
            ),
        ]
        indexes = [models.Index("agency", "entered_at", name="certification_by_time")]

    def __str__(self) -> str:
        return self.number_words

    @property
    def volume_words(self) -> str:
        """The volume as papers quote it: "01/2026-SCT/BS"."""
        return volume_text(self.volume, self.year, self.symbol)

    @property
    def number_words(self) -> str:
        """The whole number as papers quote it: "125, quyển số 01/2026-SCT/BS"."""
        return number_text(self.number, self.volume, self.year, self.symbol)

    @property
    def is_live(self) -> bool:
        return self.voided_at is None


@protect(updates=True)
@tracked()
class CertificationReceipt(models.Model):
    """The fee receipt (biên lai) of one session. A wrong one is cancelled and keeps its number; another takes its place."""

    agency = models.ForeignKey(Agency, models.PROTECT, related_name="+")
    dossier = models.ForeignKey(Dossier, models.PROTECT, related_name="certification_receipts")
    series = models.CharField("ký hiệu biên lai", max_length=20)
    number = models.CharField("số biên lai", max_length=20)
    amount = models.PositiveIntegerField("tiền phí (đồng)")
    print_cost = models.PositiveIntegerField("chi phí in, chụp (đồng)", default=0)
    paid_by = models.CharField("cách nộp", max_length=10, choices=PaidBy)
    taken_at = models.DateTimeField("thu lúc")
    taken_by = models.ForeignKey(PERSON, models.PROTECT, related_name="+", verbose_name="người thu")
    replaces = models.OneToOneField("self", models.PROTECT, null=True, related_name="replaced_by")
    cancelled_at = models.DateTimeField("hủy lúc", null=True)
    cancelled_by = models.ForeignKey(PERSON, models.PROTECT, null=True, related_name="+")
    cancel_reason = models.CharField("lý do hủy", max_length=300, blank=True)

    class Meta:
        ordering = ["id"]
        constraints = [
            models.UniqueConstraint("agency", "series", "number", name="certification_receipt_number_once"),
            models.UniqueConstraint("dossier", condition=Q(cancelled_at__isnull=True), name="one_receipt_per_session"),
            models.CheckConstraint(condition=Q(amount__gt=0) | Q(print_cost__gt=0), name="receipt_has_an_amount"),
            models.CheckConstraint(condition=Q(paid_by__in=["cash", "transfer", "online"]), name="receipt_paid_somehow"),
            models.CheckConstraint(
                condition=Q(cancelled_at__isnull=True, cancelled_by__isnull=True, cancel_reason="")
                | Q(cancelled_at__isnull=False, cancelled_by__isnull=False) & ~Q(cancel_reason=""),
                name="receipt_cancelled_with_reason",
            ),
        ]
        indexes = [
            models.Index("agency", "taken_at", name="certification_cash_by_time"),
            models.Index("agency", "cancelled_at", condition=Q(cancelled_at__isnull=False), name="certification_cash_back"),
        ]

    def __str__(self) -> str:
        return f"{self.series} {self.number}"

    @property
    def total(self) -> int:
        return self.amount + self.print_cost


@protect
@tracked()
class BookClosing(models.Model):
    """A closed month of a book, or its closed year (`month` None): what was counted and who closed it. Never changed.

    `first_number` and `last_number` are 0 when nothing was entered. `numbers` counts all, `voided` the struck-out
    ones among them; copies and fees are those of the others.
    """

    agency = models.ForeignKey(Agency, models.PROTECT, related_name="+")
    book = models.CharField("sổ", max_length=2, choices=Book)
    year = models.PositiveSmallIntegerField("năm")
    month = models.PositiveSmallIntegerField("tháng", null=True)
    first_number = models.PositiveIntegerField("từ số", default=0)
    last_number = models.PositiveIntegerField("đến số", default=0)
    numbers = models.PositiveIntegerField("số việc")
    voided = models.PositiveIntegerField("số đã hủy")
    visits = models.PositiveIntegerField("số lượt")
    copies = models.PositiveIntegerField("số bản")
    fees = models.PositiveBigIntegerField("tiền phí (đồng)")
    closed_at = models.DateTimeField("khóa sổ lúc")
    closed_by = models.ForeignKey(PERSON, models.PROTECT, related_name="+")
    confirmed_by = models.CharField("người xác nhận", max_length=200, blank=True)

    class Meta:
        ordering = ["year", "month"]
        constraints = [
            models.UniqueConstraint("agency", "book", "year", "month", condition=Q(month__isnull=False), name="month_closed_once"),
            models.UniqueConstraint("agency", "book", "year", condition=Q(month__isnull=True), name="year_closed_once"),
            models.CheckConstraint(condition=Q(month__isnull=True) | Q(month__gte=1, month__lte=12), name="closed_month_exists"),
        ]

    def __str__(self) -> str:
        return f"{self.book} {self.year}/{self.month or ''}"


@protect
@tracked()
class AttestationClause(models.Model):
    """An agency's own text of a certification clause in place of the shipped one; the newest version counts."""

    agency = models.ForeignKey(Agency, models.PROTECT, related_name="+")
    form = models.CharField("mẫu số", max_length=10)
    version = models.PositiveSmallIntegerField("lần sửa")
    text = models.TextField("lời chứng")
    source = models.CharField("căn cứ", max_length=300)
    changed_at = models.DateTimeField("sửa lúc")
    changed_by = models.ForeignKey(PERSON, models.PROTECT, related_name="+")

    class Meta:
        constraints = [models.UniqueConstraint("agency", "form", "version", name="clause_version_once")]

    def __str__(self) -> str:
        return f"{self.form} v{self.version}"


@protect(updates=True)
@tracked()
class CertificationSetting(models.Model):
    """What the law leaves to the agency, or what nobody could verify yet. One row an agency.

    `symbols`, by book, and `volumes`, by "<book>:<year>", replace the shipped ones. `rates` are effective-dated
    rows like the catalogue's, each with its source: a reduction is entered here once its text was read.
    """

    agency = models.OneToOneField(Agency, models.PROTECT, related_name="certification_setting")
    counts_as = models.CharField("tính một hồ sơ theo", max_length=6, choices=CountsAs, default=CountsAs.NUMBER)
    receiver_signs = models.CharField("người tiếp nhận ký", max_length=6, choices=ReceiverSigns, default=ReceiverSigns.ALLOW)
    deputy_signs = models.CharField("cấp phó ký thay", max_length=10, choices=DeputySigns, default=DeputySigns.OFFICE)
    receipt_numbers = models.CharField("số biên lai", max_length=6, choices=ReceiptNumbers, default=ReceiptNumbers.SYSTEM)
    receipt_series = models.CharField("ký hiệu biên lai", max_length=20, default="CT")
    print_cost_per_page = models.PositiveIntegerField("chi phí in, chụp mỗi trang (đồng)", null=True)
    print_cost_source = models.CharField("căn cứ chi phí in, chụp", max_length=200, blank=True)
    symbols = models.JSONField("ký hiệu sổ", default=dict)
    volumes = models.JSONField("quyển đang ghi", default=dict)
    rates = models.JSONField("mức thu riêng", default=list)
    changed_at = models.DateTimeField(null=True)
    changed_by = models.ForeignKey(PERSON, models.PROTECT, null=True, related_name="+")

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(print_cost_per_page__isnull=True) | ~Q(print_cost_source=""), name="print_cost_has_a_source"
            ),
        ]

    def __str__(self) -> str:
        return f"certification {self.agency_id}"
