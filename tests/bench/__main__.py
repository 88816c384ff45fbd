"""One benchmark in a process of its own: ``python -m tests.bench MODULE ARGUMENT…``; Django is set
up first.
"""

from __future__ import annotations

import sys
from importlib import import_module

import django
from django.test.utils import setup_test_environment

if __name__ == "__main__":
    django.setup()
    setup_test_environment()
    import_module(f"tests.bench.{sys.argv[1]}").main(*sys.argv[2:])
