"""The office's own dated particulars: its name, the one above it, its place and its chief's
post.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass
from datetime import date

from django.db import transaction

from agents import audit
from agents.access import require
from agents.models import OfficeProfile, User
from agents.roles import Can
from thaithuy_bhxh.errors import Refused
from thaithuy_bhxh.storing import assign, locked, required, store


@dataclass(frozen=True, slots=True)
class ProfileValues:
    """The particulars from a day on, as a form states them."""

    valid_from: date
    parent_name: str
    name: str
    place: str
    chief_title: str


def do_save_office_profile(
    *, actor: User, values: ProfileValues, profile: OfficeProfile | None = None
) -> OfficeProfile:
    """Add the particulars that hold from a day on, or correct them. Raises :class:`Refused` naming
    the field.
    """
    require(actor, Can.KEEP_OFFICE_NAMES)
    stored = asdict(values)
    for name in ("parent_name", "name", "place", "chief_title"):
        stored[name] = required(stored[name], name, "Hãy điền mục này: nó đứng trên mọi báo cáo.")
    with transaction.atomic():
        row = locked(profile) if profile else OfficeProfile()
        if OfficeProfile.objects.filter(valid_from=values.valid_from).exclude(pk=row.pk).exists():
            raise Refused("Đã có tên cơ quan từ đúng ngày này; hãy sửa dòng đó.", "valid_from")
        changes = assign(row, **stored)
        if changes:
            store(row, taken="Đã có tên cơ quan từ đúng ngày này.", field="valid_from")
            audit.record(
                actor=actor,
                action="office.save",
                on=row,
                changes=changes,
                summary=f"{'Sửa' if profile else 'Thêm'} tên cơ quan từ "
                f"{values.valid_from:%d/%m/%Y}: {row.name}",
            )
    return row
