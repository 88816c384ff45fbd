#!/usr/bin/env python
"""Command line of the portal."""

import os
import sys


def main() -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "thaithuy_bhxh.settings")
    from django.core.management import execute_from_command_line

    try:
        execute_from_command_line(sys.argv)
    except Exception as error:
        sys.exit(_sentence_of(error))


def _sentence_of(error: Exception) -> str:
    """What a command of the framework has no sentence for; a mistake of the program keeps its
    trace.
    """
    from thaithuy_bhxh.checks import UnsafeStart
    from thaithuy_bhxh.outages import sentence_of

    sentence = str(error) if isinstance(error, UnsafeStart) else sentence_of(error)
    if not sentence:
        raise error
    return sentence


if __name__ == "__main__":
    main()
