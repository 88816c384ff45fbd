"""How the screens write figures, days and numbers of people, and the form field as one piece."""

from __future__ import annotations

from datetime import date, datetime
from decimal import ROUND_HALF_UP, Decimal
from functools import cache
from typing import Any

import lucide
from django import forms, template
from django.utils import timezone
from django.utils.safestring import SafeString, mark_safe

from thaithuy_bhxh.amount_in_words import amount_in_words
from thaithuy_bhxh.charts import WIDTHS
from thaithuy_bhxh.figures import dots, percent_in_words
from thaithuy_bhxh.months import Month
from thaithuy_bhxh.web.ordering import Order

register = template.Library()
NOTHING = "–"
_VIETNAMESE = str.maketrans({",": ".", ".": ",", "-": "−"})
_WEEKDAYS = ("Thứ Hai", "Thứ Ba", "Thứ Tư", "Thứ Năm", "Thứ Sáu", "Thứ Bảy", "Chủ nhật")


@register.filter
def so(value: Any) -> str:
    """1234 → 1.234; nothing for unknown."""
    return "" if value is None or value == "" else dots(int(value))


@register.filter
def so_gach(value: Any) -> str:
    """Like ``so``, with a dash for 0."""
    return NOTHING if value == 0 else so(value)


@register.filter
def dong(value: Any) -> str:
    """1234567 → 1.234.567 đ."""
    return "" if value is None or value == "" else f"{dots(int(value))} đ"


@register.filter
def bang_chu(value: Any) -> str:
    """594000 → Năm trăm chín mươi bốn nghìn đồng."""
    return "" if value is None or value == "" else amount_in_words(int(value))


@register.filter
def trieu(value: Any) -> str:
    """1962418300 → 1.962 (million đồng, rounded half up); nothing for unknown."""
    if value is None or value == "":
        return ""
    return dots(int((Decimal(value) / 1_000_000).quantize(Decimal(1), ROUND_HALF_UP)))


@register.filter
def so_chi_tieu(value: Any, is_money: bool) -> str:
    """A figure of a target: million đồng for money, else the number itself."""
    return trieu(value) if is_money else so(value)


@register.filter
def so_co_dau(value: Any) -> str:
    """14 → +14, −5 with a real minus, a dash for 0."""
    if value is None or value == "":
        return ""
    number = int(value)
    return NOTHING if number == 0 else f"+{dots(number)}" if number > 0 else f"−{dots(-number)}"


@register.filter
def phan_tram(value: Any) -> str:
    """Text "84.10" → 84,1%; nothing for unknown."""
    return "" if value is None or value == "" else percent_in_words(value)


@register.filter
def so_thap_phan(value: Any) -> str:
    """Text "4.25" → 4,25; nothing for unknown."""
    return "" if value is None or value == "" else f"{Decimal(str(value)):,}".translate(_VIETNAMESE)


@register.filter
def phan_tram_co_dau(value: Any) -> str:
    """Text "42.20" → +42,2%."""
    if value is None or value == "":
        return ""
    text = phan_tram(value)
    return text if text.startswith("−") or float(value) == 0 else f"+{text}"


@register.filter
def ngay(value: Any) -> str:
    """dd/mm/yyyy."""
    if isinstance(value, datetime):
        value = timezone.localtime(value).date() if timezone.is_aware(value) else value.date()
    return f"{value:%d/%m/%Y}" if isinstance(value, date) else ""


@register.filter
def ngay_gio(value: Any) -> str:
    """HH:MM dd/mm/yyyy in Vietnam."""
    return f"{timezone.localtime(value):%H:%M %d/%m/%Y}" if isinstance(value, datetime) else ""


@register.filter
def thu_ngay(value: Any) -> str:
    """Thứ Hai, 08/03/2021."""
    return f"{_WEEKDAYS[value.weekday()]}, {value:%d/%m/%Y}" if isinstance(value, date) else ""


@register.filter
def thang(value: Any) -> str:
    """01/2021."""
    return value.vi if isinstance(value, Month) else ""


@register.filter
def che_so(value: Any) -> str:
    """A citizen id or insurance number with its middle masked: 0341••••5821, shorter ones
    3412••••07.
    """
    text = str(value or "")
    shown = 4 if len(text) >= 12 else 2
    return (
        f"{text[:4]}{'•' * (len(text) - 4 - shown)}{text[-shown:]}"
        if len(text) >= 9
        else "•" * len(text)
    )


@register.filter
def che_dien_thoai(value: Any) -> str:
    """A phone with its middle masked: 0912•••678."""
    text = str(value or "")
    return f"{text[:4]}•••{text[-3:]}" if len(text) >= 9 else "•" * len(text)


@register.filter
def o_bang(row: Any, column: Any) -> str:
    """A report cell as the page prints it."""
    value = row.cells.get(column.key)
    if column.kind == "percent":
        return phan_tram_co_dau(value) if column.signed else phan_tram(value)
    if column.kind == "decimal" and isinstance(value, str):
        return so_thap_phan(value)
    if column.kind in ("int", "money", "decimal"):
        return so_co_dau(value) if column.signed else so_gach(value)
    return "" if value is None else str(value)


@register.filter
def lien_ket(row: Any, column: Any) -> str:
    """Where a report cell leads, empty when nowhere."""
    return str(row.links.get(column.key, ""))


