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
