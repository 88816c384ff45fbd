"""Spans and movements name the collector of their time, so that no report has to look it up."""

from itertools import groupby
from operator import itemgetter

import django.db.models.deletion
from django.db import migrations, models
from django.db.models import Count, OuterRef, Subquery

CHUNK = 500
_FIELDS = ("participant_id", "received_on", "recorded_at", "id", "received_month", "void__voided_month", "collector_id")


def fill(apps, schema_editor):
    alias = schema_editor.connection.alias
    receipts, spans, movements = (
        apps.get_model("enrollment", name).objects.using(alias) for name in ("Receipt", "ActivitySpan", "Movement")
    )
    anybody = receipts.filter(participant=OuterRef("participant")).order_by().values("collector")
    for rows in (spans, movements):
        rows.update(collector=Subquery(anybody[:1]))
    several = receipts.order_by().values("participant").annotate(n=Count("collector", distinct=True)).filter(n__gt=1)
    people = sorted(several.values_list("participant", flat=True))
    for start in range(0, len(people), CHUNK):
        _split(receipts, spans, movements, people[start : start + CHUNK])
    if schema_editor.connection.vendor == "postgresql":
        # Rows that wait for their check would keep the columns from being altered.
        schema_editor.execute("SET CONSTRAINTS ALL IMMEDIATE")


def _split(receipts, spans, movements, people):
    """Those who paid several collectors: each month belongs to the receipt that was the latest in it."""
    found = sorted(receipts.filter(participant__in=people).values_list(*_FIELDS))
    visits = {pk: list(of) for pk, of in groupby(found, itemgetter(0))}
    changed, added = [], []
    for span in spans.filter(participant__in=people):
        first, *rest = _pieces(span, visits[span.participant_id])
        span.end, span.collector_id = first[1:]
        changed.append(span)
        for since, until, collector in rest:
            more = type(span)(
                participant_id=span.participant_id, rule=span.rule, start=since, end=until,
                commune_id=span.commune_id, agent_id=span.agent_id, collector_id=collector,
            )  # fmt: skip
            added.append(more)
    moved = list(movements.filter(participant__in=people))
    for row in moved:
        month = int(row.month) - (row.kind == "decreased")
        row.collector_id = _collector(visits[row.participant_id], month)
    spans.bulk_update(changed, ["end", "collector"], batch_size=CHUNK)
    spans.bulk_create(added, batch_size=CHUNK)
    movements.bulk_update(moved, ["collector"], batch_size=CHUNK)


def _collector(visits, month):
    return next(
        visit[6]
        for visit in reversed(visits)
        if int(visit[4]) <= month and (visit[5] is None or month < int(visit[5]))
    )


def _pieces(span, visits):
    """(first month, last month, collector) of the span's parts, in order."""
    start, end = int(span.start), int(span.end)
    changes = {int(month) for visit in visits for month in visit[4:6] if month is not None}
    pieces = []
    for month in sorted({start, *(one for one in changes if start < one <= end)}):
        collector = _collector(visits, month)
        if not pieces or pieces[-1][2] != collector:
            pieces.append([month, end, collector])
            if pieces[:-1]:
                pieces[-2][1] = month - 1
    return pieces


def _collector_field(null):
    return models.ForeignKey(
        "agents.Collector", django.db.models.deletion.PROTECT, related_name="+",
        db_constraint=False, db_index=False, null=null,
    )  # fmt: skip


class Migration(migrations.Migration):
    dependencies = [("agents", "0013_account_request_words"), ("enrollment", "0009_receipt_grace")]

    operations = [
        migrations.RemoveIndex("activityspan", "span_by_month"),
        migrations.AddField("activityspan", "collector", _collector_field(null=True)),
        migrations.AddField("movement", "collector", _collector_field(null=True)),
        migrations.RunPython(fill, migrations.RunPython.noop),
        migrations.AlterField("activityspan", "collector", _collector_field(null=False)),
        migrations.AlterField("movement", "collector", _collector_field(null=False)),
        migrations.AddIndex(
            "activityspan",
            models.Index(
                fields=["rule", "end", "start", "commune", "agent", "collector"], name="span_by_month"
            ),
        ),
    ]
