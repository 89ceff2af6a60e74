"""The portal's addresses, with that of the bare view that its list is measured against."""

from __future__ import annotations

from django.urls import include, path

from benchmarks.parts import pages
from sms.urls import handler403, handler404, handler500  # noqa: F401

urlpatterns = [
    path("", include("sms.urls")),
    path("bare/", pages.bare_list),
]
