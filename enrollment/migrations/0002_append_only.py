"""Money facts and the audit trail become append-only in the database itself."""

from django.db import migrations

from thaithuy_bhxh import triggers


def install(apps, schema_editor):
    triggers.install(schema_editor.connection)


def remove(apps, schema_editor):
    triggers.remove(schema_editor.connection)


class Migration(migrations.Migration):
    dependencies = [("enrollment", "0001_initial"), ("agents", "0002_cache_table")]
    operations = [migrations.RunPython(install, remove)]
