"""pip-audit over the pinned packages: 0 nothing known, 1 something known, 75 when nothing could be
asked.

A service out of reach is no clean bill: the closing line says that the audit did NOT run. ``make
check`` goes on after 75, for a machine without a way out has the other gates still, and names it
once more at its own end.
"""

from __future__ import annotations

import subprocess
import sys

UNREACHABLE = (
    "ConnectionError",
    "Max retries exceeded",
    "ServiceError",
    "Temporary failure",
    "timed out",
    "ProxyError",
)
NOT_RUN = 75
"""EX_TEMPFAIL of sysexits.h: try again later."""
PIP_AUDIT = (
    sys.executable,
    "-m",
    "pip_audit",
    "--requirement",
    "requirements/runtime.txt",
    "--require-hashes",
    "--disable-pip",
)


def main(command: tuple[str, ...] = PIP_AUDIT) -> int:
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    print(done.stdout + done.stderr[-1500:])
    if not done.returncode:
        return _audited(done.stdout)
    if "Found" in done.stdout or not any(word in done.stderr for word in UNREACHABLE):
        return 1
    print(
        "Kiểm tra lỗ hổng của các gói: KHÔNG CHẠY ĐƯỢC, vì không nối được tới dịch vụ; chưa "
        "gói nào được kiểm tra."
    )
    return NOT_RUN


def _audited(text: str) -> int:
    unknown = text.count("could not be audited")
    if unknown:
        print(
            f"Kiểm tra lỗ hổng của các gói: dịch vụ không biết {unknown} gói; các gói ấy CHƯA "
            "được kiểm tra."
        )
    return 0


if __name__ == "__main__":
    sys.exit(main())
