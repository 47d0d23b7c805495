"""In whose name and by which right a result was signed; passing on a signature, opened drafts, quick signing."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("dossiers", "0011_workflow"),
        ("procedures", "0003_workflow"),
        ("staff", "0004_absence"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.AddField(
            model_name="signoff",
            name="block",
            field=models.TextField(blank=True, default="", verbose_name="quyền hạn, chức vụ, họ tên khi ký"),
        ),
        migrations.AddField(
            model_name="signoff",
            name="delegation",
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to="staff.delegation"),
        ),
        migrations.AddField(
            model_name="signoff",
            name="mode",
            field=models.CharField(blank=True, default="", max_length=3, verbose_name="cách ký"),
        ),
        migrations.CreateModel(
            name="DraftOpened",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("sha256", models.CharField(max_length=64)),
                ("opened_at", models.DateTimeField(verbose_name="mở lúc")),
                (
                    "agency",
                    models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name="+", to="staff.agency"),
                ),
                (
                    "person",
                    models.ForeignKey(
                        db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
                    ),
                ),
                (
                    "result",
                    models.ForeignKey(
                        db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name="opened", to="dossiers.resultdocument"
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(models.F("result"), models.F("person"), models.F("sha256"), name="draft_opened_once")
                ],
            },
        ),
        migrations.CreateModel(
            name="QuickSign",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("allowed", models.BooleanField(default=True, verbose_name="ký nhanh")),
                ("changed_at", models.DateTimeField(verbose_name="sửa lúc")),
                ("agency", models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="+", to="staff.agency")),
                (
                    "changed_by",
                    models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL),
                ),
                ("procedure", models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="+", to="procedures.procedure")),
            ],
            options={
                "constraints": [models.UniqueConstraint(models.F("agency"), models.F("procedure"), name="quick_sign_once")],
            },
        ),
        migrations.CreateModel(
            name="SignaturePass",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("passed_at", models.DateTimeField(verbose_name="chuyển lúc")),
                ("note", models.CharField(blank=True, max_length=300, verbose_name="ghi chú")),
                ("agency", models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="+", to="staff.agency")),
                (
                    "dossier",
                    models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="signature_passes", to="dossiers.dossier"),
                ),
                (
                    "giver",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="người chuyển",
                    ),
                ),
                (
                    "receiver",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="chuyển đến",
                    ),
                ),
                (
                    "result",
                    models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="passes", to="dossiers.resultdocument"),
                ),
            ],
            options={
                "ordering": ["id"],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("giver", models.F("receiver")), _negated=True), name="nobody_passes_to_himself"
                    )
                ],
            },
        ),
    ]
