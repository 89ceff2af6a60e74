"""The addresses of the pages about CAS and their payment."""

from __future__ import annotations

from django.conf import settings
from django.urls import path

from cas.views import assigning, creating, payments, printing, sandbox, students

urlpatterns = [
    path("students/", students.students, name="students"),
    path("students/create-cas/", creating.create_route, name="create_route"),
    path("students/create-cas/<str:route>/", creating.create_kind, name="create_kind"),
    path("students/create-cas/<str:route>/new/", creating.create_cas, name="create_cas"),
    path("students/cas/", students.cas_list, name="cas_list"),
    path("students/cas/<int:pk>/", students.cas_page, name="cas"),
    path("students/cas/<int:pk>/saved/", creating.saved_cas, name="saved_cas"),
    path("students/cas/<int:pk>/edit/", creating.edit_cas, name="edit_cas"),
    path("students/cas/<int:pk>/delete/", creating.delete_cas, name="delete_cas"),
    path("students/cas/<int:pk>/assign/", assigning.assign_cas, name="assign_cas"),
    path("students/cas/<int:pk>/online-payment/", assigning.online_payment, name="online_payment"),
    path("students/cas/<int:pk>/assigned/", assigning.assigned_cas, name="assigned_cas"),
    path("students/cas/<int:pk>/print/", assigning.print_cas, name="print_cas"),
    path("students/print/", printing.print_ticked, name="print_ticked"),
    path("students/batches/<int:pk>/print/", printing.print_batch, name="print_batch"),
    path("students/printouts/", printing.printouts, name="printouts"),
    path("students/printouts/<slug:key>/", printing.printout, name="printout"),
    path("students/printouts/<slug:key>/state/", printing.printout_state, name="printout_state"),
    path("students/printouts/<slug:key>/file/", printing.fetch_printout, name="fetch_printout"),
    path("payments/callback/<str:provider>/", payments.payment_callback, name="payment_callback"),
    path("payments/<slug:reference>/", payments.order_page, name="order"),
    path("payments/<slug:reference>/status/", payments.order_status, name="order_status"),
    path("payments/<slug:reference>/check/", payments.check_order, name="check_order"),
    path("payments/<slug:reference>/continue/", payments.continue_order, name="continue_order"),
    path("payments/<slug:reference>/cancel/", payments.cancel_order, name="cancel_order"),
    path("payments/<slug:reference>/return/", payments.payment_return, name="payment_return"),
]

if settings.DEMO:
    urlpatterns += [path("sandbox/<slug:key>/", sandbox.sandbox_payment, name="sandbox_payment")]
