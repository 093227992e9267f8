"""A limit may be a sliding window, whose units are counted by slots."""

from __future__ import annotations

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("work", "0003_limits_that_yield")]

    operations = [
        migrations.AddField(
            model_name="limit", name="sliding", field=models.BooleanField(default=False, db_default=False)
        ),
        migrations.AddField(model_name="limit", name="slots", field=models.JSONField(default=dict, db_default={})),
    ]
