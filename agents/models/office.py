"""The office's own dated particulars, and marks on the installation."""

from __future__ import annotations

from datetime import date

from django.db import models

from agents.models.people import User


class OfficeProfileQuerySet(models.QuerySet["OfficeProfile"]):
    def on(self, day: date) -> OfficeProfile | None:
        """The particulars in force on this day."""
        return self.filter(valid_from__lte=day).order_by("-valid_from").first()


class OfficeProfile(models.Model):
    """Name of the office, of the one above it and of its chief's post, from a day on (reorganised
    in 2025).
    """

    valid_from = models.DateField("từ ngày", unique=True)
    parent_name = models.CharField("cơ quan cấp trên", max_length=120)
    name = models.CharField("tên cơ quan", max_length=120)
    place = models.CharField("địa danh", max_length=80)
    chief_title = models.CharField("chức danh thủ trưởng", max_length=80)

    objects = OfficeProfileQuerySet.as_manager()

    class Meta:
        ordering = ["valid_from"]

    def __str__(self) -> str:
        return self.name


class OfficeAccountQuerySet(models.QuerySet["OfficeAccount"]):
    def on(self, day: date) -> OfficeAccount | None:
        """The account in force on this day; ``None`` when the office named none."""
        return self.filter(valid_from__lte=day).order_by("-valid_from", "-id").first()


class OfficeAccount(models.Model):
    """The office's account for contributions from a day on, as a VietQR picture names it; of two of
    the same day the later one holds.
    """

    valid_from = models.DateField("từ ngày")
    bank_bin = models.CharField("mã ngân hàng (BIN)", max_length=6)
    bank_name = models.CharField("ngân hàng", max_length=120)
    number = models.CharField("số tài khoản", max_length=19)
    holder = models.CharField("tên tài khoản", max_length=120)
    set_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    set_at = models.DateTimeField()

    objects = OfficeAccountQuerySet.as_manager()

    class Meta:
        ordering = ["-valid_from", "-id"]

    def __str__(self) -> str:
        return f"{self.number} ({self.bank_name})"


class OfficeSetting(models.Model):
    """The office's choice of one of its own numbers, from a day on; of two of the same day the
    later one holds.
    """

    key = models.CharField("quy định", max_length=60)
    value = models.IntegerField("giá trị")
    valid_from = models.DateField("áp dụng từ ngày")
    why = models.CharField("lý do", max_length=300)
    set_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    set_at = models.DateTimeField()

    class Meta:
        ordering = ["key", "-valid_from", "-id"]

    def __str__(self) -> str:
        return f"{self.key}: {self.value} từ {self.valid_from:%d/%m/%Y}"


class Marker(models.Model):
    """A fact about this installation, such as that it holds the demonstration campaign only."""

    DEMONSTRATION = "demonstration"

    name = models.CharField(max_length=40, primary_key=True)
    value = models.CharField(max_length=200, blank=True)
    set_at = models.DateTimeField(auto_now_add=True)

    def __str__(self) -> str:
        return self.name
