"""Training of the agents' staff: courses, who was invited, who came, with what result."""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from agents.models.organisations import CollectionAgent
from agents.models.people import Collector


class TrainingCourse(models.Model):
    """Lớp tập huấn nghiệp vụ thu, on the days ``starts_on``–``ends_on``; ``cancelled_on`` when it
    was called off.
    """

    code = models.CharField("mã lớp", max_length=30, unique=True)
    title = models.CharField("nội dung", max_length=200)
    starts_on = models.DateField("từ ngày")
    ends_on = models.DateField("đến ngày")
    place = models.CharField("địa điểm", max_length=200)
    trainer = models.CharField("giảng viên", max_length=120, blank=True)
    invitation_no = models.CharField("số giấy mời", max_length=60, blank=True)
    cancelled_on = models.DateField("ngày hủy lớp", null=True, blank=True)

    class Meta:
        ordering = ["-starts_on", "code"]

    def __str__(self) -> str:
        return f"{self.title} ({self.code})"

    @property
    def days(self) -> str:
        """“ngày 03/02/2026” or “từ 03/02/2026 đến 04/02/2026”."""
        if self.starts_on == self.ends_on:
            return f"ngày {self.starts_on:%d/%m/%Y}"
        return f"từ {self.starts_on:%d/%m/%Y} đến {self.ends_on:%d/%m/%Y}"


class CourseResult(models.TextChoices):
    """How a course ended for one person."""

    PASSED = "passed", "Đạt"
    FAILED = "failed", "Không đạt"


class CourseAttendance(models.Model):
    """One person of an agent in a course: a collector, or a candidate whom the agent may hire
    afterwards.
    """

    course = models.ForeignKey(TrainingCourse, on_delete=models.PROTECT, related_name="attendances")
    agent = models.ForeignKey(CollectionAgent, on_delete=models.PROTECT, related_name="attendances")
    collector = models.ForeignKey(
        Collector, on_delete=models.PROTECT, null=True, blank=True, related_name="attendances"
    )
    full_name = models.CharField("họ và tên", max_length=120)
    phone = models.CharField("điện thoại", max_length=15, blank=True)
    invited_on = models.DateField("ngày mời")
    attended = models.BooleanField("có mặt", null=True, blank=True)
    result = models.CharField("kết quả", max_length=10, choices=CourseResult.choices, blank=True)
    certificate_no = models.CharField("số giấy chứng nhận", max_length=60, blank=True)
    certified_on = models.DateField("ngày cấp chứng nhận", null=True, blank=True)

    class Meta:
        ordering = ["course", "full_name"]
        constraints = [
            models.UniqueConstraint(
                fields=["course", "collector"],
                condition=Q(collector__isnull=False),
                name="course_attendance_key",
            ),
            models.CheckConstraint(
                condition=Q(result="") | Q(attended=True), name="result_of_those_present"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.full_name}: {self.course}"
