"""Whether a write is under way of which nobody knows yet what it put on sale."""

from __future__ import annotations

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("listings", "0007_said_at_and_drifted")]

    operations = [
        migrations.AddField(
            model_name="listing", name="doubted", field=models.BooleanField(db_default=False, default=False)
        ),
    ]
