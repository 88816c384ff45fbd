"""What acts of this app are about, and the pages of its records."""

from __future__ import annotations

from agents.act_kinds import ActKind

OWN = (
    ActKind("participant", "Người tham gia", 10, is_about_people=True),
    ActKind("receipt", "Biên lai", 20, is_about_people=True),
    ActKind("import", "Nhập bảng kê", 30, is_about_people=True),
    ActKind("service", "Đánh giá, phản ánh", 40, is_about_people=True),
    ActKind("outreach", "Vận động", 42, is_about_people=True),
    ActKind("parameter", "Tham số", 150),
    ActKind("reading", "Cách hiểu luật", 160),
    ActKind("lookup", "Tra số", 240, is_about_people=True),
)
PAGES = {
    "enrollment.participant": "enrollment:participant",
    "enrollment.receipt": "enrollment:receipt",
    "enrollment.complaint": "enrollment:complaint",
}
