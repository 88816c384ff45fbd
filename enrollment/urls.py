"""Addresses of people, receipts, lists and parameters."""

from django.urls import path

from enrollment.views import (
    acts,
    complaints,
    correction,
    counsel,
    enroll,
    handover,
    imports,
    parameters,
    receipts,
    register,
)

app_name = "enrollment"
urlpatterns = [
    path("nguoi-tham-gia/", register.participants, name="participants"),
    path("nguoi-tham-gia/tim/", register.participant_search, name="participant_search"),
    path("nguoi-tham-gia/moi/", enroll.enroll, name="enroll"),
    path("nguoi-tham-gia/moi/nguoi-khac/", enroll.enroll_new, name="enroll_new"),
    path("nguoi-tham-gia/moi/nguoi-da-co/", enroll.enroll_known, name="enroll_known"),
    path("phieu-thu/<int:pk>/bo/", enroll.draft_discard, name="draft_discard"),
    path("phieu-thu/<int:pk>/<slug:step>/", enroll.enroll_step, name="enroll_step"),
    path("nguoi-tham-gia/<int:pk>/", register.participant, name="participant"),
    path("nguoi-tham-gia/<int:pk>/tu-van/", counsel.for_participant, name="counsel_participant"),
    path(
        "nguoi-tham-gia/<int:pk>/hien-so/", register.participant_unmask, name="participant_unmask"
    ),
    path("nguoi-tham-gia/<int:pk>/goi/", register.participant_call, name="participant_call"),
    path("nguoi-tham-gia/<int:pk>/thu/", enroll.collect, name="collect"),
    path("nguoi-tham-gia/<int:pk>/sua/", correction.correct, name="correct"),
    path("nguoi-tham-gia/<int:pk>/chuyen-noi-o/", acts.move, name="move"),
    path("nguoi-tham-gia/<int:pk>/doi-tuong/", acts.support, name="support"),
    path("nguoi-tham-gia/<int:pk>/ho-gia-dinh/", acts.household, name="household"),
    path("nguoi-tham-gia/<int:pk>/dung/", acts.stop, name="stop"),
    path("nguoi-tham-gia/<int:pk>/rut-lai-dung/", acts.stop_withdraw, name="stop_withdraw"),
    path("nhan-vien-thu/<int:pk>/nghi-viec/", handover.collector_end, name="collector_end"),
    path("nguoi-tham-gia/<int:pk>/nguon/", acts.source, name="source"),
    path("phan-anh/", complaints.complaints, name="complaints"),
    path("phan-anh/them/", complaints.complaint_add, name="complaint_add"),
    path("phan-anh/<int:pk>/", complaints.complaint, name="complaint"),
    path("phan-anh/<int:pk>/tra-loi/", complaints.complaint_answer, name="complaint_answer"),
    path("bien-lai/", receipts.receipts, name="receipts"),
    path("bien-lai/<int:pk>/", receipts.receipt, name="receipt"),
    path("bien-lai/<int:pk>/in/", receipts.receipt_print, name="receipt_print"),
    path("bien-lai/<int:pk>/huy/", acts.receipt_void, name="receipt_void"),
    path("bang-ke/", imports.imports, name="imports"),
    path("bang-ke/<int:pk>/", imports.import_batch, name="import"),
    path("bang-ke/<int:pk>/khop-cot/", imports.import_match, name="import_match"),
    path("bang-ke/<int:pk>/nhap/", imports.import_confirm, name="import_confirm"),
    path("bang-ke/<int:pk>/bo/", imports.import_cancel, name="import_cancel"),
    path("bang-ke/<int:pk>/loi/", imports.import_errors, name="import_errors"),
    path("tham-so/", parameters.parameters, name="parameters"),
    path("tham-so/them/", parameters.parameter_add, name="parameter_add"),
    path("tham-so/cach-hieu/", parameters.readings, name="readings"),
    path("tham-so/cach-hieu/<slug:name>/", parameters.reading_choose, name="reading_choose"),
    path("tham-so/<int:pk>/bieu-do.svg", parameters.parameter_timeline, name="parameter_timeline"),
    path("tham-so/<int:pk>/", parameters.parameter_edit, name="parameter_edit"),
    path("tham-so/<int:pk>/xac-nhan/", parameters.parameter_confirm, name="parameter_confirm"),
]
