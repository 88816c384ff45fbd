"""Uploading a list."""

from __future__ import annotations

from typing import Any

from django import forms

from enrollment.importing.columns import COLUMNS, NEEDED
from enrollment.importing.mapping import MATCHED, Header

MAX_BYTES = 20 * 1024 * 1024


class TakeOutForm(forms.Form):
    """What a file with people in it is taken for."""

    reason = forms.CharField(
        label="Tải về để làm gì",
        max_length=200,
        help_text="Ví dụ: sửa bảng kê rồi tải lên lại.",
        error_messages={"required": "Hãy ghi tải về để làm gì."},
    )


class UploadForm(forms.Form):
    """One D05-TS workbook."""

    file = forms.FileField(
        label="Bảng kê D05-TS",
        help_text="Tệp Excel .xlsx, tối đa 20 MB.",
        widget=forms.FileInput(attrs={"accept": ".xlsx"}),
        error_messages={
            "required": "Hãy chọn tệp bảng kê.",
            "empty": "Tệp này rỗng; hãy chọn tệp khác.",
        },
    )

    def clean_file(self) -> Any:
        upload = self.cleaned_data["file"]
        if upload.size > MAX_BYTES:
            raise forms.ValidationError("Tệp lớn hơn 20 MB; hãy tách bảng kê thành nhiều tệp.")
        return upload


class HeaderForm(forms.Form):
    """Which row of the sheet is the header."""

    dong = forms.TypedChoiceField(label="Dòng tiêu đề", coerce=int)

    def __init__(self, *args: Any, headers: list[Header], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["dong"]
        assert isinstance(field, forms.ChoiceField)
        field.choices = [(header.row, header.summary) for header in headers]


class MatchForm(forms.Form):
    """A column of the file for each column of the list; ``cot_5`` is the one for column 5."""

    def __init__(self, *args: Any, header: Header, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        offered = [(str(at), header.label(at)) for at in range(header.width)]
        for code in MATCHED:
            none = ("", "Chọn cột của tệp" if code in NEEDED else "Không có trong tệp")
            self.fields[field_of(code)] = forms.TypedChoiceField(
                label=COLUMNS[code].title,
                choices=[none, *offered],
                coerce=int,
                empty_value=None,
                required=code in NEEDED,
                initial=header.known.get(code, ""),
                error_messages={"required": "Hãy chọn cột của tệp có mục này."},
            )

    @property
    def columns(self) -> dict[str, int]:
        """Column code → position, once valid."""
        chosen = {code: self.cleaned_data[field_of(code)] for code in MATCHED}
        return {code: at for code, at in chosen.items() if at is not None}


def field_of(code: str) -> str:
    """The form's field for a column of the list."""
    return f"cot_{code}"
