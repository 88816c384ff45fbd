"""All addresses of the portal. Whatever is not named public here asks for log-in (a test holds the
list).
"""

from django.conf import settings
from django.urls import include, path

from thaithuy_bhxh import design_page, health

urlpatterns = [
    path("healthz", health.healthz, name="healthz"),
    path("readyz", health.readyz, name="readyz"),
    path("tai-khoan/", include("agents.account_urls")),
    path("", include("reports.home_urls")),
    path("tu-van/", include("enrollment.counsel_urls")),
    path("danh-gia/", include("enrollment.rating_urls")),
    path("", include("agents.urls")),
    path("", include("enrollment.urls")),
    path("bao-cao/", include("reports.urls")),
    path("chi-tieu/", include("reports.target_urls")),
    path("chuyen-quan/", include("reports.officer_urls")),
    path("thu-thang/", include("reports.letter_urls")),
]
if settings.DEBUG:
    urlpatterns += design_page.urlpatterns

handler400 = "thaithuy_bhxh.refusals.bad_request"
handler500 = "thaithuy_bhxh.refusals.server_error"
