"""Scans of papers, leave not to scan, and what was found about digital signatures."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("dossiers", "0004_fee_paid_at"),
        ("staff", "0003_duty"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="ScanSetting",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("required", models.BooleanField(default=False, verbose_name="bắt buộc quét giấy tờ trước khi phát hành kết quả")),
                ("changed_at", models.DateTimeField(verbose_name="sửa lúc")),
                ("agency", models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, related_name="+", to="staff.agency")),
                (
                    "changed_by",
                    models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL),
                ),
            ],
        ),
        migrations.CreateModel(
            name="ScanWaiver",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("reason", models.CharField(max_length=300, verbose_name="lý do không quét")),
                ("waived_at", models.DateTimeField(verbose_name="cho phép lúc")),
                ("agency", models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="+", to="staff.agency")),
                (
                    "dossier",
                    models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, related_name="scan_waiver", to="dossiers.dossier"),
                ),
                (
                    "waived_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="người cho phép",
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="ScannedPaper",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("sha256", models.CharField(max_length=64)),
                ("preview_sha256", models.CharField(blank=True, max_length=64)),
                (
                    "kind",
                    models.CharField(choices=[("pdf", "PDF"), ("jpeg", "JPEG"), ("png", "PNG")], max_length=4, verbose_name="loại tệp"),
                ),
                ("pages", models.PositiveSmallIntegerField(verbose_name="số trang")),
                ("byte_count", models.PositiveIntegerField(verbose_name="cỡ tệp")),
                ("name", models.CharField(max_length=200, verbose_name="tên tệp")),
                ("scanned_at", models.DateTimeField(verbose_name="lưu lúc")),
                ("voided_at", models.DateTimeField(null=True, verbose_name="bỏ lúc")),
                ("void_reason", models.CharField(blank=True, max_length=300, verbose_name="lý do bỏ")),
                ("agency", models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="+", to="staff.agency")),
                ("dossier", models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="scans", to="dossiers.dossier")),
                (
                    "paper",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="scans",
                        to="dossiers.dossiercomponent",
                        verbose_name="giấy tờ",
                    ),
                ),
                (
                    "scanned_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL, verbose_name="người lưu"
                    ),
                ),
                (
                    "voided_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="người bỏ",
                    ),
                ),
            ],
            options={
                "ordering": ["id"],
                "constraints": [
                    models.CheckConstraint(condition=models.Q(("sha256", ""), _negated=True), name="scan_has_a_file"),
                    models.CheckConstraint(condition=models.Q(("kind__in", ["pdf", "jpeg", "png"])), name="scan_kind_known"),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("void_reason", ""), ("voided_at", None), ("voided_by", None)),
                            models.Q(("voided_at__isnull", False), ("voided_by__isnull", False)),
                            _connector="OR",
                        ),
                        name="scan_voided_by_somebody",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="SignatureCheck",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("file_name", models.CharField(max_length=200, verbose_name="tên tệp")),
                (
                    "verdict",
                    models.CharField(
                        choices=[("valid", "hợp lệ"), ("invalid", "không hợp lệ"), ("unknown", "chưa kiểm tra được")],
                        max_length=8,
                        verbose_name="kết luận",
                    ),
                ),
                ("words", models.CharField(max_length=500, verbose_name="lời giải thích")),
                ("is_draft", models.BooleanField(default=False, verbose_name="là dự thảo đã trình")),
                ("signatures", models.JSONField(default=list, verbose_name="chữ ký")),
                ("checked_at", models.DateTimeField(verbose_name="kiểm tra lúc")),
                ("agency", models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="+", to="staff.agency")),
                (
                    "dossier",
                    models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="signature_checks", to="dossiers.dossier"),
                ),
                (
                    "sign_off",
                    models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, related_name="verification", to="dossiers.signoff"),
                ),
            ],
            options={
                "constraints": [
                    models.CheckConstraint(condition=models.Q(("verdict__in", ["valid", "unknown"])), name="signature_check_not_invalid")
                ],
            },
        ),
    ]
