"""Outreach: visits to households with what came of them, conferences, and the officers' weekly
tasks (docs/rules.md 9).
"""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from agents.access import scope_of, served_by
from agents.models import Collaborator, CollectionAgent, Collector, Commune, User
from enrollment.models.participants import Household
from enrollment.models.prospects import ONE_PERSON, OfPerson
from thaithuy_bhxh.states import LifeCycle


class VisitQuerySet(models.QuerySet["HouseholdVisit"]):
    def visible_to(self, user: User) -> VisitQuerySet:
        """The visits of the reader's agent or communes, or all."""
        return self.filter(scope_of(user).q())


class HouseholdVisit(models.Model):
    """Vận động tại hộ: one visit to one household, saved for all its members at once. Append-only.

    ``visited_at`` is when it happened by the worker's clock, ``recorded_at`` when the portal had
    it.
    """

    key = models.UUIDField(unique=True)
    household = models.ForeignKey(
        Household, on_delete=models.PROTECT, null=True, blank=True, related_name="visits"
    )
    commune = models.ForeignKey(Commune, on_delete=models.PROTECT, related_name="visits")
    hamlet = models.CharField("thôn, tổ dân phố", max_length=200, blank=True)
    agent = models.ForeignKey(
        CollectionAgent, on_delete=models.PROTECT, null=True, blank=True, related_name="visits"
    )
    collector = models.ForeignKey(
        Collector,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="visits",
        verbose_name="nhân viên thu",
    )
    collaborator = models.ForeignKey(
        Collaborator,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="visits",
        verbose_name="cộng tác viên",
    )
    officer = models.ForeignKey(
        User,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name="chuyên quản thu",
    )
    leader = models.ForeignKey(
        User,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name="lãnh đạo",
    )
    visited_on = models.DateField("ngày đến")
    visited_at = models.DateTimeField()
    met = models.BooleanField("gặp được")
    note = models.CharField("ghi chú", max_length=500, blank=True)
    off_line = models.BooleanField(default=False)
    recorded_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    recorded_at = models.DateTimeField()

    objects = VisitQuerySet.as_manager()

    class Meta:
        ordering = ["-visited_at", "-id"]
        indexes = [
            models.Index(fields=["visited_on", "commune", "agent"], name="visit_by_day"),
            models.Index(fields=["collector", "visited_on"], name="visit_by_collector"),
        ]

    def __str__(self) -> str:
        return f"Đến hộ ngày {self.visited_on:%d/%m/%Y}"


class VisitOutcome(OfPerson):
    """The outcome for one member of the household, with the next step. Append-only."""

    class Kind(models.TextChoices):
        """What came of a visit for one person; it decides the next step (docs/rules.md 9.2)."""

        NOT_HOME = "not_home", "Không có nhà"
        SHORT = "short", "Chưa có tiền"
        UNDECIDED = "undecided", "Còn cân nhắc"
        REFUSED = "refused", "Từ chối"
        AGREED = "agreed", "Đồng ý tham gia"
        JOINED = "joined", "Đã tham gia"
        EXCLUDED = "excluded", "Không thuộc diện"

    class Next(models.TextChoices):
        """What follows, until ``next_on``."""

        AGAIN = "again", "Đến lại buổi tối"
        QUARTERLY = "quarterly", "Đưa cách đóng 3 tháng"
        CALL = "call", "Gọi hỏi lại"
        RECEIPT = "receipt", "Thu tiền"
        REST = "rest", "Nghỉ vận động"
        NOTHING = "nothing", "Không việc gì thêm"

    visit = models.ForeignKey(HouseholdVisit, on_delete=models.PROTECT, related_name="outcomes")
    outcome = models.CharField("kết quả", max_length=10, choices=Kind.choices)
    next_step = models.CharField("việc tiếp", max_length=10, choices=Next.choices)
    next_on = models.DateField("vào ngày", null=True, blank=True)

    class Meta:
        ordering = ["-visit", "id"]
        constraints = [models.CheckConstraint(condition=ONE_PERSON, name="outcome_of_one")]
        indexes = [models.Index(fields=["next_on"], name="outcome_next")]

    def __str__(self) -> str:
        return f"{self.person}: {self.get_outcome_display()}"


class ConferenceQuerySet(models.QuerySet["Conference"]):
    def visible_to(self, user: User) -> ConferenceQuerySet:
        """Of the reader's communes, all, or of an agent those that it hosts and those of the
        communes that it serves.
        """
        scope = scope_of(user)
        if scope.agent is None:
            return self.filter(scope.q())
        return self.filter(Q(agent=scope.agent) | Q(commune__in=served_by(user)))


