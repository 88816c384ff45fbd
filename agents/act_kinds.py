"""What acts on record are about, and on which page a record is: each app registers its own."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class ActKind:
    """A kind of acts: ``word`` is what their names begin with; lower ``place`` stands first."""

    word: str
    label: str
    place: int
    is_about_people: bool = False
    """Whether only those who may see people may read these acts."""


_kinds: dict[str, ActKind] = {}
_pages: dict[str, str] = {}


def register(*kinds: ActKind, pages: Mapping[str, str]) -> None:
    """Add kinds of acts, and the pages of records: label of the model → name of the URL."""
    _kinds.update({one.word: one for one in kinds})
    _pages.update(pages)


def act_kinds() -> dict[str, ActKind]:
    """All kinds of acts by their word, in their order."""
    return {one.word: one for one in sorted(_kinds.values(), key=lambda one: one.place)}


def kind_label(action: str) -> str:
    """What an act was about in words; empty when nobody registered its kind."""
    kind = _kinds.get(action.partition(".")[0])
    return kind.label if kind else ""


def page_of(label: str) -> str:
    """Name of the URL of a model's records; empty when they have no page."""
    return _pages.get(label, "")


OWN = (
    ActKind("agent", "Đại lý", 50),
    ActKind("point", "Điểm thu", 60),
    ActKind("collector", "Nhân viên thu", 70),
    ActKind("card", "Thẻ nhân viên thu", 80),
    ActKind("contract", "Hợp đồng đại lý", 90),
    ActKind("course", "Tập huấn", 100),
    ActKind("assignment", "Phân công địa bàn", 110),
    ActKind("contact", "Liên hệ với xã", 120, is_about_people=True),
    ActKind("target", "Chỉ tiêu", 130),
    ActKind("labour", "Số lao động", 140),
    ActKind("commune", "Danh mục, sáp nhập xã", 170),
    ActKind("office", "Tên, quy định của cơ quan", 180),
    ActKind("account", "Tài khoản", 190),
    ActKind("login", "Đăng nhập", 200),
    ActKind("session", "Phiên làm việc", 210),
    ActKind("factor", "Xác thực hai lớp", 220),
    ActKind("export", "Tải dữ liệu", 230),
    ActKind("limit", "Đến giới hạn trong ngày", 250),
    ActKind("refusal", "Bị từ chối", 260),
    ActKind("retention", "Dọn dữ liệu hết hạn", 270),
    ActKind("backup", "Sao lưu, diễn tập", 280),
)
"""The kinds of this app itself."""
OWN_PAGES = {
    "agents.collectionagent": "agents:agent",
    "agents.collector": "agents:collector",
    "agents.commune": "agents:commune",
    "agents.trainingcourse": "agents:course",
}
