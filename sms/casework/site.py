"""The admin site, for caseworkers. For all other users it does not exist."""

from __future__ import annotations

from functools import wraps
from itertools import groupby
from operator import itemgetter
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
from sms import __version__
from sms.casework.work import work_list

NAME = "Sponsorship Management System"

# The places of the navigation: label, name of the address, and the group under which it stands, if it has one. The
# places of a group follow each other.
PLACES = (
    ("Casework", "index", ""),
    ("Requests", "licences_licencerequest_changelist", ""),
    ("Reports", "sponsorship_duties_activity_changelist", ""),
    ("Licences", "licences_licence_changelist", "Sponsors"),
    ("Messages", "licences_message_changelist", "Sponsors"),
    ("Users", "licences_user_changelist", "Sponsors"),
    ("Sign-ins", "licences_signin_changelist", "Sponsors"),
    ("Allocations", "licences_allocation_changelist", "Sponsors"),
    ("CAS", "cas_cas_changelist", "CAS and orders"),
    ("Find CAS", "find_cas", "CAS and orders"),
    ("CAS check", "check_cas", "CAS and orders"),
    ("Decisions from a sheet", "uploads", "CAS and orders"),
    ("Orders", "cas_order_changelist", "CAS and orders"),
    ("Activity types", "sponsorship_duties_activitytype_changelist", "Settings"),
    ("Rules", "cas_rule_changelist", "Settings"),
    ("Jobs", "licences_job_changelist", "System"),
    ("History", "licences_event_changelist", "System"),
)

OUTSIDE = {"uploads"}  # the addresses of these names that are not in the admin

# Django's pages that are not used here. Caseworkers sign in and out at the portal's pages. Nothing is searched while
# users type, because an address would then contain their texts.
LEFT_OUT = {"logout", "password_change", "password_change_done", "autocomplete", "jsi18n", "view_on_site"}


class Site(AdminSite):
    site_title = site_header = NAME
    index_title = "Casework"
    index_template = "admin/index.html"
    enable_nav_sidebar = False

    def register(self, model_or_iterable: Any, admin_class: Any = None, **options: Any) -> None:
        """Register our own pages only. Those of other installed apps would write the fields of their records."""
        if admin_class and issubclass(admin_class, RecordAdmin):
            super().register(model_or_iterable, admin_class, **options)

    def get_urls(self) -> list[URLPattern | URLResolver]:
        return [entry for entry in super().get_urls() if getattr(entry, "name", None) not in LEFT_OUT]

    def admin_view(self, view: Any, cacheable: bool = False) -> Any:
        """Answer 404 to a sponsor's user at every address, even if there is a page."""
        inner = super().admin_view(view, cacheable)

        @wraps(view)
        def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
            self.refuse_strangers(request)
            return inner(request, *args, **kwargs)

        return guarded

    def refuse_strangers(self, request: HttpRequest) -> None:
        """Raise `Http404` for a signed-in user who is not a caseworker."""
        if request.user.is_authenticated and not self.has_permission(request):
            raise Http404

    @login_not_required
    def login(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:
        """Redirect to the portal's sign-in page, which counts tries and then leads back here."""
        self.refuse_strangers(request)
        if request.method not in {"GET", "HEAD"}:
            return HttpResponseNotAllowed(["GET", "HEAD"])
        if self.has_permission(request):
            return redirect("admin:index")
        return redirect_to_login(request.GET.get(REDIRECT_FIELD_NAME) or reverse("admin:index"))

    @method_decorator(require_safe)
    def index(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> Any:
        return super().index(request, {**(extra_context or {}), "work": work_list(), "version": __version__})

    @method_decorator(require_safe)
    def app_index(self, request: HttpRequest, app_label: str, extra_context: dict[str, Any] | None = None) -> Any:
        return redirect("admin:index")

    def get_app_list(self, request: HttpRequest, app_label: str | None = None) -> list[Any]:
        """Return nothing: our pages have a navigation of their own, and Django's takes long to work out."""
        return []

    def each_context(self, request: HttpRequest) -> dict[str, Any]:
        return {**super().each_context(request), "places": places(request)}


def places(request: HttpRequest) -> list[dict[str, Any]]:
    """Return the navigation, as its macro takes it: places, and groups of places. The current place is marked."""
    links = [(label, reverse(name if name in OUTSIDE else f"admin:{name}"), group) for label, name, group in PLACES]
    above = [href for _, href, _ in links[1:] if request.path.startswith(href)]
    nearest = max(above, key=len, default="")
    entries: list[dict[str, Any]] = []
    for group, its_links in groupby(links, key=itemgetter(2)):
        its_places = [
            {"text": label, "href": href, "current": request.path == href, "active": href in {request.path, nearest}}
            for label, href, _ in its_links
        ]
        is_active = any(place["active"] for place in its_places)
        entries += [{"text": group, "active": is_active, "places": its_places}] if group else its_places
    return entries
