"""Audit rows get their fingerprint and their place in the chain; before it begins, numbers in them are sealed.

The only time that rows of the trail are written anew: full identity numbers and phones stand in those of before. One
transaction, during which nobody else writes to the trail; about a minute for a million rows.
"""

import json

import django.db.models.deletion
from django.db import migrations, models

from thaithuy_bhxh import triggers
from thaithuy_bhxh.fingerprints import fingerprint, linked, moment
from thaithuy_bhxh.sealed import seal, without_numbers

CHUNK = 2000
NUMBERS = {"citizen_id", "bhxh_no", "phone"}
COLUMNS = ("at", "actor_id", "action", "object_type", "object_id", "summary", "changes", "address", "session")


def begin(apps, schema_editor):
    connection, rows = schema_editor.connection, apps.get_model("agents", "AuditEntry").objects
    triggers.remove(connection, ("agents_auditentry",))
    last, position, head = 0, 0, ""
    while chunk := list(rows.filter(pk__gt=last).order_by("pk").values_list("pk", *COLUMNS)[:CHUNK]):
        updates, links = [], []
        for pk, *content in chunk:
            content[5], content[6] = without_numbers(content[5]), _plain(content[6])
            digest = fingerprint((moment(content[0]), *content[1:]))
            position, head, last = position + 1, linked(head, pk, digest), pk
            updates.append((content[5], json.dumps(content[6]), digest, pk))
            links.append((position, pk, head))
        with connection.cursor() as cursor:
            cursor.executemany(
                "UPDATE agents_auditentry SET summary = %s, changes = %s, fingerprint = %s WHERE id = %s", updates
            )
            cursor.executemany(
                "INSERT INTO agents_auditlink (position, entry_id, digest) VALUES (%s, %s, %s)", links
            )


def _plain(value, sealed=False):
    if isinstance(value, dict):
        return {key: _plain(item, sealed or key in NUMBERS) for key, item in value.items()}
    if isinstance(value, list):
        return [_plain(item, sealed) for item in value]
    if isinstance(value, float):
        return str(value)
    if isinstance(value, str):
        return seal(value) if sealed and value else without_numbers(value)
    return value


class Migration(migrations.Migration):
    dependencies = [
        ("agents", "0009_audit_action"),
    ]
    operations = [
        migrations.AddField(
            model_name="auditentry",
            name="fingerprint",
            field=models.CharField(max_length=64, null=True),
        ),
        migrations.CreateModel(
            name="AuditLink",
            fields=[
                ("position", models.BigIntegerField(primary_key=True, serialize=False)),
                ("digest", models.CharField(max_length=64)),
                (
                    "entry",
                    models.OneToOneField(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="link",
                        to="agents.auditentry",
                    ),
                ),
            ],
        ),
        migrations.RunPython(begin, migrations.RunPython.noop),
        migrations.AlterField(
            model_name="auditentry",
            name="fingerprint",
            field=models.CharField(max_length=64),
        ),
    ]
