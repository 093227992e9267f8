"""Which picture of a page each photo of ours became."""

from __future__ import annotations

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("listings", "0005_drift")]

    operations = [
        migrations.AddField(model_name="listing", name="pictures", field=models.JSONField(blank=True, null=True)),
    ]
