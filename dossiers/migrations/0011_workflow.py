"""The internal process under which a dossier was received."""

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("dossiers", "0010_consultations"),
        ("procedures", "0003_workflow"),
    ]

    operations = [
        migrations.AddField(
            model_name="dossier",
            name="workflow",
            field=models.ForeignKey(
                db_index=False,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="procedures.workflow",
                verbose_name="quy trình nội bộ",
            ),
        ),
    ]
