"""The refusals of the rules about files. A code is never changed or reused."""

from sms.core.refused import Refusal

# Exports
NOTHING_TO_EXPORT = Refusal("files.nothing_to_export", 422, "There is nothing to export: no CAS is left here.")
NONE_IN_THE_PERIOD = Refusal("files.none_in_the_period", 422, "{none}.")
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
USER_DEACTIVATED = Refusal("files.user_deactivated", 403, "The user who asked for this import has been deactivated.")
USER_NO_LONGER_SEES = Refusal(
    "files.user_no_longer_sees", 403, "The user who asked for this import can no longer see this file."
)
WORKED_ON_NOW = Refusal("files.worked_on_now", 409, "This file is being checked or imported. Wait until that ends.")
ANOTHER_LICENCE = Refusal(
    "files.another_licence", 422, "The file is for the sponsor licence {number}, which is not yours."
)
NOT_ALL_GOOD = Refusal("files.not_all_good", 409, "Nothing was imported: {number} of the records cannot be imported.")
NOTHING_TO_IMPORT = Refusal("files.nothing_to_import", 422, "There is nothing to import with these choices.")
NOTHING_IN_THE_FILE = Refusal(
    "files.nothing_in_the_file", 422, "No record of the file can be imported. Correct the file, and send it again."
)
ANOTHER_ROUTE = Refusal("files.another_route", 422, "This record is for the {route} route, but the file is not.")
ROUTE_SET_ALREADY = Refusal("files.route_set_already", 409, "The route of this file has been set already.")
NO_ROUTE = Refusal("files.no_route", 422, "Select the route of the CAS in this file.")
OPERATION_FIXED = Refusal(
    "files.operation_fixed", 409, "The file itself says what it is for. It cannot be used for anything else."
)

# A record about a CAS that exists
NO_CAS_GIVEN = Refusal("files.no_cas_given", 422, "Enter the CAS number or the Applicant ID.")
NO_NUMBER_GIVEN = Refusal("files.no_number_given", 422, "Enter the CAS number.")
NO_CAS_NUMBER = Refusal(
    "files.no_cas_number", 422, "This is not a CAS number. It has 14 characters, and begins with E4."
)
NOTHING_TO_RECORD = Refusal(
    "files.nothing_to_record", 422, "Enter the date of application, the decision, or how the application was closed."
)
DECIDED_OR_CLOSED = Refusal(
    "files.decided_or_closed", 422, "An application is either decided or closed. Empty the cells of one of them."
)
NO_CAS_FOUND = Refusal("files.no_cas_found", 404, "No CAS was found.")
SEVERAL_CAS_OF_APPLICANT = Refusal(
    "files.several_cas_of_applicant", 409, "Several CAS have this Applicant ID. Enter the CAS number instead."
)
ANOTHER_APPLICANT = Refusal(
    "files.another_applicant", 409, "The CAS with this number has another Applicant ID. Correct one of them."
)
CAS_TWICE_IN_THE_FILE = Refusal(
    "files.cas_twice_in_the_file", 409, "This CAS is also at {place}. Keep only one of the records."
)
NO_FEES_GIVEN = Refusal("files.no_fees_given", 422, "Enter at least one fee to update.")
FEE_NOT_ASKED = Refusal("files.fee_not_asked", 422, "{subject} does not apply to this CAS. The value was left out.")

# Warnings about a record
EXISTS_ALREADY = Refusal("files.exists_already", 409, "A CAS for this applicant and course exists already.")
TWICE_IN_THE_FILE = Refusal("files.twice_in_the_file", 409, "The same record is also at {place}.")
DOES_NOT_APPLY = Refusal(
    "files.does_not_apply", 422, "{subject} does not apply to the {route} route. The value was left out."
)
WARNED = Refusal("files.warned", 422, "{warning}.")

