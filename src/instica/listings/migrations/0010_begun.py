"""When a publish began; of those under way nobody knows."""

from __future__ import annotations

from django.db import migrations, models

import instica.core.clock


class Migration(migrations.Migration):
    dependencies = [("listings", "0009_returned")]

    operations = [
        migrations.AddField(model_name="attempt", name="begun", field=models.DateTimeField(null=True)),
        migrations.AlterField(
            model_name="attempt",
            name="begun",
            field=models.DateTimeField(default=instica.core.clock.now, null=True),
        ),
    ]
