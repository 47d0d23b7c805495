"""What is to be told to whom, and what became of it."""

from datetime import datetime

from django.conf import settings
from django.db import models
from django.db.models import Q

from onestop.staff.models import Agency

# So many failures take some six minutes; a third one is no accident any more.
IN_TROUBLE_AFTER = 2


class Channel(models.TextChoices):
    SMS = "sms", "Tin nhắn SMS"
    EMAIL = "email", "Thư điện tử"
    ZALO = "zalo", "Zalo"


class State(models.TextChoices):
    WAITING = "waiting", "Chờ gửi"
    SENDING = "sending", "Đang gửi"
    SENT = "sent", "Đã gửi"
    FAILED = "failed", "Không gửi được"
    WITHHELD = "withheld", "Không gửi"


class Why(models.TextChoices):
    """Why a message was withheld."""

    NO_ADDRESS = "no_address", "Không có số di động, thư điện tử"
    OPT_OUT = "opt_out", "Người dân không muốn nhận tin"
    REPLACED = "replaced", "Đã có tin mới hơn"
    VOIDED = "voided", "Hồ sơ đã hủy"


class MessageQuerySet(models.QuerySet["Message"]):
    """`now` is always passed in; nothing here reads the clock."""

    def of_agency(self, agency_id: int) -> "MessageQuerySet":
        return self.filter(agency_id=agency_id)

    def about(self, subject: str) -> "MessageQuerySet":
        return self.filter(subject=subject)

    def due(self, now: datetime) -> "MessageQuerySet":
        """To be sent now: waiting and its time has come, or claimed by a sender that has not been heard of since."""
        return self.filter(Q(state=State.WAITING, next_at__lte=now) | Q(state=State.SENDING, claimed_until__lt=now))

    def in_trouble(self) -> "MessageQuerySet":
        """Failed again and again, and not given up yet: whatever is behind the channel is not well."""
        return self.filter(state=State.WAITING, attempts__gt=IN_TROUBLE_AFTER)

    def newest_first(self) -> "MessageQuerySet":
        return self.order_by("-made_at", "-id")


class Message(models.Model):
    """One message to one address. `key` makes it the only one of its kind, here and at the gateway.

    The text never holds what opens a dossier: {link} stands for it until the moment of sending. Text and
    recipient are emptied when the message is old enough (`blanked_at`). `last_error` is the kind of
    the last failure, never a word of anybody. `backend` tells by what it was sent: "page" means that
    it only stands in the outbox.
    """

    agency = models.ForeignKey(Agency, models.PROTECT, related_name="messages")
    subject = models.CharField("về việc", max_length=40)
    event = models.CharField("sự kiện", max_length=20)
    channel = models.CharField("cách gửi", max_length=5, choices=Channel)
    recipient = models.CharField("người nhận", max_length=254, blank=True)
    title = models.CharField("tiêu đề", max_length=200, blank=True)
    text = models.TextField("nội dung", blank=True)
    html = models.TextField(blank=True)
    key = models.CharField(max_length=100)
    # How often it was tried again after a refusal: a new errand for the gateway, which would repeat its refusal otherwise.
    round = models.PositiveSmallIntegerField(default=0)
    state = models.CharField("tình trạng", max_length=8, choices=State, default=State.WAITING)
    why_withheld = models.CharField("vì sao không gửi", max_length=10, choices=Why, blank=True)
    attempts = models.PositiveSmallIntegerField("số lần gửi", default=0)
    next_at = models.DateTimeField("gửi từ lúc")
    claimed_until = models.DateTimeField(null=True)
    made_at = models.DateTimeField("lập lúc")
    sent_at = models.DateTimeField("gửi lúc", null=True)
    backend = models.CharField(max_length=5, blank=True)
    provider_id = models.CharField("mã bên gửi", max_length=100, blank=True)
    last_error = models.CharField("lỗi", max_length=30, blank=True)
    resent_at = models.DateTimeField("yêu cầu gửi lại lúc", null=True)
    resent_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    blanked_at = models.DateTimeField(null=True)

    objects = MessageQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint("key", name="message_once"),
            models.CheckConstraint(condition=Q(state__in=State.values), name="message_state_known"),
            models.CheckConstraint(condition=Q(channel__in=Channel.values), name="message_channel_known"),
            models.CheckConstraint(condition=~Q(state=State.SENT) | Q(sent_at__isnull=False), name="message_sent_has_time"),
            models.CheckConstraint(condition=~Q(state=State.WITHHELD) | ~Q(why_withheld=""), name="message_withheld_says_why"),
            models.CheckConstraint(condition=~Q(state=State.SENDING) | Q(claimed_until__isnull=False), name="message_claim_ends"),
        ]
        indexes = [
            models.Index("next_at", "id", condition=Q(state__in=[State.WAITING, State.SENDING]), name="message_to_send"),
            models.Index("agency", "state", models.F("made_at").desc(), models.F("id").desc(), name="message_list"),
            models.Index("subject", models.F("id").desc(), name="message_about"),
            models.Index("made_at", condition=Q(blanked_at__isnull=True), name="message_to_blank"),
        ]

    def __str__(self) -> str:
        return self.key

    @property
    def errand(self) -> str:
        """What the gateway knows it by: the same at every try, so that it can drop a double."""
        return f"{self.key}:{self.round}" if self.round else self.key

    @classmethod
    def settle_after_restore(cls) -> None:
        """What a backup holds as waiting may have been sent since it was made: a person decides, no machine repeats it."""
        cls.objects.filter(state__in=[State.WAITING, State.SENDING]).update(
            state=State.FAILED, last_error="restored", claimed_until=None
        )
