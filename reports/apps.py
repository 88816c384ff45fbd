from django.apps import AppConfig


class ReportsConfig(AppConfig):
    """What it adds up to: measures, reports, home pages."""

    name = "reports"
    verbose_name = "Báo cáo"

    def ready(self) -> None:
        from agents import navigation
        from reports.navigation import LINKS, OWN, THUMB

        navigation.register(*OWN)
        navigation.register_links(**LINKS)
        navigation.register_thumb(*THUMB)
