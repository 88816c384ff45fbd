"""People who may join: who they are, why they are not approached, and who works with them.

Whoever is worked with is one person: a prospect before joining, a participant from then on. Each
row here names one of the two (docs/rules.md 9).
"""

from __future__ import annotations

from datetime import date, datetime

from django.db import models
from django.db.models import Exists, OuterRef, Q

from agents.access import scope_of, served_by
from agents.models import Collaborator, CollectionAgent, Collector, Commune, User
from enrollment.models.participants import Household, Participant, Sex
from thaithuy_bhxh.clock import today
from thaithuy_bhxh.terms import holding_on


class ProspectGroup(models.Model):
    """A group that the office picked to be approached, from a day to a day; ``weight`` adds to the
    promise of its people.
    """

    code = models.SlugField("mã nhóm", max_length=30, unique=True)
    name = models.CharField("tên nhóm", max_length=120)
    weight = models.PositiveSmallIntegerField("điểm triển vọng", default=10)
    valid_from = models.DateField("từ ngày")
    valid_to = models.DateField("đến hết ngày", null=True, blank=True)

    class Meta:
        ordering = ["name"]

    def __str__(self) -> str:
        return self.name


class ProspectOrigin(models.TextChoices):
    """By which door a prospect came in."""

    LIST = "list", "Danh sách nhập"
    GROUP = "group", "Nhóm được chọn"
    HOUSEHOLD = "household", "Thành viên hộ"
    VISIT = "visit", "Gặp khi vận động"
    CONFERENCE = "conference", "Gặp ở hội nghị"
    COUNSEL = "counsel", "Tự để lại số điện thoại"


class ProspectQuerySet(models.QuerySet["Prospect"]):
    def visible_to(self, user: User) -> ProspectQuerySet:
        """The prospects of the reader's communes, or all; of an agent those that its workers hold
        and those that nobody holds in the communes that it serves.
        """
        scope = scope_of(user)
        if scope.agent is None:
            return self.filter(scope.q())
        held = Holding.objects.in_force(today()).filter(prospect=OuterRef("pk"))
        pool = Q(commune__in=served_by(user)) & ~Exists(held)
        return self.filter(Exists(held.filter(agent=scope.agent)) | pool)

    def open(self) -> ProspectQuerySet:
        """Neither joined nor anonymised."""
        return self.filter(participant__isnull=True, anonymised_at__isnull=True)


