"""Credit of one agent's collectors is read from the index alone."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("enrollment", "0013_outreach")]

    operations = [
        migrations.AddIndex(
            "activityspan",
            models.Index(
                fields=["agent", "rule", "end", "start", "collector"], name="span_by_agent"
            ),
        ),
        migrations.AddIndex(
            "receipt",
            models.Index(
                fields=["agent", "received_month", "collector", "participant_amount"],
                name="receipt_credit",
            ),
        ),
    ]
