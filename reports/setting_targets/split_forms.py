"""Forms of a split: what is to be divided, and the grid of what is proposed for it."""

from __future__ import annotations

from typing import Any

from django import forms

from agents.models import Metric
from reports.setting_targets.forms import NumberField, TargetGrid, cell_name
from reports.setting_targets.grid import TargetBoard
from reports.setting_targets.split_proposals import Proposal, Way
from thaithuy_bhxh.fields import DayField
from thaithuy_bhxh.figures import dots


class SplitForm(forms.Form):
    """What to divide, how, and under which decision; asked by address, so that looking writes
    nothing.

    The page sends back whose figure it showed, and which (``cua``). When another metric or owner is
    asked for and the figure was left as shown, that one's own figure on record takes its place: 674
    people must not become 674 đồng.
    """

    chi_tieu = forms.ChoiceField(label="Chỉ tiêu", choices=Metric.choices)
    cach = forms.ChoiceField(label="Cách chia", choices=Way.choices, widget=forms.RadioSelect)
    goc = NumberField(
        label="Chỉ tiêu cần chia",
        help_text="Số của cấp trên; đổi ở đây thì cũng được ghi cùng lúc.",
    )
    so = forms.CharField(label="Số quyết định", max_length=60, required=False)
    ngay = DayField(
        label="Ngày quyết định",
        required=False,
        help_text="Khi điều chỉnh giữa năm: chỉ phần còn lại từ tháng của quyết định được chia "
        "lại.",
    )

    def __init__(self, asked: Any, *, board: TargetBoard) -> None:
        self.metric = _metric(asked.get("chi_tieu", ""))
        self._whose = (
            f"{board.year}:{board.parent.code if board.parent else ''}:{self.metric.value}"
        )
        now = board.history(self.metric, board.parent).now
        data = asked.copy() if "cach" in asked else None
        self.reloaded = data is not None and self._is_anothers(data)
        if data is not None and self.reloaded:
            data["goc"] = "" if now is None else dots(now)
        first = {"chi_tieu": self.metric.value, "cach": Way.SEASON.value, "goc": now}
        super().__init__(data, initial=first)

    @property
    def shown_for(self) -> str:
        """Year, owner, metric and figure as the page now shows them."""
        return f"{self._whose}:{_bare(self['goc'].value())}"

    def _is_anothers(self, data: Any) -> bool:
        whose, _, shown = data.get("cua", "").rpartition(":")
        return bool(whose) and whose != self._whose and shown == _bare(data.get("goc"))


class ProposedGrid(TargetGrid):
    """The grid of a proposal. A figure above that changes by more than half is written only when it
    is ticked.
    """

    chac = forms.BooleanField(label="Tôi đã xem lại: số này đúng", required=False)

    def __init__(self, data: Any, *, proposal: Proposal, **more: Any) -> None:
        self._metric, self._before = proposal.wish.metric, proposal.before
        self._wanted: int | None = proposal.wish.value
        super().__init__(data, metrics=(self._metric,), season=proposal.season, **more)

    def clean(self) -> dict[str, Any]:
        data = super().clean()
        name = cell_name(self._metric, self.above)
        if name in data:
            self._wanted = data[name]
            if self.far and not data.get("chac"):
                self.add_error("chac", "Hãy đánh dấu để xác nhận, hoặc sửa lại số của cấp trên.")
        return data

    @property
    def far(self) -> str:
        """What changes so much, in words; empty when the change is a usual one."""
        before, wanted = self._before, self._wanted
        if not before or (wanted is not None and abs(wanted - before) * 2 <= before):
            return ""
        unit = " đồng" if self._metric == Metric.COLLECTED else " người"
        now = "không còn chỉ tiêu" if wanted is None else f"{dots(wanted)}{unit}"
        return (
            f"{self._metric.label} của cấp trên đang là {dots(before)}{unit}, sẽ thành "
            f"{now}: thay đổi quá một nửa."
        )


def _metric(asked: str) -> Metric:
    return Metric(asked) if asked in Metric.values else Metric.NEW


def _bare(text: Any) -> str:
    return "".join(char for char in str("" if text is None else text) if char.isdigit())