# A sheet that is refused as a whole
EMPTY_FILE = Refusal(
    "files.empty_file", 422, "The file is empty. Choose a file with a row of headings and your records."
)
NOT_A_SHEET = Refusal(
    "files.not_a_sheet", 422, "This file is no sheet. Choose an Excel workbook (.xlsx) or a CSV file (.csv)."
)
OTHER_FILE = Refusal(
    "files.other_file", 422, "This is not an XML, CSV or Excel file. Choose a file that ends in .xml, .csv or .xlsx."
)
OTHER_WORKBOOK = Refusal(
    "files.other_workbook",
    422,
    "This workbook has an older or another format, such as .xls, .xlsb or .ods. Save it as an Excel workbook (.xlsx), "
    "and choose that file.",
)
WORKBOOK_HAS_PASSWORD = Refusal(
    "files.workbook_has_password",
    422,
    "This workbook has a password. Remove the password, and save the workbook again.",
)
WORKBOOK_HAS_MACROS = Refusal(
    "files.workbook_has_macros",
    422,
    "This workbook has macros. Save it as an Excel workbook without macros (.xlsx), and choose that file.",
)
WORKBOOK_HAS_LINKS = Refusal(
    "files.workbook_has_links",
    422,
    "This workbook has links to other workbooks. In Excel, break the links under Data, then save the workbook again.",
)
WORKBOOK_TOO_LARGE = Refusal(
    "files.workbook_too_large",
    422,
    "This workbook is too large when it is unpacked. Copy your records into our template without formatting, "
    "or divide them between several files.",
)
WORKBOOK_DAMAGED = Refusal(
    "files.workbook_damaged",
    422,
    "This workbook cannot be read. Open it in Excel, save it again, and choose that file.",
)
NO_VISIBLE_SHEET = Refusal(
    "files.no_visible_sheet", 422, "This workbook has no visible sheet. Show the sheet with your records."
)
FILE_CUT_OFF = Refusal("files.file_cut_off", 422, "The file ends in the middle of a character. Save it again.")
QUOTES_DO_NOT_MATCH = Refusal(
    "files.quotes_do_not_match",
    422,
    "Row {row}: a quotation mark is missing, so this row and the rows after it cannot be read. Save the file again in "
    "Excel, or correct the row.",
)
TOO_MANY_COLUMNS = Refusal(
    "files.too_many_columns", 422, "The sheet has more than {most} columns. Delete some of them."
)
TOO_MANY_RECORDS = Refusal(
    "files.too_many_records", 422, "The file has more than {most} records. Divide them between several files."
)
NO_HEADING_KNOWN = Refusal(
    "files.no_heading_known",
    422,
    "Row {row} must have the headings of the columns. None of its headings is known. Use the headings of our template.",
)
HEADING_TWICE = Refusal(
    "files.heading_twice", 422, "Columns {first} and {second} are both “{heading}”. Delete one of them."
)

# A column that is not read: a warning
COLUMN_NOT_READ = Refusal("files.column_not_read", 422, "The column “{heading}” is not read.")
HEADING_UNCLEAR = Refusal(
    "files.heading_unclear", 422, "The column “{heading}” is not read, because it can be {meanings}. Write one of them."
)

# A row or a cell that is refused
ROW_TOO_SHORT = Refusal(
    "files.row_too_short", 422, "This row has {cells} cells, but there are {headings} headings. Add the missing cells."
)
ROW_TOO_LONG = Refusal(
    "files.row_too_long",
    422,
    "This row has {cells} cells, but there are {headings} headings. Put quotation marks around a value that has a "
    "comma, a semicolon or a tab in it.",
)
CHARACTER_NOT_KEPT = Refusal(
    "files.character_not_kept", 422, "This cell contains a character that cannot be kept. Type its text again."
)
CELL_TOO_LONG = Refusal("files.cell_too_long", 422, "This cell has more than {most} characters. Shorten it.")
FORMULA_ERROR = Refusal(
    "files.formula_error", 422, "This cell shows the error {error} instead of a value. Correct its formula."
)
NUMBER_SHORTENED = Refusal(
    "files.number_shortened",
    422,
    "Excel has shortened this number, so its last figures are lost. Format the column as text, then type it again.",
)
DATE_INSTEAD_OF_TEXT = Refusal(
    "files.date_instead_of_text",
    422,
    "Excel has changed this text to a date. Format the column as text, then type it again.",
)

