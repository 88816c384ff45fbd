"""What every answer tells the browser, whatever made it: one list, set in one place, around
everything else.

A page, a file, a redirect, a refusal of the framework, a broken page and a static file all pass
here. What an answer has set itself stays (a static file may be kept, a page may not).
"""

from __future__ import annotations

from collections.abc import Callable

from csp.utils import build_policy
from django.conf import settings
from django.http import HttpRequest, HttpResponse

Handler = Callable[[HttpRequest], HttpResponse]

_UNUSED_BY_PAGES = (
    "accelerometer",
    "autoplay",
    "browsing-topics",
    "camera",
    "display-capture",
    "encrypted-media",
    "fullscreen",
    "geolocation",
    "gyroscope",
    "hid",
    "idle-detection",
    "magnetometer",
    "microphone",
    "midi",
    "payment",
    "picture-in-picture",
    "screen-wake-lock",
    "serial",
    "usb",
    "xr-spatial-tracking",
)
"""What the browser could do for a page and no page of the portal asks for."""

PROTECTION = {
    "Content-Security-Policy": build_policy(),
    "Cross-Origin-Opener-Policy": settings.SECURE_CROSS_ORIGIN_OPENER_POLICY,
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": ", ".join(f"{name}=()" for name in _UNUSED_BY_PAGES),
    "Referrer-Policy": settings.SECURE_REFERRER_POLICY,
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": settings.X_FRAME_OPTIONS,
}
NOT_KEPT = "private, no-store"
"""``Cache-Control`` of whatever does not say otherwise: pages stay out of shared computers' caches.
"""


class ProtectingHeadersMiddleware:
    """Puts :data:`PROTECTION` on every answer; it stands first, so that no answer goes round it."""

    def __init__(self, get_response: Handler) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        for name, value in PROTECTION.items():
            if not (name == "Content-Security-Policy" and _is_trace(response)):
                response.headers.setdefault(name, value)
        response.headers.setdefault("Cache-Control", NOT_KEPT)
        if settings.SECURE_HSTS_SECONDS and request.is_secure():
            response.headers.setdefault("Strict-Transport-Security", _stay_on_tls())
        return response


def _is_trace(response: HttpResponse) -> bool:
    """A page of the framework for whoever develops, with styles of its own; never on a server."""
    return settings.DEBUG and response.status_code in (404, 500)


def _stay_on_tls() -> str:
    parts = [f"max-age={settings.SECURE_HSTS_SECONDS}"]
    parts += ["includeSubDomains"] if settings.SECURE_HSTS_INCLUDE_SUBDOMAINS else []
    return "; ".join(parts + (["preload"] if settings.SECURE_HSTS_PRELOAD else []))
