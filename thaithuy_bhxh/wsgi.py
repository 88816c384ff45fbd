"""WSGI entry point for a production server; an unsafe one does not start."""

import os

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "thaithuy_bhxh.settings")
# The log of a server goes somewhere; whoever types a command does not want it among the answers.
os.environ.setdefault("SERVES_PAGES", "1")

application = get_wsgi_application()

from thaithuy_bhxh.checks import refuse_unsafe_start  # noqa: E402 - needs the settings

refuse_unsafe_start()