@register.inclusion_tag("includes/_field.html")
def field(bound: forms.BoundField) -> dict[str, Any]:
    """Label, hint, control and error of one field; the control names its hint and error for screen
    readers.
    """
    described = [f"{bound.auto_id}_hint"] if bound.help_text else []
    described += [f"{bound.auto_id}_error"] if bound.errors else []
    attrs: dict[str, Any] = {}
    if described:
        attrs["aria-describedby"] = " ".join(described)
    if bound.errors:
        attrs["aria-invalid"] = "true"
    widget = bound.field.widget
    many = isinstance(widget, forms.RadioSelect | forms.CheckboxSelectMultiple)
    check = isinstance(widget, forms.CheckboxInput)
    return {
        "bound": bound,
        "attrs": attrs,
        "many": many,
        "check": check,
        "control": _control(bound, attrs, many or check),
    }


def _control(bound: forms.BoundField, attrs: dict[str, Any], plain: bool) -> SafeString:
    if plain:
        return bound.as_widget(attrs=attrs)
    kind = "form-select" if isinstance(bound.field.widget, forms.Select) else "form-control"
    own = bound.field.widget.attrs.get("class", "")
    wrong = "is-invalid" if bound.errors else ""
    return bound.as_widget(attrs={**attrs, "class": " ".join(filter(None, (kind, own, wrong)))})


@register.inclusion_tag("includes/_cell_field.html")
def ghi(bound: forms.BoundField) -> dict[str, Any]:
    """The control of one field in a cell of a grid, with its errors; the row and the column are its
    label.
    """
    attrs: dict[str, Any] = {}
    if bound.errors:
        attrs |= {"aria-invalid": "true", "aria-describedby": f"{bound.auto_id}_error"}
    return {"bound": bound, "control": _control(bound, attrs, plain=False)}


@register.inclusion_tag("includes/_error_summary.html")
def error_summary(form: forms.Form, title: str = "Chưa ghi được, hãy xem lại") -> dict[str, Any]:
    """All errors of a form at its head, each leading to its field, under a ``title`` that says what
    did not happen.
    """
    listed = [
        (bound.auto_id, bound.label, error)
        for bound in form
        if bound.errors
        for error in bound.errors
    ]
    return {
        "errors": listed,
        "general": form.non_field_errors(),
        "bound": form.is_bound,
        "title": title,
    }


@register.inclusion_tag("includes/_progress.html")
def tien_do(progress: Any) -> dict[str, Any]:
    """A bar of what is done with a mark for where today should be."""
    if not progress.target:
        return {"progress": progress, "target": None}
    share = min(100, round(progress.done * 100 / progress.target))
    mark = min(100, round((progress.expected or 0) * 100 / progress.target))
    return {"progress": progress, "target": progress.target, "share": share, "mark": mark}


_SIZES = {
    "whole": ((1200, 1100), (800, 720), (640, 560), (480, 400)),
    "main": ((1200, 720), (1001, 560), (800, 720), (640, 560), (480, 400)),
    "side": ((1250, 400), (1001, 296), (800, 720), (640, 560), (480, 400)),
    "counsel": ((1200, 720), (1060, 560), (901, 400), (640, 560), (480, 400)),
}
"""For each place on a page: the least width of the window and the drawing that fits there."""


@register.inclusion_tag("includes/_drawing.html")
def drawing(address: str, words: str, place: str = "main") -> dict[str, Any]:
    """A chart of the server in the width of its place; ``words`` say what it shows and where the
    figures stand.
    """
    joined = address + ("&" if "?" in address else "?")
    sources = [(least, f"{joined}rong={width}") for least, width in _SIZES[place]]
    return {"sources": sources, "smallest": f"{joined}rong={WIDTHS[0]}", "words": words}


@register.inclusion_tag("includes/_empty.html")
def nothing(
    words: str, hint: str = "", url: str = "", act: str = "", icon: str = "inbox"
) -> dict[str, str]:
    """Where a list has nothing yet: ``words``, and how to begin (``hint``, or ``act`` at
    ``url``).
    """
    return {"words": words, "hint": hint, "url": url, "act": act, "name": icon}


@register.inclusion_tag("includes/_sort_head.html", takes_context=True)
def dau_cot(
    context: dict[str, Any], order: Order, name: str, words: str, num: bool = False
) -> dict[str, Any]:
    """A head by which a list can be ordered: a link that keeps the filters and begins at page 1."""
    return {
        "request": context["request"],
        "asked": order.link_of(name),
        "state": order.state_of(name),
        "words": words,
        "num": num,
    }


@register.inclusion_tag("includes/_last_day.html")
def ngay_cuoi(last: date, day: date) -> dict[str, Any]:
    """A last day of paying as a word: today, in so many days, or over for so long."""
    left = (last - day).days
    return {
        "left": left,
        "over": -left,
        "tone": "bad" if left <= 0 else "warn" if left <= 7 else "",
    }


@register.simple_tag
def icon(name: str, size: int = 20) -> SafeString:
    """A line icon in the colour of the text, beside a word that says the same (so it is silent).

    Raises ``lucide.IconDoesNotExist`` for an unknown name.
    """
    return _drawn(str(name), size)


@cache
def _drawn(name: str, size: int) -> SafeString:
    """Drawn once: names and sizes stand in templates and navigation, so that they are few."""
    drawn = lucide._render_icon(name, size, aria_hidden="true", focusable="false")
    return mark_safe(drawn.replace("<svg ", '<svg class="icon" ', 1))
