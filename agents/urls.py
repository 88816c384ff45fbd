"""Addresses of agents, territory, accounts and the audit trail."""

from django.urls import path

from agents.views import (
    account_requests,
    accounts,
    alarms,
    collectors,
    communes,
    contacts,
    contracts,
    invitations,
    office,
    office_settings,
    organisations,
    territory,
    trail,
    training,
)

app_name = "agents"
urlpatterns = [
    path("dai-ly/", organisations.agents, name="agents"),
    path("dai-ly/them/", organisations.agent_add, name="agent_add"),
    path("dai-ly/<int:pk>/", organisations.agent, name="agent"),
    path("dai-ly/<int:pk>/sua/", organisations.agent_edit, name="agent_edit"),
    path("dai-ly/<int:pk>/ngung/", organisations.agent_close, name="agent_close"),
    path("dai-ly/<int:pk>/mo-lai/", organisations.agent_reopen, name="agent_reopen"),
    path("dai-ly/<int:pk>/diem-thu/them/", organisations.point_add, name="point_add"),
    path("dai-ly/<int:pk>/nhan-vien-thu/them/", collectors.collector_add, name="collector_add"),
    path("diem-thu/<int:pk>/sua/", organisations.point_edit, name="point_edit"),
    path("diem-thu/<int:pk>/ngung/", organisations.point_close, name="point_close"),
    path("diem-thu/<int:pk>/mo-lai/", organisations.point_reopen, name="point_reopen"),
    path("nhan-vien-thu/<int:pk>/", collectors.collector, name="collector"),
    path("nhan-vien-thu/<int:pk>/sua/", collectors.collector_edit, name="collector_edit"),
    path("nhan-vien-thu/<int:pk>/the/them/", collectors.card_add, name="card_add"),
    path("the-nhan-vien-thu/<int:pk>/ket-thuc/", collectors.card_end, name="card_end"),
    path("hop-dong/", contracts.contracts, name="contracts"),
    path("dai-ly/<int:pk>/hop-dong/them/", contracts.contract_add, name="contract_add"),
    path("hop-dong/<int:pk>/cham-dut/", contracts.contract_end, name="contract_end"),
    path("tap-huan/", training.courses, name="courses"),
    path("tap-huan/them/", training.course_add, name="course_add"),
    path("tap-huan/<int:pk>/", training.course, name="course"),
    path("tap-huan/<int:pk>/sua/", training.course_edit, name="course_edit"),
    path("tap-huan/<int:pk>/huy/", training.course_cancel, name="course_cancel"),
    path("tap-huan/<int:pk>/moi/", invitations.course_invite, name="course_invite"),
    path("tap-huan/<int:pk>/ket-qua/", training.course_results, name="course_results"),
    path("tap-huan/<int:pk>/chung-nhan/", training.course_certificates, name="course_certificates"),
    path(
        "tap-huan/<int:pk>/danh-sach-moi/", training.course_invitations, name="course_invitations"
    ),
    path("tap-huan/<int:pk>/diem-danh/", training.course_roll, name="course_roll"),
    path(
        "nguoi-hoc/<int:pk>/rut-loi-moi/",
        invitations.invitation_withdraw,
        name="invitation_withdraw",
    ),
    path("nguoi-hoc/<int:pk>/nhan-vao-lam/", training.hire, name="hire"),
    path("can-xu-ly/", alarms.alarms, name="alarms"),
    path("dia-ban/", communes.communes, name="communes"),
    path("dia-ban/sap-nhap/", territory.merge, name="merge"),
    path("dia-ban/<int:pk>/", communes.commune, name="commune"),
    path("dia-ban/<int:pk>/giao/<slug:kind>/", communes.assign, name="assign"),
    path("phan-cong/<int:pk>/ket-thuc/", communes.assignment_end, name="assignment_end"),
    path("dia-ban/nguoi/<int:pk>/", contacts.follower, name="follower"),
    path("dia-ban/<int:pk>/lien-he/", contacts.contact_add, name="contact_add"),
    path("lien-he/<int:pk>/xong/", contacts.contact_finish, name="contact_finish"),
    path("quan-ly-tai-khoan/", accounts.accounts, name="accounts"),
    path("quan-ly-tai-khoan/them/", accounts.account_add, name="account_add"),
    path("quan-ly-tai-khoan/<int:pk>/", accounts.account_edit, name="account_edit"),
    path(
        "quan-ly-tai-khoan/<int:pk>/mat-khau/", account_requests.account_reset, name="account_reset"
    ),
    path(
        "quan-ly-tai-khoan/<int:pk>/ngung/", accounts.account_deactivate, name="account_deactivate"
    ),
    path(
        "quan-ly-tai-khoan/<int:pk>/dung-lai/", accounts.account_activate, name="account_activate"
    ),
    path(
        "quan-ly-tai-khoan/<int:pk>/hai-lop/",
        account_requests.account_factor,
        name="account_factor",
    ),
    path(
        "quan-ly-tai-khoan/<int:pk>/phien/ket-thuc/",
        accounts.account_sessions_end,
        name="account_sessions_end",
    ),
    path("quan-ly-tai-khoan/yeu-cau/", account_requests.requests, name="account_requests"),
    path(
        "quan-ly-tai-khoan/yeu-cau/<int:pk>/xac-nhan/",
        account_requests.request_confirm,
        name="request_confirm",
    ),
    path(
        "quan-ly-tai-khoan/yeu-cau/<int:pk>/khong/",
        account_requests.request_refuse,
        name="request_refuse",
    ),
    path(
        "quan-ly-tai-khoan/yeu-cau/<int:pk>/da-biet/",
        account_requests.request_know,
        name="request_know",
    ),
    path("quan-ly-tai-khoan/<int:pk>/mo-khoa/", accounts.account_open, name="account_open"),
    path("quan-ly-tai-khoan/mo-khoa-dia-chi/", accounts.address_open, name="address_open"),
    path("co-quan/", office.office, name="office"),
    path("co-quan/them/", office.office_add, name="office_add"),
    path("co-quan/<int:pk>/", office.office_edit, name="office_edit"),
    path("quan-tri/quy-dinh/", office_settings.office_settings, name="office_settings"),
    path(
        "quan-tri/quy-dinh/<slug:key>/",
        office_settings.office_setting_edit,
        name="office_setting_edit",
    ),
    path("nhat-ky/", trail.trail, name="audit"),
]
