"""Going along the chain of the audit trail from its first row: does each row still say what it
said?
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from agents.audit import NewAuditRow, fingerprint_of
from agents.models import AuditEntry, AuditLink
from thaithuy_bhxh.fingerprints import linked

CHUNK = 2000
CHANGED = "nội dung đã bị sửa"
MISSING = "dòng đã bị xóa"
GAP = "thiếu một dòng, hoặc thứ tự đã bị đổi"
BROKEN = "dòng đã bị đổi chỗ hoặc chèn vào"
UNLINKED = "dòng được chèn vào ngoài chuỗi"
CUT = "không còn dòng có dấu đã ghi; phần cuối đã bị cắt hoặc viết lại"


@dataclass(frozen=True, slots=True)
class Wrong:
    """The first row that does not fit: its place in the chain, its key in the trail (if known), and
    why.
    """

    position: int | None
    entry: int | None
    why: str


@dataclass(frozen=True, slots=True)
class TrailCheck:
    """How many rows fit, the digest of the last of them, and the first that does not."""

    checked: int
    head: str
    first_wrong: Wrong | None


def verify(noted: str = "") -> TrailCheck:
    """Go along the whole chain; ``noted`` = a head written down earlier, which must still be in it.

    Some thousand rows at a time: memory stays the same however long the trail is, and nobody waits.
    """
    checked, head, met = 0, "", not noted
    for position, digest, entry, content in _rows():
        if why := _misfit(checked + 1, position, head, digest, entry, content):
            return TrailCheck(checked, head, Wrong(position, entry, why))
        checked, head = position, digest
        met = met or digest == noted
    loose = AuditEntry.objects.filter(link=None).order_by("pk").values_list("pk", flat=True).first()
    if loose is not None:
        return TrailCheck(checked, head, Wrong(None, loose, UNLINKED))
    return TrailCheck(checked, head, None if met else Wrong(None, None, CUT))


def head() -> str:
    """The digest of the last row: the mark to write down elsewhere; empty without any row."""
    last = AuditLink.objects.order_by("-position").values_list("digest", flat=True).first()
    return last or ""


def _rows() -> Iterator[tuple[int, str, int, tuple[Any, ...]]]:
    """Place, digest, key and stored content with its fingerprint, in the order of the chain; no
    content = no row.
    """
    # From the very first: a link put before the beginning would hide its row from whoever looks for
    # loose ones.
    further = AuditLink.objects.order_by("position")
    while links := list(further.values_list("position", "digest", "entry_id")[:CHUNK]):
        keys = [key for _, _, key in links]
        found = (
            AuditEntry.objects.filter(pk__in=keys)
            .order_by()
            .values_list("pk", *NewAuditRow._fields)
        )
        contents = {key: content for key, *content in found}
        for position, digest, key in links:
            yield position, digest, key, tuple(contents.get(key, ()))
        further = further.filter(position__gt=links[-1][0])


def _misfit(
    expected: int, position: int, before: str, digest: str, key: int, content: tuple[Any, ...]
) -> str:
    """Why the row does not follow the chain so far; empty when it does."""
    if position != expected:
        return GAP
    if not content:
        return MISSING
    *said, fingerprint = content
    if not _says(said, fingerprint):
        return CHANGED
    return "" if linked(before, key, fingerprint) == digest else BROKEN


def _says(said: list[Any], fingerprint: str) -> bool:
    try:
        return fingerprint_of(said) == fingerprint
    except (TypeError, ValueError):
        return False  # What was put there has no form that the portal ever writes.
