"""Uploading a list."""

from __future__ import annotations

from typing import Any

from django import forms

MAX_BYTES = 20 * 1024 * 1024


class UploadForm(forms.Form):
    """One D05-TS workbook."""

    file = forms.FileField(
        label="Bảng kê D05-TS",
        help_text="Tệp Excel .xlsx, tối đa 20 MB.",
        widget=forms.FileInput(attrs={"accept": ".xlsx"}),
        error_messages={"required": "Hãy chọn tệp bảng kê.", "empty": "Tệp này rỗng; hãy chọn tệp khác."},
    )

    def clean_file(self) -> Any:
        upload = self.cleaned_data["file"]
        if upload.size > MAX_BYTES:
            raise forms.ValidationError("Tệp lớn hơn 20 MB; hãy tách bảng kê thành nhiều tệp.")
        return upload
