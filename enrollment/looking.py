"""What may be seen of people's numbers, and how often: the office's limits, and what counts as a
reason.
"""

from __future__ import annotations

from agents.daily_limits import DailyLimit, acts_today
from agents.models import User
from agents.office_settings import Definition, define, office_setting
from thaithuy_bhxh.text import fold

UNMASK, CALL = "participant.unmask", "participant.call"
UNMASK_REASONS = (
    "Đối chiếu giấy tờ",
    "Lập biên lai, tờ khai",
    "Trả lời người tham gia",
    "Thanh tra, kiểm tra",
)
"""What people mostly look at full numbers for; anything else they type."""
SHORTEST_REASON = 8
"""Characters of a typed reason, and at least half as many different ones."""

SETTLING_DAYS = define(
    Definition(
        "settling_days",
        "Số ngày trước khi đại lý mới được xem biên lai cũ, hộ gia đình, đủ số giấy tờ của "
        "người chuyển đến",
        "Tính từ biên lai đầu tiên ghi ở đại lý mới. Trong thời gian đó đại lý mới chỉ thấy "
        "biên lai của mình.",
        "ngày",
        default=30,
        most=365,
    )
)

UNMASKING = DailyLimit(
    define(
        Definition(
            "unmask_per_day",
            "Số lần mỗi người được xem đủ số giấy tờ trong ngày",
            "Mỗi lần đều ghi ai xem, lúc nào, vì sao. Ai đến giới hạn thì chuyên quản thu và "
            "lãnh đạo được báo.",
            "lần",
            default=30,
            most=1000,
        )
    ),
    (UNMASK,),
    "xem đủ số giấy tờ",
)
CALLING = DailyLimit(
    define(
        Definition(
            "call_per_day",
            "Số lần mỗi người được lấy số điện thoại để gọi trong ngày",
            "Số điện thoại chỉ hiện khi bấm gọi, và mỗi lần bấm đều được ghi. Ai đến giới hạn "
            "thì cơ quan được báo.",
            "lần",
            default=100,
            most=2000,
        )
    ),
    (CALL,),
    "lấy số điện thoại để gọi",
)
LOOKED_UP = {"own": "lookup.own", "stranger": "lookup.stranger", "nobody": "lookup.nobody"}
"""The actions of a look-up by number, by whose number it was."""
LOOKING_UP = DailyLimit(
    define(
        Definition(
            "lookup_per_day",
            "Số lần mỗi người được tra số không thuộc người của mình trong ngày",
            "Ở “Là ai?”, số của người do nơi khác theo dõi hoặc chưa có trong sổ. Mỗi lần đều "
            "được ghi; "
            "người đã thu tiền trong ngày không tính.",
            "lần",
            default=60,
            most=2000,
        )
    ),
    (LOOKED_UP["stranger"], LOOKED_UP["nobody"]),
    "tra số của người ngoài",
)


def says_why(reason: str) -> bool:
    """Whether a reason says something: one of the list, or words of some length that are not one
    key held down.
    """
    letters = [char for char in fold(reason) if char.isalnum()]
    return reason in UNMASK_REASONS or (
        len(letters) >= SHORTEST_REASON
        and len(set(letters)) >= SHORTEST_REASON // 2
        and " " in reason
    )


ASKED_AGAIN = define(
    Definition(
        "unmask_asks_again",
        "Số lần xem đủ số giấy tờ trong ngày trước khi hỏi lại mật khẩu",
        "Sau chừng ấy lần trong ngày, mỗi lần xem tiếp cần mật khẩu hoặc mã của 15 phút gần nhất.",
        "lần",
        default=5,
        most=1000,
    )
)


def looked_often(actor: User) -> bool:
    """Whether somebody has looked at so many numbers today that it should be sure who is there."""
    return acts_today(actor, UNMASKING).count() >= office_setting(ASKED_AGAIN)
