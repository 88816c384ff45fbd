"""Correcting personal data: two people may have one record open, and neither loses what the other
saved.
"""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_http_methods

from agents.access import for_capability, reader
from agents.roles import Can
from enrollment.access import get_participant_for
from enrollment.forms.corrections import CorrectionForm
from enrollment.models import Participant
from enrollment.operations.corrections import do_correct_participant, person_as_of, person_of
from enrollment.operations.unmask import unmasked_by
from enrollment.views.acts import FIELDS, act_page, done
from enrollment.write_scope import require_following
from thaithuy_bhxh.errors import EditConflict, Refused
from thaithuy_bhxh.web.form_pages import FORM, blame

MASKED = (
    "Số giấy tờ và điện thoại được che. Muốn xem đủ, hoặc xóa hẳn một số, hãy bấm “Hiện "
    "đủ số” ở trang người này trước."
)


@require_http_methods(FORM)
@for_capability(Can.CORRECT_RECORDS)
def correct(request: HttpRequest, pk: int) -> HttpResponse:
    """Correct personal data. What somebody else changed meanwhile stays; where both changed, the
    second decides.
    """
    user = reader(request)
    person = get_participant_for(user, pk, shown=unmasked_by(user))
    require_following(user, person)
    shown: bool = getattr(person, "shown")  # noqa: B009 - annotated above, unknown to the model
    if request.method != "POST":
        start = {"version": person.version}
        return _page(
            request, CorrectionForm(before=person_of(person), full=shown, initial=start), person
        )
    version = _version(request, person)
    form = CorrectionForm(request.POST, before=person_as_of(person, version), full=shown)
    if form.is_valid():
        try:
            do_correct_participant(
                actor=user, participant=person, version=version, person=form.person
            )
            kept = (
                " Những chỗ người khác vừa sửa vẫn giữ nguyên." if version < person.version else ""
            )
            return done(request, person, f"Đã sửa thông tin.{kept}")
        except EditConflict as conflict:
            return _both(request, form, pk, shown, conflict)
        except Refused as refusal:
            blame(form, refusal, FIELDS)
    return _page(request, form, person)


def _both(
    request: HttpRequest, form: CorrectionForm, pk: int, shown: bool, conflict: EditConflict
) -> HttpResponse:
    """The form once more over the record as it is now, with a question for each part that both
    changed.
    """
    person = get_participant_for(reader(request), pk)
    now = person_of(person)
    start = {**form.over(now, conflict.fields), "version": person.version}
    asking = CorrectionForm(before=now, full=shown, initial=start, both=conflict.fields)
    return _page(request, asking, person, conflict=conflict.message)


def _page(
    request: HttpRequest, form: CorrectionForm, person: Participant, conflict: str = ""
) -> HttpResponse:
    note = "" if form.in_full else MASKED
    return act_page(request, form, person, "Sửa thông tin", "Lưu", conflict=conflict, note=note)


def _version(request: HttpRequest, person: Participant) -> int:
    text = request.POST.get("version", "")
    known = text.isascii() and text.isdigit() and 0 < len(text) < 10
    return min(int(text), person.version) if known else person.version
