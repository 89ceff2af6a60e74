"""The addresses of files in and out."""

from __future__ import annotations

from django.conf import settings
from django.urls import path

from bulk_data_transfer.views import exporting, published, results, uploading

EXPORTS = "students/exports/"
FILES = settings.FILES_PATH.lstrip("/")

urlpatterns = [
    path(EXPORTS, exporting.exports, name="exports"),
    path(f"{EXPORTS}selected/", exporting.export_selected, name="export_selected"),
    path(f"{EXPORTS}batch/<int:pk>/", exporting.export_batch, name="export_batch"),
    path(f"{EXPORTS}compliance/<slug:name>/<slug:part>/", exporting.export_compliance, name="export_compliance"),
    path(f"{EXPORTS}columns/<int:pk>/delete/", exporting.delete_column_choice, name="delete_column_choice"),
    path(f"{EXPORTS}<slug:key>/", exporting.export, name="export"),
    path(f"{EXPORTS}<slug:key>/state/", exporting.export_state, name="export_state"),
    path(f"{EXPORTS}<slug:key>/cancel/", exporting.cancel_export, name="cancel_export"),
    path(f"{EXPORTS}<slug:key>/file/", exporting.fetch_export, name="fetch_export"),
    path(f"{EXPORTS}<slug:key>/left-out/", exporting.fetch_left_out, name="fetch_left_out"),
    path(FILES, uploading.uploads, name="uploads"),
    path(f"{FILES}paste/", uploading.paste_upload, name="paste_upload"),
    path(f"{FILES}<slug:key>/operation/", uploading.change_operation, name="change_operation"),
    path(f"{FILES}formats/", published.formats, name="formats"),
    path(f"{FILES}formats/codes/", published.result_codes, name="result_codes"),
    path(f"{FILES}formats/schema/", published.fetch_schema, name="fetch_schema"),
    path(f"{FILES}formats/template/<str:route>/", published.fetch_template, name="fetch_template"),
    path(f"{FILES}formats/changes/<slug:operation>/", published.fetch_template_of_changes, name="template_of_changes"),
    path(f"{FILES}formats/example/<str:route>/", published.fetch_example, name="fetch_example"),
    path(f"{FILES}<slug:key>/results/<slug:file_format>/", results.export_results, name="export_results"),
    path(f"{FILES}<slug:key>/", uploading.upload, name="upload"),
    path(f"{FILES}<slug:key>/state/", uploading.upload_state, name="upload_state"),
    path(f"{FILES}<slug:key>/check/", uploading.check_upload, name="check_upload"),
    path(f"{FILES}<slug:key>/import/", uploading.import_upload, name="import_upload"),
    path(f"{FILES}<slug:key>/cancel/", uploading.cancel_upload, name="cancel_upload"),
    path(f"{FILES}<slug:key>/records/<slug:group>/", uploading.upload_records, name="upload_records"),
]
