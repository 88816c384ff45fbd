"""Sees to it that a Chromium is there for the browser tests, and says what to install when none can
be had.

Official paper is set in Times New Roman: its widths come from Debian's Liberation fonts, where
there is nothing else.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
PAPER_FONTS = ("Liberation Serif", "Times New Roman")
PACKAGES = ("chromium", "fonts-liberation")


def browser_path() -> str | None:
    """A Chromium on the machine, else the one that Playwright downloaded."""
    found = next((path for name in NAMES if (path := shutil.which(name))), None)
    if found:
        return found
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        path = playwright.chromium.executable_path
    return path if os.path.exists(path) else None


def paper_font_is_there() -> bool:
    """Whether a font with the widths of Times New Roman is installed; where nothing tells, it is
    taken to be.
    """
    lister = shutil.which("fc-list")
    if lister is None:
        return True
    listed = subprocess.run(
        [lister, ":", "family"], capture_output=True, text=True, check=False
    ).stdout
    return any(name in listed for name in PAPER_FONTS)


def main() -> int:
    if browser_path() and paper_font_is_there():
        return 0
    print("Cài Chromium và phông chữ cho kiểm thử trình duyệt …", flush=True)
    if hasattr(os, "geteuid") and os.geteuid() == 0 and shutil.which("apt-get"):
        quiet = {
            "stdout": subprocess.DEVNULL,
            "stderr": subprocess.DEVNULL,
            "env": {**os.environ, "DEBIAN_FRONTEND": "noninteractive"},
        }
        subprocess.run(["apt-get", "update"], check=False, **quiet)
        subprocess.run(
            ["apt-get", "install", "-y", "--no-install-recommends", *PACKAGES], check=False, **quiet
        )
    if not browser_path():
        subprocess.run([sys.executable, "-m", "playwright", "install", "chromium"], check=False)
    if browser_path():
        return 0
    print(
        "Không có Chromium cho kiểm thử trình duyệt; hãy cài gói Debian “chromium” rồi chạy lại.",
        file=sys.stderr,
    )
    return 1


if __name__ == "__main__":
    sys.exit(main())
