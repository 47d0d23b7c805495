"""The moment at which a fee was paid, so that a day knows its cash."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("dossiers", "0003_promises"),
        ("procedures", "0001_initial"),
        ("staff", "0003_duty"),
    ]

    operations = [
        migrations.AddField(
            model_name="dossierfee",
            name="paid_at",
            field=models.DateTimeField(null=True, verbose_name="nộp lúc"),
        ),
        migrations.AddIndex(
            model_name="dossierfee",
            index=models.Index(models.F("agency"), models.F("paid_at"), condition=models.Q(("paid_at__isnull", False)), name="fee_by_day"),
        ),
    ]
