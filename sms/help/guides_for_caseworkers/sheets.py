"""Applications and decisions from a sheet."""

from sms.help.guide import Guide, Step

GUIDE = Guide(
    name="decisions-from-a-sheet",
    title="Record many decisions from a sheet",
    about="Record applications and decisions about many CAS with one file.",
    steps=(
        Step(
            "Send the sheet",
            """
            Select **CAS and orders**, and then **Decisions from a sheet**. The page says which columns the sheet needs.
            It can be CSV or Excel (XLSX). Select **Choose a file**, and then **Send**. Nothing changes yet.

            The page also lists the files that caseworkers sent before.
            """,
            ("uploads",),
        ),
        Step(
            "Or paste a list",
            """
            Select **Paste a list of CAS instead**. Paste CAS numbers, or a table with its headings as copied from a
            sheet, and select **Continue**.
            """,
            ("paste_upload",),
        ),
        Step(
            "Check the records",
            """
            If the sheet lacks the dates or the outcome, you can enter them on the page: they are then for every record.
            Select **Check only**. The check does everything that the import does, and changes nothing.

            It runs in the background. You can leave the page and return.
            """,
            ("upload", "check_upload", "change_operation"),
        ),
        Step(
            "Read what the check found",
            """
            **What the check found** counts the good and the rejected records, and lists the faults by field. Select a
            number to see its records, with the line or cell and what is wrong.

            **All codes of errors and warnings** explains the codes. **Templates and formats** is for sponsors.
            """,
            ("upload_records", "result_codes", "formats"),
        ),
        Step(
            "Import",
            """
            Select which records to import, and then **Import**. You do not send the file again. Decisions cannot be
            undone. Other live CAS of the same individuals that were valid on the day of the decision become OBSOLETE.

            CAS that are perhaps of the same individual stay unchanged. If you must select some of them, leave this CAS
            out of the sheet, and mark it as used on its page instead.
            """,
            ("import_upload",),
        ),
        Step(
            "Stop a check or an import",
            """
            While the file is being checked or imported, the caseworker who started it can select **Stop**. An import
            that is stopped changes nothing.
            """,
            ("cancel_upload",),
        ),
        Step(
            "Get the results as a file",
            """
            **Results as a file** gives you your own columns, with what became of each record. Correct the rejected
            records in that file, and send it again.
            """,
            ("export_results",),
        ),
    ),
)
