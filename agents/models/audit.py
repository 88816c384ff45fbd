"""The audit trail: who did what to which record, when and why. Append-only by database trigger."""

from __future__ import annotations

from django.db import models

from agents.models.people import User


class AuditEntry(models.Model):
    """One act. ``changes`` maps a field to ``[before, after]``; ``summary`` is a Vietnamese
    sentence.

    ``address`` and ``session`` say where it came from (:mod:`agents.origin`); both are empty in
    rows of before. ``fingerprint`` is a digest of all of it (:func:`agents.audit.fingerprint_of`).
    """

    at = models.DateTimeField("lúc", db_index=True)
    actor = models.ForeignKey(
        User, on_delete=models.PROTECT, null=True, related_name="+", verbose_name="người làm"
    )
    action = models.CharField("việc", max_length=60)
    object_type = models.CharField(max_length=40)
    object_id = models.BigIntegerField()
    summary = models.CharField("nội dung", max_length=400)
    changes = models.JSONField(default=dict)
    address = models.CharField("địa chỉ", max_length=45, null=True)
    session = models.CharField("phiên", max_length=60, blank=True)
    fingerprint = models.CharField(max_length=64)

    class Meta:
        ordering = ["-at", "-id"]
        indexes = [
            models.Index(fields=["object_type", "object_id"], name="audit_object"),
            models.Index(fields=["action", "at"], name="audit_action"),
        ]

    def __str__(self) -> str:
        return self.summary


class AuditLink(models.Model):
    """The place of an audit row in the chain. Written by a database trigger alone, see
    :mod:`agents.chain`.
    """

    position = models.BigIntegerField(primary_key=True)
    entry = models.OneToOneField(
        AuditEntry, on_delete=models.PROTECT, related_name="link", db_constraint=False
    )
    digest = models.CharField(max_length=64)

    def __str__(self) -> str:
        return f"{self.position}: {self.digest[:12]}"
