"""Three things to try in the demonstration, for each role, on its first screen."""

from __future__ import annotations

from collections.abc import Mapping

from agents.models import Role

HINTS: Mapping[str, tuple[str, str, str]] = {
    Role.COLLECTOR: (
        "Thu tiền của người trong danh sách dưới đây: số tiền đã tính sẵn, vài lần bấm là có "
        "biên lai.",
        "Ghi một người mới: “Thu tiền”, rồi nhập số CCCD 034190800999.",
        "Khi chọn mức đóng, mở “Vì sao số tiền này?” để xem từng bước tính.",
    ),
    Role.LEAD: (
        "Xem ai sắp đến hạn và nhân viên nào đang giữ người ấy.",
        "Người & thu → Nhập bảng kê: thử tệp bang-ke-phutrach-nhap-duoc.xlsx, rồi tệp "
        "…-co-loi.xlsx, trong thư "
        "mục var/bang-ke-mau.",
        "Mạng lưới → Tập huấn: lớp đầu tháng này có hai ứng viên của đại lý đã đạt, đang "
        "chờ nhận việc.",
    ),
    Role.OFFICER: (
        "Hôm nay → Chuyên quản: xã nào chậm, vì sao, và việc nên làm trước.",
        "Người & thu → Nhập bảng kê: thử tệp bang-ke-cq01-nhap-duoc.xlsx, rồi tệp "
        "…-co-loi.xlsx, trong thư mục "
        "var/bang-ke-mau.",
        "Mở một xã và ghi một lần liên hệ; việc hẹn sẽ nhắc lại ở trang này.",
    ),
    Role.MANAGER: (
        "Chỉ tiêu & báo cáo → Báo cáo → Tăng trưởng: chọn 01/2021 đến 02/2021, bấm một con "
        "số để thấy những người "
        "đứng sau.",
        "Chỉ tiêu & báo cáo → Báo cáo → Tiến độ thực hiện chỉ tiêu: ai chậm và cần thêm "
        "bao nhiêu người.",
        "Chỉ tiêu & báo cáo → Chỉ tiêu: chia chỉ tiêu năm sau cho các xã, ghi theo quyết "
        "định và in để ký.",
    ),
    Role.ADMINISTRATOR: (
        "Quản trị → Tài khoản: tạo một tài khoản; nó chờ người thứ hai xác nhận rồi mới dùng được.",
        "Quản trị → Tham số: xem các mức theo luật, căn cứ và ngày có hiệu lực.",
        "Quản trị → Nhật ký: việc bạn vừa làm đã được ghi, ai, lúc nào và đổi gì.",
    ),
    Role.AUDITOR: (
        "Quản trị → Nhật ký: chọn một loại việc để thấy ai đã làm, lúc nào và đổi gì.",
        "Người & thu: mở một người; số CCCD được che, việc xem được ghi lại.",
        "Chỉ tiêu & báo cáo → Báo cáo → Tăng trưởng: mỗi con số mở được danh sách phía sau.",
    ),
}
