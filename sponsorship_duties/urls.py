"""The addresses of the sponsorship duties."""

from __future__ import annotations

from django.urls import path

from sponsorship_duties.views import (
    checking,
    compliance,
    finding,
    graduating,
    managing,
    reporting,
    several,
    withdrawing,
)

DUTIES = "students/sponsorship-duties/"

urlpatterns = [
    path(DUTIES, checking.sponsorship_duties, name="sponsorship_duties"),
    path(f"{DUTIES}check/<slug:name>/", checking.students_to_check, name="students_to_check"),
    path(f"{DUTIES}check/<slug:name>/nothing/", checking.nothing_to_report, name="nothing_to_report"),
    path(f"{DUTIES}check/<slug:name>/report/<int:type_pk>/", checking.report_selected, name="report_selected"),
    path(f"{DUTIES}check/<slug:name>/taken-off/", checking.taken_off, name="taken_off"),
    path(f"{DUTIES}check/<slug:name>/taken-off/<slug:key>/", checking.taken_off, name="just_taken_off"),
    path(f"{DUTIES}selected/report/", several.report_found, name="report_found"),
    path(f"{DUTIES}selected/withdraw/", withdrawing.withdraw_found, name="withdraw_found"),
    path(f"{DUTIES}paste/", several.paste_to_report, name="paste_to_report"),
    path(f"{DUTIES}paste/<slug:key>/", several.paste_to_report, name="change_pasted"),
    path(f"{DUTIES}chosen/<slug:key>/", several.choose_activity, name="choose_activity"),
    path(f"{DUTIES}several/<slug:key>/", several.report_several, name="report_several"),
    path(f"{DUTIES}reported/<slug:key>/", several.several_reported, name="several_reported"),
    path(f"{DUTIES}withdraw/<slug:key>/", withdrawing.withdraw_several, name="withdraw_several"),
    path(f"{DUTIES}compliance/", compliance.compliance, name="compliance"),
    path(f"{DUTIES}compliance/<slug:name>/", compliance.compliance_rate, name="compliance_rate"),
    path(f"{DUTIES}compliance/<slug:name>/<slug:part>/", compliance.compliance_list, name="compliance_list"),
    path(f"{DUTIES}graduates/", graduating.graduates, name="graduates"),
    path(f"{DUTIES}graduates/paste/", graduating.paste_graduates, name="paste_graduates"),
    path(f"{DUTIES}graduates/paste/<slug:key>/", graduating.paste_graduates, name="change_graduates"),
    path(f"{DUTIES}graduates/check/<slug:key>/", graduating.check_graduates, name="check_graduates"),
    path(f"{DUTIES}report/by-number/", finding.report_by_number, name="report_by_number"),
    path(f"{DUTIES}report/search/", finding.report_by_search, name="report_by_search"),
    path(f"{DUTIES}report/<int:pk>/", reporting.report_result, name="report_result"),
    path(f"{DUTIES}report/<int:pk>/activities/", reporting.activity_history, name="activity_history"),
    path(f"{DUTIES}report/<int:pk>/activities/<int:type_pk>/", reporting.report_activity, name="report_activity"),
    path(f"{DUTIES}report/<int:pk>/recorded/<int:activity_pk>/", reporting.activity_recorded, name="activity_recorded"),
    path(
        f"{DUTIES}report/<int:pk>/recorded/<int:activity_pk>/withdraw/",
        reporting.withdraw_report,
        name="withdraw_report",
    ),
    path(f"{DUTIES}manage/by-number/", finding.manage_by_number, name="manage_by_number"),
    path(f"{DUTIES}manage/search/", finding.manage_by_search, name="manage_by_search"),
    path(f"{DUTIES}manage/<int:pk>/", managing.manage_cas, name="manage_cas"),
    path(f"{DUTIES}manage/<int:pk>/note/", managing.edit_note, name="edit_note"),
    path(f"{DUTIES}manage/<int:pk>/fees/", managing.update_fees, name="update_fees"),
    path(f"{DUTIES}manage/<int:pk>/withdraw/", managing.withdraw_cas, name="withdraw_cas"),
    path(f"{DUTIES}manage/<int:pk>/saved/<slug:what>/", managing.duty_saved, name="duty_saved"),
    path(f"{DUTIES}found/<slug:key>/", finding.found_duties, name="found_duties"),
    path(f"{DUTIES}found/<slug:key>/change/", finding.change_duties_search, name="change_duties_search"),
]
