"""The receipt form in steps: which steps, what each holds, and the whole's amount."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import date
from functools import cached_property
from typing import Any

from django import forms

from agents.models import Collector, Commune, User
from agents.territory import load_lineage
from enrollment.collector_of_person import WITH_FOLLOWER, follower_of
from enrollment.forms.payments import PaymentForm, collectors_of
from enrollment.forms.people import EvidenceForm, PersonForm, ResidenceForm
from enrollment.forms.service import source_field
from enrollment.law import LawRefused, Quote
from enrollment.law.conditions import Conditions, conditions_on
from enrollment.law.methods import FIXED_METHODS
from enrollment.law.parameters import STATE_MAX_MONTHS
from enrollment.models import Draft, Participant, Receipt
from enrollment.operations.participants import Evidence, Person, check_newcomer, do_enroll
from enrollment.operations.receipts import Payment, do_record_receipt, quote_payment
from enrollment.parameters_in_force import OfficeLaw, office_law
from enrollment.receipt_form.late_period import LatePeriod, late_period
from enrollment.write_scope import follows
from thaithuy_bhxh.clock import this_month, today
from thaithuy_bhxh.errors import Refused
from thaithuy_bhxh.prepared import Given, PreparedRecords
from thaithuy_bhxh.terms import holds_on

PERSON, GROUP, PAYMENT, CHECK = "ca-nhan", "doi-tuong", "muc-dong", "kiem-tra"
TITLES = {
    PERSON: "Thông tin cá nhân",
    GROUP: "Đối tượng hỗ trợ",
    PAYMENT: "Mức đóng",
    CHECK: "Kiểm tra lại",
}


class PersonStepForm(PersonForm, ResidenceForm):
    """Who it is, where the person lives and what brought the person in."""

    source = source_field()
    field_order = [
        "full_name",
        "one_word",
        "sex",
        "birth",
        "citizen_id",
        "bhxh_no",
        "phone",
        "commune",
        "hamlet",
        "source",
    ]

    def __init__(self, *args: Any, user: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._user = user

    def clean(self) -> dict[str, Any]:
        """The operation's own question: whoever it would refuse learns it here, not after the money
        was counted.
        """
        data: dict[str, Any] = super().clean() or {}
        if all(name in data for name in PersonForm.base_fields if name in self.fields):
            try:
                check_newcomer(self._user, self.person)
            except Refused as refusal:
                self.add_error(
                    "birth" if refusal.field.startswith("birth_") else refusal.field or None,
                    refusal.message,
                )
        return data


@dataclass(frozen=True, slots=True)
class PaymentShown:
    """All that a page says of a payment: its quote, or why there is none; the months that the state
    may still support after it; and what is offered when its period is late.
    """

    quote: Quote | None = None
    refusal: Refused | None = None
    support_left: int | None = None
    late: LatePeriod | None = None


@dataclass
class Wizard:
    """A draft with the person it is about, if on record, and the user who fills it."""

    draft: Draft
    user: User
    participant: Participant | None
    law: OfficeLaw = field(default_factory=office_law)
    _stored: dict[str, tuple[Any, forms.Form]] = field(default_factory=dict)

    @cached_property
    def is_stranger(self) -> bool:
        """Whether the person is somebody else's until this money is recorded."""
        person = self.participant
        return person is not None and not follows(self.user, person)

    @property
    def steps(self) -> tuple[str, ...]:
        return (PAYMENT, CHECK) if self.participant else (PERSON, GROUP, PAYMENT, CHECK)

    def number(self, step: str) -> int:
        """Position of the step, from 1."""
        return self.steps.index(step) + 1

    def after(self, step: str) -> str:
        return self.steps[self.steps.index(step) + 1]

    def before(self, step: str) -> str | None:
        position = self.steps.index(step)
        return self.steps[position - 1] if position else None

    def form(self, step: str, data: Any = None) -> forms.Form:
        """The step's form: bound to ``data``, else to what the draft holds, else with defaults.

        The draft's own forms are built and checked once, because a page asks for them again and
        again.
        """
        if data is not None:
            return self._build(step, data)
        kept, stored = self._stored.get(step), self.draft.data.get(step)
        if kept is None or kept[0] != stored:
            kept = self._stored[step] = (stored, self._build(step, stored))
        return kept[1]

    def _build(self, step: str, data: Any) -> forms.Form:
        if step == PERSON:
            return PersonStepForm(data, user=self.user, initial=self.draft.data.get("who", {}))
        if step == GROUP:
            return EvidenceForm(data, initial={"group": "other"})
        # What was typed needs no defaults, and they cost a question to the database.
        initial = self._payment_defaults if data is None else {}
        form = PaymentForm(data, user=self.user, collectors=self._collectors, initial=initial)
        form.fields["chosen_income"].help_text = self._income_limits()
        return form

    @cached_property
    def _collectors(self) -> list[Collector]:
        return collectors_of(self.user)

    @property
    def _conditions(self) -> Conditions | None:
        """What the law sets today; ``None`` while a parameter is missing."""
        try:
            return conditions_on(self.law.table, today())
        except LawRefused:
            return None

    def _income_limits(self) -> str:
        here = self._conditions
        return f"Hôm nay {here.limits_in_words}." if here else ""

    def _support_left(self, quote: Quote) -> int | None:
        """Months that the state may still support after this payment; ``None`` when the law of its
        day has no limit.
        """
        limit = self.law.table.at(STATE_MAX_MONTHS, quote.basis.request.paid_on)
        if limit is None:
            return None
        return max(
            0, int(limit.number) - quote.basis.request.prior_supported_months - quote.counted_months
        )

    def first_open_step(self) -> str:
        """The first step that still needs something."""
        for step in self.steps[:-1]:
            if step not in self.draft.data or not self.form(step).is_valid():
                return step
        return CHECK

    @cached_property
    def _payment_defaults(self) -> dict[str, Any]:
        here = self._conditions
        floor = here.min_income if here else None
        defaults: dict[str, Any] = {
            "received_on": today(),
            "method": "12",
            "from_month": this_month(),
            "chosen_income": floor,
        }
        if self.participant:
            defaults.update(self._renewal_defaults(self.participant, floor or 0))
        return defaults

    def _renewal_defaults(self, person: Participant, floor: int) -> dict[str, Any]:
        first = (
            person.covered_to + 1
            if person.covered_to and person.due_on and person.due_on >= today()
            else None
        )
        if self.is_stranger:
            # How the person paid so far is the former agent's business; from when on is needed to
            # go on.
            return {"from_month": first or this_month()}
        last = (
            Receipt.objects.live()
            .filter(participant=person)
            .select_related("void", *WITH_FOLLOWER)
            .first()
        )
        return {
            "method": person.method if person.method in FIXED_METHODS else "12",
            "chosen_income": max(last.chosen_income if last else 0, floor),
            "from_month": first or this_month(),
            "collector": self._follower(last),
        }

    def _follower(self, last: Receipt | None) -> int | None:
        """Who follows the payer now, where that one may take the money."""
        found = follower_of([last], today()) if last and self._collectors else None
        return found.pk if found in self._collectors and found.may_collect_on(today()) else None

    def evidence(self) -> Evidence | None:
        if self.participant:
            return None
        form = self.form(GROUP)
        return form.as_evidence if isinstance(form, EvidenceForm) and form.is_valid() else None

    def payment(self, form: forms.Form) -> Payment:
        """The payment of a valid payment form, at the person's residence on its day."""
        data = form.cleaned_data
        commune, hamlet = self._residence(data["received_on"])
        return Payment(
            collector=data["collector"],
            received_on=data["received_on"],
            method=data["method"],
            months=data.get("months"),
            from_month=data["from_month"],
            chosen_income=data["chosen_income"],
            commune=commune,
            hamlet=hamlet,
            other_support=data.get("other_support") or 0,
            number=data.get("number", ""),
            back_payment=data["back_payment"],
        )

    def _residence(self, day: Any) -> tuple[Commune, str]:
        if self.participant is None:
            form = self.form(PERSON)
            if not form.is_valid():
                raise Refused("Hãy ghi xã, thị trấn của người này.", "commune")
            return form.cleaned_data["commune"], form.cleaned_data["hamlet"]
        commune = self.participant.commune
        if commune and holds_on(commune, day):
            return commune, self.participant.hamlet
        here = load_lineage().at(commune.pk, day) if commune else None
        if here is None:
            raise Refused(
                "Xã của người này không có vào ngày thu; hãy ghi chuyển nơi ở trước.", "received_on"
            )
        return Commune.objects.get(pk=here), self.participant.hamlet

    def judged(self, form: forms.Form) -> PaymentShown:
        """Everything about the payment of a valid payment form."""
        late = late_period(
            form.cleaned_data, self.law, lambda: self._quote(form, back_payment=True)
        )
        try:
            quote = late.quote if late and late.chosen and late.quote else self._quote(form)
        except Refused as refusal:
            return PaymentShown(refusal=refusal, late=late)
        return PaymentShown(quote, support_left=self._support_left(quote), late=late)

    def _quote(self, form: forms.Form, **changed: Any) -> Quote:
        """What the payment, or the same with something changed, amounts to; :class:`Refused` names
        the field.
        """
        groups: tuple[str, ...] | None = None
        if self.participant is None:
            evidence = self.evidence()
            groups = (
                (evidence.group,)
                if evidence and _in_force(evidence, form.cleaned_data["received_on"])
                else ("other",)
            )
        return quote_payment(
            self.participant,
            replace(self.payment(form), **changed),
            groups,
            self.law,
            self._newcomer(),
            foreign=self.is_stranger,
        )

    def _newcomer(self) -> tuple[str, date | None]:
        """Sex and birth date of somebody not on record yet, as far as they are typed."""
        form = self.form(PERSON) if self.participant is None else None
        if form is None or not form.is_valid():
            return "", None
        return form.cleaned_data["sex"], form.cleaned_data["birth"][0]

    def record(self, shown: int | None = None) -> Receipt:
        """Do what the steps say; raises ``AlreadyRecorded`` when that was done before.

        ``shown`` is the amount in đồng that its author saw; any other is refused.
        """
        form = self.form(PAYMENT)
        if not form.is_valid():
            raise Refused("Hãy xem lại mức đóng.", "chosen_income")
        payment, draft = replace(self.payment(form), shown=shown), self.draft
        if self.participant:
            return do_record_receipt(
                actor=self.user, participant=self.participant, payment=payment, draft=draft
            )
        return do_enroll(
            actor=self.user,
            person=self._person(),
            payment=payment,
            evidence=self.evidence(),
            draft=draft,
            source=self.form(PERSON).cleaned_data.get("source", ""),
            prospect=self.draft.data.get("who", {}).get("prospect", 0),
        )

    def _person(self) -> Person:
        form = self.form(PERSON)
        if not isinstance(form, PersonForm) or not form.is_valid():
            raise Refused("Hãy xem lại thông tin cá nhân.", "full_name")
        return form.person


def _in_force(evidence: Evidence, day: Any) -> bool:
    return holds_on(evidence, day)


def participant_of(draft: Draft) -> Participant | None:
    """The person on record whom a draft is about; the draft itself was given only to who may take
    this money.
    """
    known = draft.data.get("participant")
    return next(iter(_PERSON.records(person=known)), None) if known else None


_PERSON: PreparedRecords[Participant] = PreparedRecords(
    lambda: Participant.objects.select_related("commune").filter(pk=Given("person")).order_by()
)


def step_of(field: str) -> str:
    """The step on which a refused field can be mended."""
    if field in PersonStepForm.base_fields or field in ("birth_date", "birth_year"):
        return PERSON
    return GROUP if field in EvidenceForm.base_fields else PAYMENT
