"""The import that others work beside, in a process of its own: by command, or on the screen in its
two steps.
"""

from __future__ import annotations

from pathlib import Path

from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.management import call_command
from django.urls import reverse

from enrollment.models import ImportBatch
from tests.bench import stage


def main(step: str, path: str) -> None:
    browser, lists = stage.browser_of(stage.manager()), reverse("enrollment:imports")
    if step == "command":
        call_command("import_d05", path, username=stage.manager().username)
    elif step == "check":
        file = SimpleUploadedFile("list.xlsx", Path(path).read_bytes())
        assert browser.post(lists, {"file": file}).status_code == 302
    else:
        batch = ImportBatch.objects.latest("id")
        browser.post(reverse("enrollment:import_confirm", args=[batch.pk]))
        batch.refresh_from_db()
        assert batch.state == batch.State.IMPORTED
