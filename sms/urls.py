"""All addresses of the portal."""

from allauth.account import views as allauth
from django.contrib import admin
from django.urls import include, path
from django.views.decorators.http import require_http_methods

from licences import sign_in_notice
from sms import headers, health, views
from sms.core.govuk.answers import refuses_wrong_input
from sms.help import views as help_views

read_or_send = require_http_methods(["GET", "HEAD", "POST"])

# Only these two of allauth's pages exist. There is no sign-up: caseworkers and Level 1 users add users.
urlpatterns = [
    path("", views.home, name="home"),
    path("sign-in/", sign_in_notice.shown(read_or_send(refuses_wrong_input(allauth.login))), name="account_login"),
    path("sign-out/", headers.clears_site_data(read_or_send(allauth.logout)), name="account_logout"),
    path("session/", views.session, name="session"),
    path("health", health.health, name="health"),
    path("accessibility/", views.accessibility, name="accessibility"),
    path("help/", help_views.contents, name="help"),
    path("help/<slug:name>/", help_views.guide, name="help_guide"),
    path("", include("licences.urls")),
    path("", include("cas.urls")),
    path("", include("sponsorship_duties.urls")),
    path("", include("bulk_data_transfer.urls")),
    path("admin/", admin.site.urls),
]

handler400 = "sms.views.bad_request"
handler403 = "sms.views.permission_denied"
handler404 = "sms.views.not_found"
handler500 = "sms.views.server_error"
