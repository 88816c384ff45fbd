from django.apps import AppConfig


class ReportsConfig(AppConfig):
    """What it adds up to: measures, reports, home pages."""

    name = "reports"
    verbose_name = "Báo cáo"
