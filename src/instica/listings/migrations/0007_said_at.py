"""When we last set a quantity on a page."""

from __future__ import annotations

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("listings", "0006_pictures")]

    operations = [
        migrations.AddField(model_name="offer", name="said_at", field=models.DateTimeField(blank=True, null=True)),
    ]
