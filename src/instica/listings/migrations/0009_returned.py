"""How many pieces of cancelled orders a marketplace may have put back on sale by itself."""

from __future__ import annotations

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("listings", "0008_doubted")]

    operations = [
        migrations.AddField(model_name="offer", name="returned", field=models.IntegerField(db_default=0, default=0)),
    ]
