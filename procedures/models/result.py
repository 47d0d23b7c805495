"""The texts that a commune's own letters are drafted from."""

from django.conf import settings
from django.db import models
from django.db.models import Q

from onestop.history.rows import tracked
from onestop.history.triggers import protect
from onestop.staff.models import Agency
from procedures.models.catalogue import Procedure


class _Text(models.Model):
    """What a draft and a published text have in common. `series` is one text through its numbers, counted per agency.

    `procedure` None: for every procedure. The texts hold places to be filled (`procedures.result_text`).
    """

    agency = models.ForeignKey(Agency, models.PROTECT, related_name="+")
    procedure = models.ForeignKey(Procedure, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="thủ tục")
    series = models.PositiveIntegerField("mẫu")
    name = models.CharField("tên mẫu", max_length=120)
    granted = models.BooleanField("được giải quyết", default=True)
    document_type = models.CharField("tên loại văn bản", max_length=80, blank=True)
    symbol = models.CharField("ký hiệu", max_length=25)
    abstract = models.CharField("trích yếu", max_length=300)
    addressee = models.CharField("kính gửi", max_length=200, blank=True)
    body = models.TextField("nội dung")
    made_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name="người soạn")
    made_at = models.DateTimeField("soạn lúc")

    class Meta:
        abstract = True

    def __str__(self) -> str:
        return self.name

    @property
    def words(self) -> dict[str, object]:
        """What is written, without who and when."""
        return {name: getattr(self, name) for name in ("name", "granted", "document_type", "symbol", "abstract", "addressee", "body")}


@protect
@tracked()
class ResultTemplate(_Text):
    """A published text. It never changes: what changes becomes the next number; `withdrawn` is a number that ends the series."""

    number = models.PositiveSmallIntegerField("lần ban hành")
    withdrawn = models.BooleanField("ngừng dùng", default=False)
    effective_from = models.DateField("áp dụng từ")
    published_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name="người ban hành")
    published_at = models.DateTimeField("ban hành lúc")

    class Meta:
        ordering = ["series", "number"]
        constraints = [
            models.UniqueConstraint("agency", "series", "number", name="result_template_number_once"),
            models.CheckConstraint(condition=Q(number__gte=1), name="result_template_number_from_one"),
        ]


@tracked()
class ResultTemplateDraft(_Text):
    """The next number of a series, being written; gone when it is published or dropped."""

    revision = models.PositiveIntegerField(default=1)

    class Meta:
        ordering = ["series"]
        constraints = [models.UniqueConstraint("agency", "series", name="one_result_template_draft")]
