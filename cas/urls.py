"""The addresses of the pages about CAS and their payment."""

from __future__ import annotations

from django.conf import settings
from django.urls import path

from cas.views import (
    addresses,
    assigning,
    assigning_batches,
    batches,
    creating,
    finding,
    payments,
    printing,
    sandbox,
    students,
    transferring,
)

urlpatterns = [
    path("students/", students.students, name="students"),
    path("students/create-cas/", creating.create_route, name="create_route"),
    path("students/create-cas/<str:route>/", creating.create_kind, name="create_kind"),
    path("students/create-cas/<str:route>/new/", creating.create_cas, name="create_cas"),
    path("students/create-cas/<str:route>/find/", finding.find_cas, name="find_cas"),
    path("students/assign-cas/single/", finding.find_cas_to_assign, name="find_cas_to_assign"),
    path("students/search/", finding.search_cas, name="search_cas"),
    path("students/search/<slug:key>/", finding.found_cas, name="found_cas"),
    path("students/search/<slug:key>/change/", finding.change_search, name="change_search"),
    path("students/create-cas/<str:route>/new-batch/", creating.create_batch, name="create_batch"),
    path("students/create-cas/<str:route>/batch/<int:pk>/", creating.add_cas, name="add_cas"),
    path("students/assign-cas/", assigning_batches.assign_kind, name="assign_kind"),
    path("students/assign-cas/batch/", assigning_batches.find_batch, name="find_batch"),
    path("students/assign-cas/batch/<slug:key>/", assigning_batches.found_batches, name="found_batches"),
    path("students/batches/", batches.batches, name="batches"),
    path("students/batches/<int:pk>/", batches.batch_page, name="batch"),
    path("students/batches/<int:pk>/rename/", batches.rename_batch, name="rename_batch"),
    path("students/batches/<int:pk>/take-out/", batches.take_out, name="take_out"),
    path("students/batches/<int:pk>/move/", batches.move_cas, name="move_cas"),
    path("students/batches/<int:pk>/delete/", batches.delete_batch, name="delete_batch"),
    path("students/batches/<int:pk>/assign/", assigning_batches.assign_batch, name="assign_batch"),
    path("students/batches/<int:pk>/online-payment/", assigning_batches.pay_batch, name="pay_batch"),
    path("students/batches/<int:pk>/assigned/", assigning_batches.assigned_batch, name="assigned_batch"),
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
    path("students/transfer/", transferring.transfer_user, name="transfer_user"),
    path("students/transfer/ticked/", transferring.transfer_ticked, name="transfer_ticked"),
    path("students/cas/<int:pk>/transfer/", transferring.transfer_cas, name="transfer_cas"),
    path("students/batches/<int:pk>/transfer/", transferring.transfer_batch, name="transfer_batch"),
    path("students/study-addresses/", addresses.study_addresses, name="study_addresses"),
    path("students/study-addresses/new/", addresses.add_study_address, name="add_study_address"),
    path("students/study-addresses/<int:pk>/", addresses.edit_study_address, name="edit_study_address"),
    path("students/study-addresses/<int:pk>/delete/", addresses.delete_study_address, name="delete_study_address"),
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
