"""A receipt keeps the grace of its own day; receipts of before have that of the windows that have always held."""

from django.db import migrations, models
from django.db.models import Case, Value, When

from thaithuy_bhxh import triggers

GRACE = {"1": 0, "3": 2, "6": 3, "12": 6}
"""As it was in code until now; years ahead and missing months have none."""
WINDOWS = {"1": 1, "3": 3, "6": 4, "12": 7}


def keep_grace(apps, schema_editor):
    receipts = apps.get_model("enrollment", "Receipt").objects.using(schema_editor.connection.alias)
    triggers.remove(schema_editor.connection, ("enrollment_receipt",))
    whens = [When(method=code, then=Value(months)) for code, months in GRACE.items()]
    receipts.update(grace_months=Case(*whens, default=Value(0)))
    triggers.install(schema_editor.connection, ("enrollment_receipt",))


def date_windows(apps, schema_editor):
    """An office at work goes on at once: what ships is loaded by hand after an upgrade."""
    rows = apps.get_model("enrollment", "PolicyParameter").objects.using(schema_editor.connection.alias)
    if not rows.exists():
        return
    for code, months in WINDOWS.items():
        rows.get_or_create(
            key=f"payment_window_months.{code}",
            valid_from="2008-01-01",
            defaults={
                "value": str(months),
                "source": "Nghị định 134/2015/NĐ-CP, Điều 12; Luật BHXH 41/2024/QH15, Điều 36",
                "confidence": "high",
            },
        )


class Migration(migrations.Migration):
    dependencies = [("enrollment", "0008_rated_again")]

    operations = [
        migrations.AddField(
            "receipt",
            "grace_months",
            models.PositiveSmallIntegerField(default=0, verbose_name="số tháng trong hạn đóng tiếp"),
            preserve_default=False,
        ),
        migrations.RunPython(keep_grace, migrations.RunPython.noop),
        migrations.RunPython(date_windows, migrations.RunPython.noop),
    ]
