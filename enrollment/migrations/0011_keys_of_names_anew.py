"""The keys by which names are found and sorted follow the reading of look-alike letters, invisible
marks and apostrophes; the names themselves stay as they were typed."""

from django.db import migrations

from thaithuy_bhxh.text import fold, sort_key

CHUNK = 500


def compute(apps, schema_editor):
    people = apps.get_model("enrollment", "Participant").objects.using(schema_editor.connection.alias)
    changed = []
    for one in people.only("pk", "full_name", "search_key", "sort_key").iterator(2000):
        search, order = f" {fold(one.full_name)} ", sort_key(one.full_name)[:400]
        if (search, order) != (one.search_key, one.sort_key):
            one.search_key, one.sort_key = search, order
            changed.append(one)
    people.bulk_update(changed, ["search_key", "sort_key"], batch_size=CHUNK)
    communes = apps.get_model("agents", "Commune").objects.using(schema_editor.connection.alias)
    for one in communes.only("pk", "name", "search_key"):
        if fold(one.name) != one.search_key:
            communes.filter(pk=one.pk).update(search_key=fold(one.name))


class Migration(migrations.Migration):
    dependencies = [("agents", "0013_account_request_words"), ("enrollment", "0010_collector_of_span")]

    operations = [migrations.RunPython(compute, migrations.RunPython.noop)]
