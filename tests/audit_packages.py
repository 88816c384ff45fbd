"""pip-audit over the pinned packages; only a vulnerability service out of reach is let pass, and said."""

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


def main() -> int:
    command = [sys.executable, "-m", "pip_audit", "--requirement", "requirements/runtime.txt", "--require-hashes"]
    done = subprocess.run([*command, "--disable-pip"], capture_output=True, text=True, check=False)
    print(done.stdout + done.stderr[-1500:])
    unknown = done.stdout.count("could not be audited")
    if unknown:
        print(f"pip-audit: {unknown} packages are unknown to the service as it is reached here; they were not audited.")
    if done.returncode and any(word in done.stderr for word in UNREACHABLE) and "Found" not in done.stdout:
        print("pip-audit: the vulnerability service cannot be reached from here; nothing was audited.")
        return 0
    return done.returncode


if __name__ == "__main__":
    sys.exit(main())
