from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("imports", "0003_forgotten"),
    ]

    operations = [
        migrations.AddField(
            model_name="job",
            name="details_at",
            field=models.CharField(blank=True, max_length=40),
        ),
        migrations.AddField(
            model_name="job",
            name="details_read",
            field=models.IntegerField(default=0),
        ),
        migrations.AddField(
            model_name="job",
            name="details_total",
            field=models.IntegerField(default=0),
        ),
        migrations.AddField(
            model_name="job",
            name="details_until",
            field=models.DateTimeField(blank=True, null=True),
        ),
    ]
