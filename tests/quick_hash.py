"""Production's way of storing passwords at the least cost that it allows: tests log in many
times.
"""

from __future__ import annotations

from django.contrib.auth.hashers import Argon2PasswordHasher


class QuickArgon2(Argon2PasswordHasher):
    """Argon2 with one pass over 8 KiB."""

    time_cost = 1
    memory_cost = 8
    parallelism = 1
