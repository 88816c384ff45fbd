"""Addresses of the yearly targets."""

from django.urls import path

from reports.views import labour, target_grid, target_papers, target_workbook

app_name = "targets"
urlpatterns = [
    path("", target_grid.grid, name="grid"),
    path("chia/", target_grid.split, name="split"),
    path("quyet-dinh/", target_papers.decisions, name="decisions"),
    path("quyet-dinh/in/", target_papers.decision, name="decision"),
    path("quyet-dinh/sua/", target_papers.decision_correct, name="decision_correct"),
    path("lich-su/<slug:kind>/<int:pk>/", target_papers.history, name="history"),
    path("lao-dong/", labour.labour, name="labour"),
    path("tai-ve/", target_workbook.download, name="download"),
    path("tai-len/", target_workbook.upload, name="upload"),
]
