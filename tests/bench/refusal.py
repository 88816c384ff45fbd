"""One refusal, in a process of its own: the workbook by command, or uploaded on the screen with
what is left of it.
"""

from __future__ import annotations

import json
from pathlib import Path

from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.management import CommandError, call_command
from django.urls import reverse

from enrollment.models import ImportBatch, Receipt
from tests.bench import stage
from tests.bench.figures import Figure, hand_over


def main(way: str, path: str) -> None:
    before = Receipt.objects.count()
    if way == "command":
        try:
            with open("/dev/null", "w") as nowhere:
                call_command(
                    "import_d05",
                    path,
                    username=stage.manager().username,
                    errors=f"{path}-loi.xlsx",
                    stdout=nowhere,
                )
            raise SystemExit("It was not refused.")
        except CommandError:
            pass
    else:
        hand_over([Figure("left", _upload(path) / 1024**2)])
    assert Receipt.objects.count() == before


def _upload(path: str) -> int:
    """Bytes that an upload leaves, once its page has been looked at."""
    last = ImportBatch.objects.order_by("id").last()
    file = SimpleUploadedFile("list.xlsx", Path(path).read_bytes())
    answer = stage.browser_of(stage.manager()).post(
        reverse("enrollment:imports"), {"file": file}, follow=True
    )
    assert answer.status_code == 200
    batch = ImportBatch.objects.order_by("id").last()
    if batch is None or batch == last:
        return 0
    return len(json.dumps(batch.result)) + (batch.file.size if batch.file else 0)
