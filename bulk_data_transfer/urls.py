"""The addresses of files in and out."""

from __future__ import annotations

from django.urls import path

from bulk_data_transfer.views import exporting

EXPORTS = "students/exports/"

urlpatterns = [
    path(EXPORTS, exporting.exports, name="exports"),
    path(f"{EXPORTS}selected/", exporting.export_selected, name="export_selected"),
    path(f"{EXPORTS}batch/<int:pk>/", exporting.export_batch, name="export_batch"),
    path(f"{EXPORTS}columns/<int:pk>/delete/", exporting.delete_column_choice, name="delete_column_choice"),
    path(f"{EXPORTS}<slug:key>/", exporting.export, name="export"),
    path(f"{EXPORTS}<slug:key>/state/", exporting.export_state, name="export_state"),
    path(f"{EXPORTS}<slug:key>/cancel/", exporting.cancel_export, name="cancel_export"),
    path(f"{EXPORTS}<slug:key>/file/", exporting.fetch_export, name="fetch_export"),
]
