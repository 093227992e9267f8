from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("listings", "0002_initial")]

    operations = [
        migrations.AddIndex(
            model_name="ref",
            index=models.Index(condition=models.Q(("offer__isnull", False)), fields=["offer"], name="refs_by_offer"),
        ),
    ]
