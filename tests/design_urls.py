"""The portal's addresses as DEBUG has them: with the page of all components."""

from thaithuy_bhxh import design_page
from thaithuy_bhxh.urls import handler400, handler500
from thaithuy_bhxh.urls import urlpatterns as portal

__all__ = ["handler400", "handler500", "urlpatterns"]

urlpatterns = [*portal, *design_page.urlpatterns]
