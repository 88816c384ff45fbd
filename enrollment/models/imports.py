"""Lists brought in from files, and forms put aside half-filled."""

from __future__ import annotations

from django.db import models

from agents.models import User
from thaithuy_bhxh.states import LifeCycle


class ImportBatch(models.Model):
    """One upload of a D05-TS list: the file, what it would do, and what it did when confirmed."""

    class State(models.TextChoices):
        UNMATCHED = "unmatched", "Chờ khớp cột"
        CHECKED = "checked", "Chờ xác nhận"
        IMPORTED = "imported", "Đã nhập"
        CANCELLED = "cancelled", "Đã bỏ"

    LIFE = LifeCycle(
        begins=(State.UNMATCHED, State.CHECKED),
        follows={
            State.UNMATCHED: (State.CHECKED, State.CANCELLED),
            State.CHECKED: (State.CHECKED, State.IMPORTED, State.CANCELLED),
            State.IMPORTED: (),
            State.CANCELLED: (),
        },
    )

    file_name = models.CharField("tên tệp", max_length=200)
    digest = models.CharField(max_length=64)
    file = models.FileField(upload_to="imports/", blank=True)
    state = models.CharField(max_length=10, choices=State.choices)
    result = models.JSONField(default=dict)
    created_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    created_at = models.DateTimeField()
    finished_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ["-created_at", "-id"]

    def __str__(self) -> str:
        return self.file_name


class ImportMapping(models.Model):
    """The columns of lists with a certain header, matched by hand once; an agent's own, or the
    office's for everybody.

    ``owner`` is the agent's code, empty for the office; ``columns`` maps column code → position
    from 0.
    """

    fingerprint = models.CharField(max_length=64)
    owner = models.CharField(max_length=20, blank=True)
    columns = models.JSONField("cột đã khớp")
    created_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    saved_at = models.DateTimeField(auto_now=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["fingerprint", "owner"], name="import_mapping_key")
        ]

    def __str__(self) -> str:
        return f"{self.owner or 'BHXH'}: {self.fingerprint[:12]}"


class DraftQuerySet(models.QuerySet["Draft"]):
    def filled(self) -> DraftQuerySet:
        """Those with something typed in them: a form that was only opened is nothing to come back
        to.
        """
        return self.filter(data__has_any_keys=["who", "ca-nhan", "doi-tuong", "muc-dong"])


class Draft(models.Model):
    """A form put aside by its author; what was typed, not a fact."""

    owner = models.ForeignKey(User, on_delete=models.CASCADE, related_name="drafts")
    title = models.CharField(max_length=160)
    data = models.JSONField(default=dict)
    updated_at = models.DateTimeField(auto_now=True)

    objects = DraftQuerySet.as_manager()

    class Meta:
        ordering = ["-updated_at"]

    def __str__(self) -> str:
        return self.title