class Prospect(models.Model):
    """Người tiềm năng: somebody who may join, before joining.

    ``participant`` is set when the person joins and stays. Anonymised rows keep what is counted:
    place, group, door and days.
    """

    full_name = models.CharField("họ và tên", max_length=120, blank=True)
    search_key = models.CharField(max_length=122, blank=True)
    sort_key = models.CharField(max_length=400, blank=True)
    citizen_id = models.CharField("số CCCD/CMND", max_length=12, null=True, blank=True, unique=True)
    bhxh_no = models.CharField("mã số BHXH", max_length=10, null=True, blank=True, unique=True)
    sex = models.CharField("giới tính", max_length=6, choices=Sex.choices, blank=True)
    birth_date = models.DateField("ngày sinh", null=True, blank=True)
    birth_year = models.PositiveSmallIntegerField("năm sinh", null=True, blank=True)
    phone = models.CharField("điện thoại", max_length=15, blank=True)
    commune = models.ForeignKey(
        Commune, on_delete=models.PROTECT, related_name="prospects", verbose_name="xã, thị trấn"
    )
    hamlet = models.CharField("thôn, tổ dân phố", max_length=200, blank=True)
    household = models.ForeignKey(
        Household,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="prospects",
        verbose_name="hộ gia đình",
    )
    household_relation = models.CharField("quan hệ với chủ hộ", max_length=40, blank=True)
    group = models.ForeignKey(
        ProspectGroup, on_delete=models.PROTECT, null=True, blank=True, verbose_name="nhóm"
    )
    origin = models.CharField("đến từ", max_length=10, choices=ProspectOrigin.choices)
    note = models.CharField("ghi chú", max_length=300, blank=True)
    participant = models.OneToOneField(
        Participant, on_delete=models.PROTECT, null=True, blank=True, related_name="prospect"
    )
    joined_on = models.DateField("ngày tham gia", null=True, blank=True)
    anonymised_at = models.DateTimeField(null=True, blank=True)
    key = models.UUIDField(unique=True, null=True, blank=True)
    """Of what was written on a telephone without signal: the same sent twice is one."""
    recorded_by = models.ForeignKey(
        User, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    recorded_at = models.DateTimeField()

    objects = ProspectQuerySet.as_manager()

    class Meta:
        ordering = ["sort_key", "id"]
        indexes = [
            models.Index(fields=["commune", "hamlet", "sort_key", "id"], name="prospect_by_place"),
            models.Index(fields=["phone"], name="prospect_phone"),
            models.Index(fields=["search_key", "birth_year"], name="prospect_likeness"),
        ]

    def __str__(self) -> str:
        return self.full_name or "Đã ẩn danh"


ONE_PERSON = Q(prospect__isnull=True, participant__isnull=False) | Q(
    prospect__isnull=False, participant__isnull=True
)
ONE_WORKER = Q(collector__isnull=True, collaborator__isnull=False) | Q(
    collector__isnull=False, collaborator__isnull=True
)


class OfPerson(models.Model):
    """A row about one person: a prospect or a participant."""

    prospect = models.ForeignKey(
        Prospect, on_delete=models.PROTECT, null=True, blank=True, related_name="%(class)s_rows"
    )
    participant = models.ForeignKey(
        Participant, on_delete=models.PROTECT, null=True, blank=True, related_name="%(class)s_rows"
    )

    class Meta:
        abstract = True

    @property
    def person(self) -> Prospect | Participant:
        """Whom the row is about."""
        found = self.prospect or self.participant
        assert found is not None
        return found


class ExclusionQuerySet(models.QuerySet["Exclusion"]):
    def valid_on(self, day: date) -> ExclusionQuerySet:
        return self.filter(holding_on(day))


class Exclusion(OfPerson):
    """Why somebody may not be approached, from a day on: never on a list, in a count or a file
    (docs/rules.md 9.1).
    """

    class Reason(models.TextChoices):
        COMPULSORY = "compulsory", "Đang đóng BHXH bắt buộc"
        PENSION = "pension", "Đang hưởng lương hưu"
        ASKED = "asked", "Đề nghị không vận động"
        BUSINESS = "business", "Chủ hộ kinh doanh có đăng ký"
        DIED = "died", "Đã mất"

    reason = models.CharField("lý do", max_length=10, choices=Reason.choices)
    note = models.CharField("ghi chú", max_length=300, blank=True)
    valid_from = models.DateField("từ ngày")
    valid_to = models.DateField("đến hết ngày", null=True, blank=True)
    recorded_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    recorded_at = models.DateTimeField()

    objects = ExclusionQuerySet.as_manager()

    class Meta:
        ordering = ["valid_from", "id"]
        constraints = [models.CheckConstraint(condition=ONE_PERSON, name="exclusion_of_one")]

    def __str__(self) -> str:
        return f"{self.person}: {self.get_reason_display()}"


class HoldingQuerySet(models.QuerySet["Holding"]):
    def in_force(self, day: date) -> HoldingQuerySet:
        """Not released, and not run out by this day."""
        return self.filter(released_at__isnull=True, until__gte=day)

    def in_force_at(self, moment: datetime, day: date) -> HoldingQuerySet:
        """The same as it was at the end of a past day; ``moment`` is that end."""
        kept = Q(released_at__isnull=True) | Q(released_at__gte=moment)
        return self.filter(kept, held_at__lt=moment, until__gte=day)


class Holding(OfPerson):
    """One worker works with one person until it is released or ``until`` is over; each contact
    moves that day on. ``agent`` is the worker's when the person was given, and stays.
    """

    class Why(models.TextChoices):
        GIVEN_BACK = "given_back", "Trả lại"
        HANDED_ON = "handed_on", "Chuyển cho người khác"
        RAN_OUT = "ran_out", "Quá hạn chưa tiếp xúc"
        JOINED = "joined", "Đã tham gia"
        EXCLUDED = "excluded", "Không vận động nữa"
        ENDED = "ended", "Người giữ thôi việc"

    collector = models.ForeignKey(
        Collector, on_delete=models.PROTECT, null=True, blank=True, related_name="holdings"
    )
    collaborator = models.ForeignKey(
        Collaborator, on_delete=models.PROTECT, null=True, blank=True, related_name="holdings"
    )
    agent = models.ForeignKey(CollectionAgent, on_delete=models.PROTECT, related_name="holdings")
    held_at = models.DateTimeField()
    held_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    until = models.DateField("giữ đến hết ngày")
    released_at = models.DateTimeField(null=True, blank=True)
    released_why = models.CharField(max_length=10, choices=Why.choices, blank=True)
    released_by = models.ForeignKey(
        User, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )

    objects = HoldingQuerySet.as_manager()

    class Meta:
        ordering = ["-held_at", "-id"]
        constraints = [
            models.CheckConstraint(condition=ONE_PERSON, name="holding_of_one"),
            models.CheckConstraint(condition=ONE_WORKER, name="holding_by_one"),
            models.UniqueConstraint(
                fields=["prospect"],
                condition=Q(released_at__isnull=True),
                name="one_holder_of_prospect",
            ),
            models.UniqueConstraint(
                fields=["participant"],
                condition=Q(released_at__isnull=True),
                name="one_holder_of_participant",
            ),
        ]
        indexes = [
            models.Index(fields=["agent", "released_at", "until"], name="holding_by_agent"),
            models.Index(fields=["collector", "released_at", "until"], name="holding_by_collector"),
            models.Index(fields=["collaborator", "released_at", "until"], name="holding_by_helper"),
        ]

    def __str__(self) -> str:
        return f"{self.worker}: {self.person}"

    @property
    def worker(self) -> Collector | Collaborator:
        """Who works with the person."""
        found = self.collector or self.collaborator
        assert found is not None
        return found
