"""All reports by code: what each is called, what it asks for, and how it is built."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace

from agents.access import Scope
from agents.models import Metric
from enrollment.models import Rule
from reports.counting.units import BY
from reports.definitions import (
    assignment,
    cards,
    cohorts,
    growth,
    progress,
    renewals,
    service,
    sources,
    targets,
    training,
)
from reports.definitions.periods import Months, about_months_to_come, usual_months
from reports.question import Asked
from reports.tables import Table
from thaithuy_bhxh.errors import Refused


@dataclass(frozen=True)
class Report:
    """A registered report; ``choices`` lists the values of each parameter, the first being the
    usual one.

    ``slug`` is its place under ``/bao-cao/`` (its code when empty), ``answers`` the question that
    it answers in one sentence, ``running`` whether its page begins with the running month instead
    of the last whole one, ``one_metric`` whether it shows one target at a time.
    """

    code: str
    title: str
    table: Callable[[Scope, Asked], Table]
    choices: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    slug: str = ""
    answers: str = ""
    running: bool = False
    one_metric: bool = False
    page: str = "reports/report.html"
    """The template of its page."""
    picture: Callable[[Table], object] | None = None
    """What its page draws besides the table, read from it."""

    @property
    def place(self) -> str:
        """Its place under ``/bao-cao/``."""
        return self.slug or self.code

    @property
    def usual(self) -> Months:
        """The months that its page begins with."""
        return usual_months(running=self.running)

    def build(self, scope: Scope, asked: Asked) -> Table:
        """The table; of months to come it says so first, whichever report it is."""
        table = self.table(scope, asked)
        return replace(table, notes=[*about_months_to_come(asked.last), *table.notes])


def _growth(scope: Scope, asked: Asked) -> Table:
    return growth.build(
        scope, growth.checked(asked.first, asked.last, asked.by, asked.territory, asked.rule)
    )


def _training(scope: Scope, asked: Asked) -> Table:
    return training.build(scope, Months.checked(asked.first, asked.last))


def _cards(scope: Scope, asked: Asked) -> Table:
    return cards.build(scope, Months.checked(asked.first, asked.last))


def _targets(scope: Scope, asked: Asked) -> Table:
    parameters = targets.checked(
        asked.first, asked.last, asked.by, asked.territory, asked.rule, asked.metric
    )
    return targets.build(scope, parameters)


REPORTS: Mapping[str, Report] = {
    growth.CODE: Report(
        growth.CODE,
        "Tăng trưởng người tham gia",
        _growth,
        {
            "by": tuple(BY),
            "territory": ("as_of", "YYYY-MM-DD"),
            "rule": tuple(Rule.values),
        },
        slug="tang-truong",
        answers="Số người đang tham gia tăng giảm thế nào, vì sao, và đã thu bao nhiêu: theo "
        "xã, đại lý, hệ thống, "
        "chuyên quản hoặc toàn huyện.",
    ),
    targets.CODE: Report(
        targets.CODE,
        "Tiến độ thực hiện chỉ tiêu",
        _targets,
        {"by": tuple(targets.BY), "metric": tuple(Metric.values)},
        slug="chi-tieu",
        answers="Đã làm được bao nhiêu so với chỉ tiêu năm, đến hôm nay cần bao nhiêu, mỗi "
        "ngày làm việc còn phải đạt "
        "bao nhiêu, cuối năm sẽ đến đâu và ai đang chậm.",
        running=True,
    ),
    progress.CODE: Report(
        progress.CODE,
        progress.TITLE,
        progress.build,
        {"by": tuple(targets.BY), "metric": progress.METRICS},
        slug="tien-do-thang",
        answers="Từng tháng đã tăng mới, đang tham gia hoặc thu được bao nhiêu so với chỉ tiêu "
        "năm: theo xã, đại lý, "
        "hệ thống, chuyên quản hoặc nhân viên thu.",
        running=True,
        one_metric=True,
    ),
    assignment.CODE: Report(
        assignment.CODE,
        "Giao chỉ tiêu",
        assignment.build,
        {"by": assignment.GROUPINGS},
        slug="giao-chi-tieu",
        answers="Chỉ tiêu giao lần đầu, chỉ tiêu hiện nay và chênh lệch của từng đơn vị, theo "
        "quyết định nào.",
    ),
    training.CODE: Report(
        training.CODE,
        training.TITLE,
        _training,
        slug="tap-huan",
        answers="Ai đã được mời tập huấn, ai có mặt, ai đạt và giấy chứng nhận nào đã cấp.",
    ),
    cards.CODE: Report(
        cards.CODE,
        cards.TITLE,
        _cards,
        slug="the-nhan-vien-thu",
        answers="Nhân viên thu nào có thẻ trong kỳ, thẻ còn giá trị đến ngày nào và cấp theo "
        "giấy chứng nhận nào.",
    ),
    service.CODE: Report(
        service.CODE,
        service.TITLE,
        service.build,
        {"by": service.GROUPINGS, "rule": tuple(Rule.values)},
        slug="chat-luong-phuc-vu",
        answers="Người dân đánh giá đại lý ra sao, phản ánh có được trả lời đúng hạn không, "
        "biên lai hủy và sửa muộn "
        "nhiều hay ít, bên cạnh mức tăng trưởng.",
    ),
    sources.CODE: Report(
        sources.CODE,
        sources.TITLE,
        sources.build,
        {"by": sources.GROUPINGS, "territory": ("as_of", "YYYY-MM-DD"), "rule": tuple(Rule.values)},
        slug="nguon-tiep-can",
        answers="Người mới đến từ đâu: vận động tại hộ, hội nghị, tự đến hay gọi nhắc; mỗi "
        "người tính một lần.",
    ),
    renewals.CODE: Report(
        renewals.CODE,
        renewals.TITLE,
        renewals.build,
        {
            "by": renewals.GROUPINGS,
            "territory": ("as_of", "YYYY-MM-DD"),
            "rule": tuple(Rule.values),
        },
        slug="dong-tiep",
        page="reports/renewals.html",
        answers="Ai hết tháng đã đóng, bao nhiêu người đóng tiếp trong hạn, trễ, đã thôi hoặc "
        "còn hạn để gọi.",
    ),
    cohorts.CODE: Report(
        cohorts.CODE,
        cohorts.TITLE,
        cohorts.build,
        {"by": cohorts.GROUPINGS, "territory": ("as_of", "YYYY-MM-DD"), "rule": tuple(Rule.values)},
        slug="vao-cung-thang",
        page="reports/cohorts.html",
        picture=cohorts.triangle,
        answers="Trong số người vào cùng một tháng, bao nhiêu người còn đóng sau 3, 6, 12 và 24 "
        "tháng.",
    ),
}


def report_named(code: str) -> Report:
    """The report with this code; :class:`Refused` names those that there are."""
    if code not in REPORTS:
        raise Refused(f"Không có báo cáo “{code}”; các báo cáo: {', '.join(REPORTS)}.")
    return REPORTS[code]
