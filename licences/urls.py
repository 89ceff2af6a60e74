"""Addresses of the pages about a sponsor's licence."""

from django.urls import path

from licences.views import requests

urlpatterns = [
    path("licence/requests/", requests.licence_requests, name="licence_requests"),
    path("licence/requests/increase/", requests.request_increase, name="request_increase"),
    path("licence/requests/renewal/", requests.request_renewal, name="request_renewal"),
    path("licence/requests/new/<slug:kind>/", requests.add_request, name="add_request"),
    path("licence/requests/new/<slug:kind>/<str:route>/", requests.add_request, name="add_request_for_route"),
    path("licence/requests/<int:pk>/", requests.request_page, name="licence_request"),
    path("licence/requests/<int:pk>/edit/", requests.edit_request, name="edit_request"),
    path("licence/requests/<int:pk>/delete/", requests.delete_request, name="delete_request"),
    path("licence/requests/<int:pk>/withdraw/", requests.withdraw_request, name="withdraw_request"),
]
