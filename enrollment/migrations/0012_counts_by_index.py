"""Counts of a month are read from the index alone."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("enrollment", "0011_keys_of_names_anew")]

    operations = [
        migrations.RemoveIndex("movement", "movement_by_month"),
        migrations.AddIndex(
            "movement",
            models.Index(
                fields=[
                    "month", "kind", "grace", "strict", "reason", "commune", "agent", "from_commune", "from_agent",
                ],
                name="movement_by_month",
            ),
        ),
        migrations.AddIndex(
            "movement",
            models.Index(
                fields=["month", "grace", "strict", "commune", "agent", "collector"],
                name="movement_new",
                condition=models.Q(kind="new"),
            ),
        ),
        migrations.RemoveIndex("receipt", "receipt_by_month"),
        migrations.AddIndex(
            "receipt",
            models.Index(
                fields=[
                    "received_month", "commune", "agent", "collector",
                    "participant_amount", "gross", "state_support",
                ],
                name="receipt_by_month",
            ),
        ),
    ]  # fmt: skip
