"""What people of the demonstration write: courses, comments, complaints with their answers, notes.
All invented.
"""

from __future__ import annotations

from datetime import date

_TOWN_UNTIL = date(2025, 6, 30)


def place_on(day: date) -> str:
    """Where courses are held: the office stays where it is, but its town went into a commune in
    July 2025.
    """
    return (
        f"Hội trường cơ quan BHXH, {'thị trấn Diêm Điền' if day <= _TOWN_UNTIL else 'xã Thái Thụy'}"
    )


TRAINERS = ("Lê Thị Bích Ngọc", "Phạm Hồng Quân")
COURSES = (
    "Nghiệp vụ thu BHXH tự nguyện và lập bảng kê D05-TS",
    "Kỹ năng vận động, tư vấn người dân tham gia",
    "Chính sách mới và thái độ phục vụ",
)
CANDIDATES = (
    "Bùi Thị Thanh Xuân",
    "Nguyễn Khắc Duy",
    "Trần Thị Hải Yến",
    "Phạm Văn Lượng",
    "Đỗ Thị Ngân",
    "Vũ Hữu Phước",
    "Hà Thị Quỳnh Anh",
    "Lại Văn Sáng",
)
SAMPLE_TITLE = "DANH SÁCH NGƯỜI THAM GIA BHXH TỰ NGUYỆN (DỮ LIỆU TRÌNH DIỄN, KHÔNG PHẢI NGƯỜI THẬT)"
SAMPLE_HEAD = (
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
NEWLY_TRAINED = (("BD001", "Tạ Thị Minh Châu"), ("BD001", "Khổng Văn Bình"))
"""Candidates of the agent whose lead has an account: they wait to be hired."""
COMMENTS = {
    1: ("Phải đi lại nhiều lần", "Chờ lâu, không được giải thích"),
    2: ("Giải thích chưa rõ", "Hẹn mà không đến"),
    3: ("Tạm được", ""),
    4: ("Hướng dẫn dễ hiểu", "Nhân viên nhẹ nhàng", ""),
    5: (
        "Rất nhiệt tình, đến tận nhà",
        "Giải thích rõ được gì, mất gì",
        "Cảm ơn cô nhân viên thu",
        "",
    ),
}
COMPLAINTS = (
    (
        "Đã nộp tiền nhưng hai tuần chưa nhận được biên lai.",
        "Đã kiểm tra và giao biên lai cho người tham gia.",
        True,
    ),
    (
        "Nhân viên thu không có mặt đúng giờ đã hẹn ở nhà văn hóa thôn.",
        "Đại lý đã xin lỗi và hẹn lại; lịch thu được niêm yết tại nhà văn hóa.",
        True,
    ),
    (
        "Được tư vấn mức đóng cao hơn mong muốn.",
        "Đã giải thích: mức đóng do người tham gia tự chọn, được đổi từ kỳ đóng sau.",
        False,
    ),
    (
        "Gọi nhiều lần không ai nghe máy.",
        "Đại lý đã bổ sung số điện thoại trực và thông báo cho người tham gia.",
        True,
    ),
    (
        "Hỏi vì sao chưa có thẻ BHYT.",
        "Đã giải thích: thẻ BHYT do quỹ BHXH cấp khi hưởng lương hưu, chưa cấp khi đang đóng.",
        False,
    ),
)
CONTACTS = (
    (
        "visit",
        "Chủ tịch UBND xã",
        "Thống nhất danh sách hộ ngư dân chưa tham gia, chọn ba thôn làm trước.",
        "Cùng nhân viên thu đến hộ ở thôn thứ nhất",
    ),
    (
        "visit",
        "Nhân viên thu của xã",
        "Rà soát người sắp hết hạn đóng, gọi lại từng người theo danh sách.",
        "Đối chiếu kết quả gọi nhắc",
    ),
    (
        "meeting",
        "Hội Phụ nữ, Hội Nông dân xã",
        "Bàn tổ chức hội nghị tuyên truyền vào buổi tối, sau vụ gặt.",
        "Chốt ngày hội nghị và giấy mời",
    ),
    (
        "phone",
        "Phụ trách đại lý",
        "Nhắc nộp tiền và bảng kê đúng hạn; đại lý báo thiếu tờ rơi.",
        "",
    ),
    ("letter", "UBND xã", "Gửi thư tháng về kết quả và danh sách thôn cần chú ý.", ""),
)
