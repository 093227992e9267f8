"""When we last set a quantity on a page; pages that differ are found without reading all."""

from __future__ import annotations

from django.db import migrations, models
from django.db.models import Q


class Migration(migrations.Migration):
    dependencies = [("listings", "0006_pictures")]

    operations = [
        migrations.AddField(model_name="offer", name="said_at", field=models.DateTimeField(blank=True, null=True)),
        migrations.AddIndex(
            model_name="listing",
            index=models.Index(fields=["organization"], condition=Q(drift__isnull=False), name="listings_drifted"),
        ),
    ]
