from django.apps import AppConfig


class PortalConfig(AppConfig):
    """The shared ground: settings checks, template tags, months and text."""

    name = "thaithuy_bhxh"

    def ready(self) -> None:
        from thaithuy_bhxh import checks  # noqa: F401 - registers the system checks
