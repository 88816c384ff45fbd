from django.apps import AppConfig


class EnrollmentConfig(AppConfig):
    """What people do: participants, receipts, stops, the law of contributions, imports."""

    name = "enrollment"
    verbose_name = "Người tham gia"

    def ready(self) -> None:
        from enrollment.guards import GUARDS
        from enrollment.operations import retention  # noqa: F401 - registers what ends
        from thaithuy_bhxh import triggers

        triggers.guard(self, *GUARDS)
