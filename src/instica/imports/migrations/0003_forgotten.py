from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("imports", "0002_initial")]

    operations = [
        migrations.AddField(model_name="job", name="forgotten", field=models.DateTimeField(blank=True, null=True)),
    ]
