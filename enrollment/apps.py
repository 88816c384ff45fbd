from django.apps import AppConfig


class EnrollmentConfig(AppConfig):
    """What people do: participants, receipts, stops, the law of contributions, imports."""

    name = "enrollment"
    verbose_name = "Người tham gia"

    def ready(self) -> None:
        from agents import act_kinds, navigation
        from enrollment import act_kinds as own_kinds
        from enrollment import navigation as own_pages
        from enrollment.guards import GUARDS
        from enrollment.operations import retention  # noqa: F401 - registers what ends
        from thaithuy_bhxh import triggers

        navigation.register(*own_pages.OWN)
        navigation.register_links(**own_pages.LINKS)
        navigation.register_thumb(*own_pages.THUMB)
        act_kinds.register(*own_kinds.OWN, pages=own_kinds.PAGES)
        triggers.guard(self, *GUARDS)
