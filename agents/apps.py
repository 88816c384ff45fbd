from django.apps import AppConfig


class AgentsConfig(AppConfig):
    """Who and where: territory, agents, collectors, accounts, assignments, targets, audit."""

    name = "agents"
    verbose_name = "Đại lý và địa bàn"
