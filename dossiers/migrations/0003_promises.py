"""Pauses, extensions, apologies and warnings."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("dossiers", "0002_certification"),
        ("procedures", "0001_initial"),
        ("staff", "0002_delegation"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.AlterField(
            model_name="issuedpaper",
            name="kind",
            field=models.CharField(
                choices=[
                    ("receipt", "Giấy tiếp nhận hồ sơ và hẹn trả kết quả"),
                    ("supplement", "Phiếu yêu cầu bổ sung, hoàn thiện hồ sơ"),
                    ("refusal", "Phiếu từ chối tiếp nhận giải quyết hồ sơ"),
                    ("apology", "Văn bản xin lỗi và đề nghị gia hạn thời gian giải quyết"),
                ],
                max_length=12,
                verbose_name="loại",
            ),
        ),
        migrations.CreateModel(
            name="Consent",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "kind",
                    models.CharField(
                        choices=[("second_supplement", "Yêu cầu bổ sung lần thứ hai"), ("late_pause", "Tạm dừng khi đã quá hạn")],
                        max_length=20,
                        verbose_name="đồng ý việc",
                    ),
                ),
                ("cause", models.CharField(max_length=500, verbose_name="lý do")),
                ("given_at", models.DateTimeField(verbose_name="đồng ý lúc")),
                ("agency", models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="+", to="staff.agency")),
                ("dossier", models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="consents", to="dossiers.dossier")),
                (
                    "given_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL, verbose_name="lãnh đạo"
                    ),
                ),
            ],
            options={
                "ordering": ["id"],
                "constraints": [models.CheckConstraint(condition=models.Q(("cause", ""), _negated=True), name="consent_has_a_cause")],
            },
        ),
        migrations.CreateModel(
            name="Extension",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "kind",
                    models.CharField(
                        choices=[("verification", "Phải xác minh"), ("decision", "Lãnh đạo quyết định")], max_length=12, verbose_name="loại"
                    ),
                ),
                ("extra_value", models.PositiveSmallIntegerField(verbose_name="thêm")),
                ("ground", models.CharField(max_length=300, verbose_name="căn cứ")),
                ("decided_at", models.DateTimeField(verbose_name="quyết định lúc")),
                ("agency", models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="+", to="staff.agency")),
                (
                    "appointment",
                    models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, related_name="extension", to="dossiers.appointment"),
                ),
                (
                    "decided_by",
                    models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL),
                ),
                (
                    "dossier",
                    models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="extensions", to="dossiers.dossier"),
                ),
            ],
            options={
                "ordering": ["id"],
                "constraints": [
                    models.UniqueConstraint(models.F("dossier"), models.F("kind"), name="extended_once_a_kind"),
                    models.CheckConstraint(condition=models.Q(("extra_value__gte", 1)), name="extension_adds_time"),
                    models.CheckConstraint(condition=models.Q(("ground", ""), _negated=True), name="extension_has_a_ground"),
                ],
            },
        ),
        migrations.CreateModel(
            name="Notice",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("episode", models.DateTimeField(verbose_name="mốc")),
                (
                    "stage",
                    models.CharField(
                        choices=[
                            ("due_soon", "Sắp đến hạn"),
                            ("due_today", "Đến hạn hôm nay"),
                            ("overdue", "Quá hạn"),
                            ("forgotten", "Có thể quên bấm"),
                        ],
                        max_length=10,
                        verbose_name="mức",
                    ),
                ),
                (
                    "step",
                    models.CharField(
                        choices=[("holder", "Người đang giữ"), ("manager", "Trưởng bộ phận"), ("leader", "Lãnh đạo")],
                        max_length=8,
                        verbose_name="báo cho",
                    ),
                ),
                ("words", models.CharField(max_length=300, verbose_name="nội dung")),
                ("made_at", models.DateTimeField(verbose_name="báo lúc")),
                ("read_at", models.DateTimeField(null=True, verbose_name="xem lúc")),
                ("agency", models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="+", to="staff.agency")),
                ("dossier", models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="notices", to="dossiers.dossier")),
                (
                    "recipient",
                    models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="notices", to=settings.AUTH_USER_MODEL),
                ),
            ],
            options={
                "ordering": ["-made_at", "-id"],
                "indexes": [models.Index(models.F("recipient"), condition=models.Q(("read_at__isnull", True)), name="notice_unread")],
                "constraints": [
                    models.UniqueConstraint(
                        models.F("dossier"),
                        models.F("episode"),
                        models.F("stage"),
                        models.F("step"),
                        models.F("recipient"),
                        name="notice_once",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="Pause",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("seq", models.PositiveSmallIntegerField(verbose_name="lần")),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("supplement", "Chờ bổ sung giấy tờ"),
                            ("payment", "Chờ nộp tiền"),
                            ("suspension", "Tạm đình chỉ giải quyết"),
                        ],
                        max_length=12,
                        verbose_name="loại",
                    ),
                ),
                ("reason", models.CharField(max_length=500, verbose_name="lý do")),
                ("ground", models.CharField(blank=True, max_length=300, verbose_name="căn cứ")),
                ("started_at", models.DateTimeField(verbose_name="từ lúc")),
                ("answer_by", models.DateField(null=True, verbose_name="hạn trả lời")),
                ("late", models.BooleanField(default=False, verbose_name="bắt đầu khi đã quá hạn")),
                ("restarts", models.BooleanField(default=False, verbose_name="tính lại từ đầu")),
                ("amount", models.PositiveIntegerField(null=True, verbose_name="số tiền (đồng)")),
                ("back_to", models.CharField(max_length=24, verbose_name="bước trước khi dừng")),
                ("ended_at", models.DateTimeField(null=True, verbose_name="đến lúc")),
                ("agency", models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="+", to="staff.agency")),
                (
                    "back_holder",
                    models.ForeignKey(
                        null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
                    ),
                ),
                (
                    "consent",
                    models.OneToOneField(
                        null=True, on_delete=django.db.models.deletion.PROTECT, related_name="pause", to="dossiers.consent"
                    ),
                ),
                ("dossier", models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="pauses", to="dossiers.dossier")),
                (
                    "ended_by",
                    models.ForeignKey(
                        null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
                    ),
                ),
                (
                    "started_by",
                    models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL),
                ),
                (
                    "supplement",
                    models.OneToOneField(
                        null=True, on_delete=django.db.models.deletion.PROTECT, related_name="pause", to="dossiers.supplementrequest"
                    ),
                ),
            ],
            options={
                "ordering": ["seq"],
                "indexes": [
                    models.Index(
                        models.F("agency"), models.F("answer_by"), condition=models.Q(("ended_at__isnull", True)), name="pause_open"
                    )
                ],
                "constraints": [
                    models.UniqueConstraint(models.F("dossier"), models.F("seq"), name="pause_seq_once"),
                    models.UniqueConstraint(models.F("dossier"), condition=models.Q(("ended_at__isnull", True)), name="one_open_pause"),
                    models.CheckConstraint(
                        condition=models.Q(("ended_at__isnull", True), ("ended_at__gte", models.F("started_at")), _connector="OR"),
                        name="pause_ends_after_start",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("late", False), ("consent__isnull", False), _connector="OR"), name="late_pause_needs_consent"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("kind", "payment"), ("amount__isnull", True), _connector="OR"), name="only_payment_has_amount"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(models.Q(("kind", "supplement"), _negated=True), ("supplement__isnull", False), _connector="OR"),
                        name="supplement_pause_has_slip",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="ProcedurePace",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("counted", models.PositiveIntegerField(verbose_name="số hồ sơ")),
                ("median_minutes", models.PositiveIntegerField(verbose_name="trung vị (phút làm việc)")),
                ("reckoned_at", models.DateTimeField(verbose_name="tính lúc")),
                ("agency", models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="+", to="staff.agency")),
                ("procedure", models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="+", to="procedures.procedure")),
            ],
            options={
                "constraints": [models.UniqueConstraint(models.F("agency"), models.F("procedure"), name="pace_once")],
            },
        ),
        migrations.CreateModel(
            name="ApologyLetter",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("late", "Trễ hẹn"),
                            ("error", "Kết quả có sai sót"),
                            ("lost_paper", "Thất lạc giấy tờ"),
                            ("asked_twice", "Yêu cầu giấy tờ lần nữa"),
                        ],
                        default="late",
                        max_length=12,
                        verbose_name="loại",
                    ),
                ),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("drafted", "Dự thảo"),
                            ("signed", "Đã ký"),
                            ("issued", "Đã phát hành"),
                            ("sent", "Đã gửi"),
                            ("retracted", "Tự rút"),
                            ("waived", "Không gửi"),
                        ],
                        default="drafted",
                        max_length=10,
                        verbose_name="trạng thái",
                    ),
                ),
                ("drafted_at", models.DateTimeField(verbose_name="dự thảo lúc")),
                ("cause", models.CharField(blank=True, max_length=30, verbose_name="nguyên nhân")),
                ("cause_words", models.CharField(blank=True, max_length=500, verbose_name="lý do ghi trong văn bản")),
                (
                    "whose_clock",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("ours", "Đơn vị mình"),
                            ("other_agency", "Cơ quan khác"),
                            ("applicant", "Người nộp"),
                            ("system", "Hệ thống, đường truyền"),
                            ("data", "Dữ liệu"),
                        ],
                        max_length=12,
                        verbose_name="thời gian mất ở đâu",
                    ),
                ),
                ("stands_words", models.CharField(blank=True, max_length=300, verbose_name="hồ sơ đang ở đâu")),
                ("nothing_more", models.BooleanField(default=False, verbose_name="không phải nộp thêm gì")),
                ("repeat_reason", models.CharField(blank=True, max_length=500, verbose_name="lý do hẹn lại lần nữa")),
                ("new_due_at", models.DateTimeField(null=True, verbose_name="hẹn lại")),
                ("prepared_at", models.DateTimeField(null=True, verbose_name="soạn lúc")),
                ("signed_at", models.DateTimeField(null=True, verbose_name="ký lúc")),
                ("block", models.CharField(blank=True, max_length=300, verbose_name="chức vụ người ký")),
                ("number", models.PositiveIntegerField(null=True, verbose_name="số")),
                ("year", models.PositiveSmallIntegerField(null=True, verbose_name="năm")),
                ("symbol", models.CharField(blank=True, max_length=30, verbose_name="ký hiệu")),
                ("signed_digest", models.CharField(blank=True, max_length=64)),
                ("issued_at", models.DateTimeField(null=True, verbose_name="phát hành lúc")),
                ("sent_at", models.DateTimeField(null=True, verbose_name="gửi lúc")),
                ("sent_how", models.CharField(blank=True, max_length=100, verbose_name="gửi bằng")),
                ("closed_at", models.DateTimeField(null=True, verbose_name="rút, bỏ lúc")),
                ("closed_reason", models.CharField(blank=True, max_length=500, verbose_name="lý do không gửi")),
                ("agency", models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="+", to="staff.agency")),
                (
                    "appointment",
                    models.OneToOneField(
                        null=True, on_delete=django.db.models.deletion.PROTECT, related_name="apology", to="dossiers.appointment"
                    ),
                ),
                (
                    "closed_by",
                    models.ForeignKey(
                        null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
                    ),
                ),
                (
                    "delegation",
                    models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to="staff.delegation"),
                ),
                ("dossier", models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="letters", to="dossiers.dossier")),
                (
                    "drafted_by",
                    models.ForeignKey(
                        null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
                    ),
                ),
                (
                    "missed",
                    models.OneToOneField(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="letter",
                        to="dossiers.appointment",
                        verbose_name="hẹn không giữ được",
                    ),
                ),
                (
                    "paper",
                    models.OneToOneField(
                        null=True, on_delete=django.db.models.deletion.PROTECT, related_name="letter", to="dossiers.issuedpaper"
                    ),
                ),
                (
                    "prepared_by",
                    models.ForeignKey(
                        null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
                    ),
                ),
                (
                    "signer",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="người ký",
                    ),
                ),
            ],
            options={
                "ordering": ["id"],
                "indexes": [
                    models.Index(models.F("agency"), models.F("state"), models.F("id"), name="letter_by_state"),
                    models.Index(models.F("id"), condition=models.Q(("state", "signed")), name="letter_to_issue"),
                    models.Index(models.F("id"), condition=models.Q(("state", "issued")), name="letter_to_send"),
                ],
                "constraints": [
                    models.UniqueConstraint(
                        models.F("agency"), models.F("year"), models.F("symbol"), models.F("number"), name="letter_number_once"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("kind", "late"), ("missed__isnull", False)),
                            models.Q(models.Q(("kind", "late"), _negated=True), ("missed__isnull", True)),
                            _connector="OR",
                        ),
                        name="late_letter_names_promise",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("state__in", ("signed", "issued", "sent")), _negated=True),
                            models.Q(
                                ("number__isnull", False),
                                ("paper__isnull", False),
                                ("signed_at__isnull", False),
                                ("signer__isnull", False),
                                ("year__isnull", False),
                                models.Q(("signed_digest", ""), _negated=True),
                            ),
                            _connector="OR",
                        ),
                        name="signed_letter_is_complete",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("state__in", ["issued", "sent"]), _negated=True), ("issued_at__isnull", False), _connector="OR"
                        ),
                        name="issued_letter_has_time",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(models.Q(("state", "sent"), _negated=True), ("sent_at__isnull", False), _connector="OR"),
                        name="sent_letter_has_time",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("state", "waived"), _negated=True), models.Q(("closed_reason", ""), _negated=True), _connector="OR"
                        ),
                        name="waived_letter_has_reason",
                    ),
                ],
            },
        ),
    ]
