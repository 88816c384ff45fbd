from django.apps import AppConfig


class AgentsConfig(AppConfig):
    """Who and where: territory, agents, collectors, accounts, assignments, targets, audit."""

    name = "agents"
    verbose_name = "Đại lý và địa bàn"

    def ready(self) -> None:
        """allauth tells of second factors by signals; the database guards the tables and links the
        trail; ``/readyz`` knows of backups.
        """
        from allauth.account.signals import authentication_step_completed
        from allauth.mfa import signals

        from agents import act_kinds, backups, chain, navigation
        from agents import second_factor as factors
        from agents.guards import GUARDS
        from agents.operations import retention  # noqa: F401 - registers what ends
        from agents.reauthentication import note_again
        from thaithuy_bhxh import readiness, triggers

        signals.authenticator_added.connect(factors.note_added, dispatch_uid="portal.factor.added")
        signals.authenticator_removed.connect(
            factors.note_removed, dispatch_uid="portal.factor.removed"
        )
        signals.authenticator_reset.connect(
            factors.note_renewed, dispatch_uid="portal.factor.renewed"
        )
        signals.authenticator_used.connect(factors.note_used, dispatch_uid="portal.factor.used")

        authentication_step_completed.connect(note_again, dispatch_uid="portal.again")

        for check in backups.checks():
            readiness.register(check)
        navigation.register(*navigation.OWN)
        act_kinds.register(*act_kinds.OWN, pages=act_kinds.OWN_PAGES)
        triggers.guard(self, *GUARDS)
        triggers.further(self, chain)
