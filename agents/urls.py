"""Addresses of agents, territory, targets, accounts and the audit trail."""

from django.urls import path

from agents.views import accounts, charge, collectors, communes, office, organisations, targets, trail

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
    path("dia-ban/", communes.communes, name="communes"),
    path("dia-ban/<int:pk>/", communes.commune, name="commune"),
    path("dia-ban/<int:pk>/giao/<slug:kind>/", communes.assign, name="assign"),
    path("phan-cong/<int:pk>/ket-thuc/", communes.assignment_end, name="assignment_end"),
    path("dia-ban/nguoi/<int:pk>/", charge.follower, name="follower"),
    path("dia-ban/<int:pk>/lien-he/", charge.contact_add, name="contact_add"),
    path("lien-he/<int:pk>/xong/", charge.contact_finish, name="contact_finish"),
    path("chi-tieu/", targets.targets, name="targets"),
    path("quan-ly-tai-khoan/", accounts.accounts, name="accounts"),
    path("quan-ly-tai-khoan/them/", accounts.account_add, name="account_add"),
    path("quan-ly-tai-khoan/<int:pk>/", accounts.account_edit, name="account_edit"),
    path("quan-ly-tai-khoan/<int:pk>/mat-khau/", accounts.account_reset, name="account_reset"),
    path("quan-ly-tai-khoan/<int:pk>/ngung/", accounts.account_deactivate, name="account_deactivate"),
    path("quan-ly-tai-khoan/<int:pk>/dung-lai/", accounts.account_activate, name="account_activate"),
    path("co-quan/", office.office, name="office"),
    path("co-quan/them/", office.office_add, name="office_add"),
    path("co-quan/<int:pk>/", office.office_edit, name="office_edit"),
    path("nhat-ky/", trail.trail, name="audit"),
]
