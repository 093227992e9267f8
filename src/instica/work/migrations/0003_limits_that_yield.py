"""Bulk work has no meter of its own any more but stands back; what the other side says of a limit is kept."""

from __future__ import annotations

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("work", "0002_rest_why")]

    operations = [
        migrations.RemoveField(model_name="limit", name="bulk_meter"),
        migrations.AddField(model_name="limit", name="bulk_after", field=models.FloatField(default=0)),
        migrations.AddField(model_name="limit", name="told_rate", field=models.FloatField(null=True)),
        migrations.AddField(model_name="limit", name="told_burst", field=models.FloatField(null=True)),
    ]
