"""The refusals of the rules about files. A code is never changed or reused."""

from sms.core.refused import Refusal

# Exports
NOTHING_TO_EXPORT = Refusal("files.nothing_to_export", 422, "There is nothing to export. Select at least one record.")
TOO_MANY_TO_EXPORT = Refusal(
    "files.too_many_to_export", 422, "You can export up to {most} records at a time. Choose fewer."
)
EXPORT_NOT_FOUND = Refusal("files.export_not_found", 404, "No export was found. Unfinished exports are kept for a day.")
EXPORTED_ALREADY = Refusal("files.exported_already", 409, "The format of this export has been chosen already.")
COLUMN_CHOICE_NOT_FOUND = Refusal(
    "files.column_choice_not_found", 404, "No choice of columns was found. Another user has deleted it."
)
TOO_MANY_COLUMN_CHOICES = Refusal(
    "files.too_many_column_choices", 422, "Your sponsor can save up to {most} choices of columns. Delete one first."
)

# Uploads
UPLOAD_NOT_FOUND = Refusal("files.upload_not_found", 404, "No file was found.")
FILE_ID_SPENT = Refusal(
    "files.file_id_spent",
    409,
    "The file ID “{file_id}” has been used already. Give the file another file ID, and send it again.",
)
NOT_CHECKED = Refusal("files.not_checked", 409, "Check the file first.")
IMPORTED_ALREADY = Refusal("files.imported_already", 409, "This file has been imported already.")
FILE_NO_LONGER_KEPT = Refusal("files.file_no_longer_kept", 409, "This file is no longer kept. Send it again.")
WORKED_ON_NOW = Refusal("files.worked_on_now", 409, "This file is being checked or imported. Wait until that ends.")
ANOTHER_LICENCE = Refusal(
    "files.another_licence", 422, "The file is for the sponsor licence {number}, which is not yours."
)
NOT_ALL_GOOD = Refusal(
    "files.not_all_good", 409, "Nothing was imported, because {number} records can no longer be imported."
)
NOTHING_TO_IMPORT = Refusal("files.nothing_to_import", 422, "There is nothing to import with these choices.")
ANOTHER_ROUTE = Refusal("files.another_route", 422, "This record is for the {route} route, but the file is not.")
NO_ROUTE = Refusal("files.no_route", 422, "Select the route of the CAS in this file.")

# Warnings about a record
EXISTS_ALREADY = Refusal("files.exists_already", 409, "A CAS for this applicant and course exists already.")
TWICE_IN_THE_FILE = Refusal("files.twice_in_the_file", 409, "The same record is also at {place}.")
DOES_NOT_APPLY = Refusal(
    "files.does_not_apply", 422, "{subject} does not apply to the {route} route. The value was left out."
)
WARNED = Refusal("files.warned", 422, "{warning}.")
