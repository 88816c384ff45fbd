"""Which figures a chart shows."""

from __future__ import annotations

from reports.tables import Table
from thaithuy_bhxh.charts import paired_bars, svg_of


def growth_chart_of(table: Table) -> str:
    """Closing figures of the report's units beside those of a year before, as SVG."""
    rows = [
        (row.cells["unit_name"], row.cells["closing"], row.cells["same_period_last_year"])
        for row in table.rows
        if row.cells["closing"] or row.cells["same_period_last_year"]
    ]
    return svg_of(paired_bars(rows, "Cuối kỳ", "Cùng kỳ năm trước", f"{table.title}: cuối kỳ và cùng kỳ năm trước"))
