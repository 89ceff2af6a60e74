"""Addresses of the pages about a sponsor's licence."""

from django.urls import path

from licences.views import requests, summary

urlpatterns = [
    path("licence/", summary.licence_summary, name="licence_summary"),
    path("licence/history/", summary.licence_history, name="licence_history"),
    path("licence/action-plans/<int:pk>/", summary.action_plan, name="action_plan"),
    path("licence/requests/", requests.licence_requests, name="licence_requests"),
    path("licence/requests/increase/", requests.request_increase, name="request_increase"),
    path("licence/requests/renewal/", requests.request_renewal, name="request_renewal"),
    path("licence/requests/changes/", requests.request_changes, name="request_changes"),
    path("licence/requests/services/", requests.request_services, name="request_services"),
    path("licence/requests/new/<slug:kind>/", requests.add_request, name="add_request"),
    path("licence/requests/new/<slug:kind>/<str:route>/", requests.add_request, name="add_request_for_route"),
    path("licence/requests/<int:pk>/", requests.request_page, name="licence_request"),
    path("licence/requests/<int:pk>/edit/", requests.edit_request, name="edit_request"),
    path("licence/requests/<int:pk>/delete/", requests.delete_request, name="delete_request"),
    path("licence/requests/<int:pk>/withdraw/", requests.withdraw_request, name="withdraw_request"),
]