# Faults of a file in XML.
NOT_XML = Refusal(
    "files.not_xml", 422, "The file is not complete XML: reading stopped at line {line}. Export it again."
)
DOCUMENT_TYPE = Refusal(
    "files.document_type", 422, "The file has a document type (DOCTYPE) or entities. Export it again without them."
)
ENCODING = Refusal("files.encoding", 422, "The file is not in UTF-8 or ISO-8859-1. Save it in one of them.")
TOO_DEEP = Refusal("files.too_deep", 422, "The file has too many elements inside each other, at line {line}.")
TOO_LONG_RECORD = Refusal(
    "files.too_long_record", 422, "The record near line {line} is longer than any record can be. Correct the file."
)
UNKNOWN_ROOT = Refusal(
    "files.unknown_root", 422, "The file begins with “{root}”, which is not a bulk file that this portal can read."
)
NO_HEADER = Refusal("files.no_header", 422, "The file has no “{header}” before its records.")
WRONG_HEADER = Refusal("files.wrong_header", 422, "The header of the file is not right. {fault}")
WRONG_CATEGORY = Refusal(
    "files.wrong_category", 422, "The category of the file is “{category}”, but its {place} is “{value}”."
)

# Faults of form of a record in XML.
NOT_EXPECTED = Refusal("files.not_expected", 422, "Element “{element}” is not expected in “{parent}”.")
OUT_OF_ORDER = Refusal(
    "files.out_of_order", 422, "Element “{element}” is in the wrong place. Here, “{parent}” can have {expected}."
)
MISSING_ELEMENT = Refusal("files.missing_element", 422, "Element “{element}” is missing from “{parent}”.")
WRONG_FORM = Refusal("files.wrong_form", 422, "{subject} must be {form}.")
WRONG_CHARACTERS = Refusal(
    "files.wrong_characters", 422, "{subject} has characters that a file of schema v2.1 cannot carry: {characters}."
)
TOO_LONG = Refusal("files.too_long", 422, "{subject} must be {size:,} characters or fewer. It is {length:,} now.")
EMPTY_ELEMENT = Refusal("files.empty_element", 422, "{subject} is empty. Leave its element out, or fill it in.")
NOT_NIL = Refusal("files.not_nil", 422, "{subject} must not be nil.")
LOOSE_TEXT = Refusal("files.loose_text", 422, "“{element}” has text between its elements.")
UNKNOWN_ATTRIBUTE = Refusal("files.unknown_attribute", 422, "Element “{element}” has an attribute that is not known.")
ANOTHER_FAULT = Refusal("files.another_fault", 422, "Element “{element}” does not follow the schema.")
MORE_FAULTS = Refusal("files.more_faults", 422, "This record has more faults. Correct these first.")
UNKNOWN_REPORT = Refusal(
    "files.unknown_report", 422, "“{report}” is not a report that this portal can read from such a file."
)

# Warnings about a record in XML.
UNKNOWN_ELEMENT = Refusal("files.unknown_element", 422, "Element “{element}” is not in schema v2.1. It was left out.")
TWO_ADDRESSES = Refusal(
    "files.two_addresses",
    422,
    "The address of the work placement differs in “WorkPlacementDetails” and “CourseDetails”. The first one was taken.",
)

# Reasons why a v2.1 file cannot hold a CAS, and what is spelled in another way there.
DEMANDED_BY_SCHEMA = Refusal(
    "files.demanded_by_schema", 422, "A v2.1 file must have “{subject}”, which is not answered."
)
NO_CODE_IN_SCHEMA = Refusal("files.no_code_in_schema", 422, "Schema v2.1 has no code for “{subject}”: {value}.")
NO_SPELLING = Refusal("files.no_spelling", 422, "A v2.1 file cannot carry this value. {warning}.")
SPELLED = Refusal("files.spelled", 422, "{subject} is spelled “{spelling}” in the v2.1 file.")
FAULT_IN_ANSWERS = Refusal("files.fault_in_answers", 422, "The sheet with answers has a fault at {place}: {fault}")
NO_ANSWERS_IN_SHEET = Refusal(
    "files.no_answers_in_sheet", 422, "The sheet with answers has no column “{heading}”, or nothing in it."
)
FILE_TOO_LARGE = Refusal(
    "files.file_too_large", 422, "The file is larger than {most} MB. Divide it into several files."
)
