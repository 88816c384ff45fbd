"""The head of the D05-TS form as it is printed: names of its columns, and the codes below them."""

from __future__ import annotations

NAMES = (
    "STT",
    "Họ và tên",
    "Mã số BHXH",
    "Số CCCD/ĐDCN/Hộ chiếu",
    "Địa chỉ",
    "Ngày biên lai",
    "Số biên lai",
    "Mức thu nhập tháng đóng BHXH",
    "Số tháng đóng",
    "Từ tháng/năm",
    "Số tiền phải đóng",
    "Người tham gia đóng",
    "NSNN hỗ trợ",
    None,
    "NSĐP hỗ trợ",
    None,
    "Hỗ trợ khác",
    None,
    "Mã nhân viên thu",
    "Ghi chú",
)
CODES = ("A", "B", "C", *(str(number) for number in range(1, 18)))