class Conference(models.Model):
    """Hội nghị tuyên truyền, from its plan to its minutes; ``cost`` in đồng."""

    class State(models.TextChoices):
        PLANNED = "planned", "Chờ duyệt"
        APPROVED = "approved", "Đã duyệt"
        HELD = "held", "Đã tổ chức"
        CANCELLED = "cancelled", "Đã hủy"

    LIFE = LifeCycle(
        begins=(State.PLANNED,),
        follows={
            State.PLANNED: (State.APPROVED, State.CANCELLED),
            State.APPROVED: (State.HELD, State.CANCELLED),
            State.HELD: (),
            State.CANCELLED: (),
        },
    )

    topic = models.CharField("nội dung", max_length=200)
    commune = models.ForeignKey(
        Commune, on_delete=models.PROTECT, related_name="conferences", verbose_name="xã, thị trấn"
    )
    hamlet = models.CharField("thôn, tổ dân phố", max_length=200, blank=True)
    place = models.CharField("địa điểm", max_length=200)
    planned_on = models.DateField("ngày tổ chức")
    starts_at = models.CharField("bắt đầu lúc", max_length=5)
    agent = models.ForeignKey(
        CollectionAgent,
        on_delete=models.PROTECT,
        related_name="conferences",
        verbose_name="đại lý chủ trì",
    )
    leader = models.ForeignKey(
        User,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name="lãnh đạo dự",
    )
    officer = models.ForeignKey(
        User,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name="chuyên quản thu",
    )
    speakers = models.CharField("báo cáo viên", max_length=300, blank=True)
    expected_cost = models.PositiveBigIntegerField("dự toán", default=0)
    state = models.CharField("trạng thái", max_length=10, choices=State.choices)
    cost = models.PositiveBigIntegerField("đã chi", null=True, blank=True)
    unnamed = models.PositiveIntegerField("người dự không ghi tên", default=0)
    minutes = models.TextField("biên bản", max_length=4000, blank=True)
    planned_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    planned_at = models.DateTimeField()

    objects = ConferenceQuerySet.as_manager()

    class Meta:
        ordering = ["-planned_on", "-id"]
        indexes = [models.Index(fields=["planned_on", "commune"], name="conference_by_day")]

    def __str__(self) -> str:
        return f"Hội nghị {self.planned_on:%d/%m/%Y}: {self.topic}"


class ConferenceStep(models.Model):
    """A conference was approved, held or cancelled: by whom, when and why. Append-only."""

    conference = models.ForeignKey(Conference, on_delete=models.PROTECT, related_name="steps")
    state = models.CharField(max_length=10, choices=Conference.State.choices)
    reason = models.CharField("lý do", max_length=300, blank=True)
    taken_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    taken_at = models.DateTimeField()

    class Meta:
        ordering = ["taken_at", "id"]

    def __str__(self) -> str:
        return f"{self.conference}: {self.get_state_display()}"


class Attendance(OfPerson):
    """Somebody invited to a conference, or there without an invitation."""

    class Way(models.TextChoices):
        LIST = "list", "Đánh dấu danh sách"
        CODE = "code", "Quét mã"
        ON_THE_SPOT = "spot", "Ghi tại chỗ"

    conference = models.ForeignKey(Conference, on_delete=models.PROTECT, related_name="people")
    invited_at = models.DateTimeField(null=True, blank=True)
    attended_at = models.DateTimeField(null=True, blank=True)
    way = models.CharField(max_length=4, choices=Way.choices, blank=True)
    recorded_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")

    class Meta:
        ordering = ["id"]
        constraints = [
            models.CheckConstraint(condition=ONE_PERSON, name="attendance_of_one"),
            models.UniqueConstraint(fields=["conference", "prospect"], name="attendance_prospect"),
            models.UniqueConstraint(
                fields=["conference", "participant"], name="attendance_participant"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.conference}: {self.person}"


class ConferenceQuestion(models.Model):
    """A question put at a conference, with its answer. Append-only."""

    conference = models.ForeignKey(Conference, on_delete=models.PROTECT, related_name="questions")
    question = models.CharField("câu hỏi", max_length=500)
    answer = models.CharField("trả lời", max_length=1000, blank=True)
    recorded_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    recorded_at = models.DateTimeField()

    class Meta:
        ordering = ["id"]

    def __str__(self) -> str:
        return self.question


class OfficerTask(models.Model):
    """Việc tuần of an account officer: set for a week (its Monday), done once."""

    officer = models.ForeignKey(
        User, on_delete=models.PROTECT, related_name="tasks", verbose_name="chuyên quản thu"
    )
    commune = models.ForeignKey(
        Commune,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name="xã, thị trấn",
    )
    week = models.DateField("tuần từ thứ Hai")
    what = models.CharField("việc", max_length=300)
    due_on = models.DateField("hạn")
    set_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    set_at = models.DateTimeField()
    done_on = models.DateField("làm xong ngày", null=True, blank=True)
    done_note = models.CharField("kết quả", max_length=300, blank=True)

    class Meta:
        ordering = ["due_on", "id"]
        indexes = [models.Index(fields=["officer", "week"], name="task_by_officer")]

    def __str__(self) -> str:
        return self.what
