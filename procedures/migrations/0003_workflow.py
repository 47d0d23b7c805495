"""Internal processes, published and in draft."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("procedures", "0002_consultation_clock"),
        ("staff", "0004_absence"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="Workflow",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("case_key", models.CharField(blank=True, max_length=8, verbose_name="trường hợp")),
                ("number", models.PositiveSmallIntegerField(verbose_name="lần ban hành")),
                ("label", models.CharField(max_length=120, verbose_name="tên quy trình")),
                ("steps", models.JSONField(default=list, verbose_name="các bước")),
                ("effective_from", models.DateField(verbose_name="áp dụng từ")),
                ("decision_number", models.CharField(blank=True, max_length=60, verbose_name="quyết định phê duyệt")),
                ("decided_on", models.DateField(null=True, verbose_name="ngày quyết định")),
                ("made_at", models.DateTimeField(verbose_name="soạn lúc")),
                ("published_at", models.DateTimeField(verbose_name="ban hành lúc")),
                (
                    "agency",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="workflows",
                        to="staff.agency",
                        verbose_name="của đơn vị",
                    ),
                ),
                (
                    "made_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="người soạn",
                    ),
                ),
                (
                    "published_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="người ban hành",
                    ),
                ),
                (
                    "version",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="workflows",
                        to="procedures.procedureversion",
                        verbose_name="lần công bố thủ tục",
                    ),
                ),
            ],
            options={
                "ordering": ["version_id", "case_key", "number"],
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("agency__isnull", True)),
                        fields=("version", "case_key", "number"),
                        name="shipped_workflow_number_once",
                    ),
                    models.UniqueConstraint(
                        condition=models.Q(("agency__isnull", False)),
                        fields=("version", "case_key", "agency", "number"),
                        name="own_workflow_number_once",
                    ),
                    models.UniqueConstraint(
                        condition=models.Q(("agency__isnull", False)),
                        fields=("version", "case_key", "agency", "effective_from"),
                        name="one_own_workflow_a_day",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("agency__isnull", True),
                            models.Q(
                                ("decided_on__isnull", False),
                                ("made_by__isnull", False),
                                ("published_by__isnull", False),
                                models.Q(("decision_number", ""), _negated=True),
                            ),
                            _connector="OR",
                        ),
                        name="own_workflow_is_decided",
                    ),
                    models.CheckConstraint(condition=models.Q(("number__gte", 1)), name="workflow_number_from_one"),
                ],
            },
        ),
        migrations.CreateModel(
            name="WorkflowDraft",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("case_key", models.CharField(blank=True, max_length=8, verbose_name="trường hợp")),
                ("label", models.CharField(max_length=120, verbose_name="tên quy trình")),
                ("steps", models.JSONField(default=list, verbose_name="các bước")),
                ("revision", models.PositiveIntegerField(default=1)),
                ("made_at", models.DateTimeField(verbose_name="soạn lúc")),
                ("changed_at", models.DateTimeField(verbose_name="sửa lúc")),
                (
                    "agency",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="workflow_drafts",
                        to="staff.agency",
                        verbose_name="của đơn vị",
                    ),
                ),
                (
                    "changed_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL, verbose_name="người sửa"
                    ),
                ),
                (
                    "made_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="người soạn",
                    ),
                ),
                (
                    "version",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="workflow_drafts",
                        to="procedures.procedureversion",
                        verbose_name="lần công bố thủ tục",
                    ),
                ),
            ],
            options={
                "constraints": [models.UniqueConstraint(fields=("version", "case_key", "agency"), name="one_workflow_draft")],
            },
        ),
    ]
