"""The caseworkers' site. Nobody else is told that it is there."""

from __future__ import annotations

from functools import wraps
from typing import Any

from django.contrib.admin import AdminSite
from django.contrib.auth import REDIRECT_FIELD_NAME
from django.contrib.auth.decorators import login_not_required
from django.contrib.auth.views import redirect_to_login
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseNotAllowed
from django.shortcuts import redirect
from django.urls import URLPattern, URLResolver, reverse
from django.utils.decorators import method_decorator
from django.views.decorators.http import require_safe

from licences.casework.pages import RecordAdmin
from sms.casework.work import work_list

NAME = "Sponsorship Management System"

# What the service navigation leads to: label, and the list's address.
PLACES = (
    ("Casework", "index"),
    ("Licences", "licences_licence_changelist"),
    ("Users", "licences_user_changelist"),
    ("Sign-ins", "licences_signin_changelist"),
    ("Allocations", "licences_allocation_changelist"),
    ("CAS", "cas_cas_changelist"),
    ("Find CAS", "find_cas"),
    ("Orders", "cas_order_changelist"),
    ("Reports", "sponsorship_duties_activity_changelist"),
    ("Activity types", "sponsorship_duties_activitytype_changelist"),
    ("Fees", "cas_fee_changelist"),
    ("Jobs", "licences_job_changelist"),
    ("History", "licences_event_changelist"),
)

# Django's own pages that have no use here: people sign in and out at the portal's pages, and nothing is searched
# for while typing, because what was typed would stand in an address.
LEFT_OUT = {"logout", "password_change", "password_change_done", "autocomplete", "jsi18n", "view_on_site"}


class Site(AdminSite):
    site_title = site_header = NAME
    index_title = "Casework"
    index_template = "admin/index.html"
    enable_nav_sidebar = False

    def register(self, model_or_iterable: Any, admin_class: Any = None, **options: Any) -> None:
        """Take in our own pages only: those that installed apps bring would write the fields of their records."""
        if admin_class and issubclass(admin_class, RecordAdmin):
            super().register(model_or_iterable, admin_class, **options)

    def get_urls(self) -> list[URLPattern | URLResolver]:
        return [entry for entry in super().get_urls() if getattr(entry, "name", None) not in LEFT_OUT]

    def admin_view(self, view: Any, cacheable: bool = False) -> Any:
        """Sponsor users get 404 at every address, whether there is a page or not."""
        inner = super().admin_view(view, cacheable)

        @wraps(view)
        def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
            self.refuse_strangers(request)
            return inner(request, *args, **kwargs)

        return guarded

    def refuse_strangers(self, request: HttpRequest) -> None:
        """Raises `Http404` for whoever is signed in and is no caseworker."""
        if request.user.is_authenticated and not self.has_permission(request):
            raise Http404

    @login_not_required
    def login(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:
        """To the portal's own sign-in, which counts the attempts; and back here."""
        self.refuse_strangers(request)
        if request.method not in {"GET", "HEAD"}:
            return HttpResponseNotAllowed(["GET", "HEAD"])
        if self.has_permission(request):
            return redirect("admin:index")
        return redirect_to_login(request.GET.get(REDIRECT_FIELD_NAME) or reverse("admin:index"))

    @method_decorator(require_safe)
    def index(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> Any:
        return super().index(request, {**(extra_context or {}), "work": work_list()})

    @method_decorator(require_safe)
    def app_index(self, request: HttpRequest, app_label: str, extra_context: dict[str, Any] | None = None) -> Any:
        return redirect("admin:index")

    def each_context(self, request: HttpRequest) -> dict[str, Any]:
        return {**super().each_context(request), "places": places(request)}


def places(request: HttpRequest) -> list[dict[str, Any]]:
    """The items of the service navigation, as its macro takes them; the one where one is, is marked."""
    index = reverse("admin:index")
    links = [(label, reverse(f"admin:{name}")) for label, name in PLACES]
    above = [href for _, href in links if href != index and request.path.startswith(href)]
    nearest = max(above, key=len, default="")
    return [
        {
            "text": label,
            "href": href,
            "current": request.path == href,
            "active": href in {request.path, nearest},
        }
        for label, href in links
    ]
