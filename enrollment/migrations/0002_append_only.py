"""Once installed the append-only triggers; now every ``migrate`` ends by bringing them in line with the guards."""

from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("enrollment", "0001_initial"), ("agents", "0002_cache_table")]
    operations: list[migrations.operations.base.Operation] = []
