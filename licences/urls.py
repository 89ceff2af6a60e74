"""Addresses of the pages about a sponsor's licence, its users and their passwords."""

from django.urls import path

from licences.views import passwords, requests, summary, users

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
    path("users/", users.users, name="users"),
    path("users/add/", users.add_user, name="add_user"),
    path("users/<int:pk>/", users.user_page, name="user"),
    path("users/<int:pk>/edit/", users.edit_user, name="edit_user"),
    path("users/<int:pk>/deactivate/", users.deactivate_user, name="deactivate_user"),
    path("users/<int:pk>/reactivate/", users.reactivate_user, name="reactivate_user"),
    path("users/<int:pk>/unlock/", users.unlock_user, name="unlock_user"),
    path("users/<int:pk>/send-link/", users.send_link, name="send_link"),
    path("password/change/", passwords.change_password, name="change_password"),
    path("password/forgotten/", passwords.forgotten_password, name="forgotten_password"),
    path("password/forgotten/sent/", passwords.password_link_sent, name="password_link_sent"),
    path("password/link/", passwords.password_link, name="password_link"),
    path("password/choose/", passwords.choose_password, name="choose_password"),
]
