"""The names of the parameters that benefits are computed from, and their Vietnamese labels."""

from __future__ import annotations

from collections.abc import Mapping

FEMALE, MALE = "female", "male"
SEXES: Mapping[str, str] = {FEMALE: "nữ", MALE: "nam"}

PENSION_MIN_MONTHS = "pension.min_months"
PENSION_BASE_PERCENT = "pension.base_percent."
PENSION_BASE_YEARS = "pension.base_years."
PENSION_STEP_PERCENT = "pension.step_percent."
PENSION_SHORT_PERCENT = "pension.short_base_percent."
PENSION_SHORT_YEARS = "pension.short_base_years."
PENSION_SHORT_STEP = "pension.short_step_percent."
PENSION_MAX_PERCENT = "pension.max_percent"
ODD_MONTHS_HALF = "odd_months.half_year_up_to"
RETIREMENT_AGE = "retirement_age_months."
EARLY_AGE = "early_pension_age_months."
EARLY_MIN_MONTHS = "early_pension.min_months"
CPI = "cpi_coefficient."
CPI_YEARS = range(2008, 2036)
ONE_OFF_BEFORE_2014, ONE_OFF_FROM_2014 = "one_off.before_2014", "one_off.from_2014"
ONE_OFF_UNDER_YEAR = "one_off.under_one_year_most"
SURVIVOR_BEFORE_2014, SURVIVOR_FROM_2014 = "survivor.before_2014", "survivor.from_2014"
SURVIVOR_MIN_MONTHS = "survivor.min_months"
FUNERAL_MULTIPLIER, FUNERAL_MIN_MONTHS = "funeral.multiplier", "funeral.min_months"
MATERNITY, MATERNITY_MIN_MONTHS = "maternity.per_child", "maternity.min_months"
SOCIAL_PENSION, SOCIAL_PENSION_AGE = "social_pension", "social_pension_age_months"
ALLOWANCE_MULTIPLIER = "allowance.multiplier"
ANSWER_DAYS = "service.answer_working_days"
ATTITUDE_GOAL = "service.goal_percent.post_office"

BENEFIT_LABELS: Mapping[str, str] = {
    PENSION_MIN_MONTHS: "Số tháng đóng tối thiểu để hưởng lương hưu",
    PENSION_MAX_PERCENT: "Tỷ lệ lương hưu tối đa",
    ODD_MONTHS_HALF: "Số tháng lẻ nhiều nhất tính nửa năm",
    **{
        PENSION_BASE_PERCENT + sex: f"Tỷ lệ lương hưu khởi điểm: {name}"
        for sex, name in SEXES.items()
    },
    **{
        PENSION_BASE_YEARS + sex: f"Số năm của tỷ lệ khởi điểm: {name}"
        for sex, name in SEXES.items()
    },
    **{
        PENSION_STEP_PERCENT + sex: f"Tỷ lệ cộng mỗi năm đóng thêm: {name}"
        for sex, name in SEXES.items()
    },
    PENSION_SHORT_PERCENT + MALE: "Tỷ lệ lương hưu khi chưa đủ số năm khởi điểm: nam",
    PENSION_SHORT_YEARS + MALE: "Số năm của tỷ lệ khi chưa đủ số năm khởi điểm: nam",
    PENSION_SHORT_STEP + MALE: "Tỷ lệ cộng mỗi năm khi chưa đủ số năm khởi điểm: nam",
    **{RETIREMENT_AGE + sex: f"Tuổi nghỉ hưu (tháng tuổi): {name}" for sex, name in SEXES.items()},
    **{
        EARLY_AGE + sex: f"Tuổi hưởng lương hưu khi tham gia trước 2021 (tháng tuổi): {name}"
        for sex, name in SEXES.items()
    },
    EARLY_MIN_MONTHS: "Số tháng đóng BHXH tự nguyện để hưởng theo tuổi ấy khi tham gia trước 2021",
    ONE_OFF_BEFORE_2014: "BHXH một lần: số tháng bình quân mỗi năm đóng trước 2014",
    ONE_OFF_FROM_2014: "BHXH một lần: số tháng bình quân mỗi năm đóng từ 2014",
    ONE_OFF_UNDER_YEAR: "BHXH một lần khi đóng dưới một năm: số tháng bình quân tối đa",
    SURVIVOR_BEFORE_2014: "Tuất một lần: số tháng bình quân mỗi năm đóng trước 2014",
    SURVIVOR_FROM_2014: "Tuất một lần: số tháng bình quân mỗi năm đóng từ 2014",
    SURVIVOR_MIN_MONTHS: "Tuất một lần: số tháng đóng tối thiểu để tính theo năm",
    FUNERAL_MULTIPLIER: "Trợ cấp mai táng: số lần mức tham chiếu",
    FUNERAL_MIN_MONTHS: "Trợ cấp mai táng: số tháng đóng tối thiểu",
    MATERNITY: "Trợ cấp thai sản mỗi con",
    MATERNITY_MIN_MONTHS: "Trợ cấp thai sản: số tháng đóng tối thiểu trong 12 tháng trước khi sinh",
    SOCIAL_PENSION: "Mức trợ cấp hưu trí xã hội hằng tháng",
    SOCIAL_PENSION_AGE: "Tuổi hưởng trợ cấp hưu trí xã hội (tháng tuổi)",
    ALLOWANCE_MULTIPLIER: "Trợ cấp hằng tháng: số tháng bình quân mỗi năm đóng",
    **{f"{CPI}{year}": f"Hệ số điều chỉnh thu nhập đã đóng năm {year}" for year in CPI_YEARS},
}
"""Key → Vietnamese name. Coefficients are keyed by the year of payment and dated by the year of
settlement.
"""

SERVICE_LABELS: Mapping[str, str] = {
    ANSWER_DAYS: "Hạn trả lời phản ánh về đại lý",
    ATTITUDE_GOAL: "Mục tiêu thái độ phục vụ của bưu điện: tỷ lệ đánh giá 4–5",
}
"""What the office set for the agents' service; no amount depends on it."""

_UNITS: tuple[tuple[str, str], ...] = (
    ("_working_days", " ngày làm việc"),
    ("_percent", "%"),
    ("age_months", " tháng tuổi"),
    ("_months", " tháng"),
    ("_up_to", " tháng"),
    ("_years", " năm"),
    ("funeral.multiplier", " lần"),
    (CPI, " lần"),
    ("one_off.", " tháng bình quân"),
    ("survivor.", " tháng bình quân"),
    (ALLOWANCE_MULTIPLIER, " tháng bình quân"),
)


def unit_of(key: str) -> str:
    """What the number of a benefit's parameter counts, to stand behind it; đồng when
    nothing else.
    """
    return next((unit for part, unit in _UNITS if part in key), " đ")
