"""Files with many records (manual 7)."""

from sms.help.guide import Guide, Step

GUIDE = Guide(
    name="bulk-data-transfer",
    title="Use bulk data transfer",
    about="Create CAS, update fees and report about many students with a file or a sheet.",
    steps=(
        Step(
            "Prepare the file",
            """
            **Templates and formats** has a template to fill in for new CAS of each route, and one for each thing that a
            sheet can do with CAS that exist. It also has the formats that the portal understands: Excel (XLSX), CSV,
            XML of the Home Office’s schema v2.1, and XML of our own format.

            The columns of a sheet can be in any order. **All codes of errors and warnings** explains the codes in
            results.
            """,
            ("formats", "result_codes"),
        ),
        Step(
            "Send the file",
            """
            On **Students**, select **Bulk data transfer**. Select **Choose a file**, and then **Send**. Nothing changes
            until you import the file.

            The page also lists the files that were sent before. A file ID can be used for one import only.
            """,
            ("uploads",),
        ),
        Step(
            "Or paste a list of CAS",
            """
            Select **Paste a list of CAS instead**. Paste CAS numbers, or a table with its headings as copied from a
            sheet. Select what the list is for, and then **Continue**.
            """,
            ("paste_upload",),
        ),
        Step(
            "Check only",
            """
            If the file does not say something that CAS need, the page asks you. You can give the same answer for every
            record, give a sheet of answers, or leave it open. Then select **Check only**. To leave open what you
            have not answered, select **Check only, and leave the rest open**.

            The check does everything that the import does, and changes nothing. It runs in the background: you can
            leave the page and return.

            If the portal took the file for something else, open the last line of the page to change what it is for.
            """,
            ("upload", "check_upload", "change_operation"),
        ),
        Step(
            "Read what the check found",
            """
            **What the check found** counts the good, incomplete and rejected records, and lists the faults by field.
            Select a number to see its records, with the line or cell, the value and what is wrong.

            Records with the same applicant and course as an existing CAS, or as an earlier record of the file, are
            counted apart. They are skipped, or created again, as you choose.
            To treat single records the other way, select them, and then **Save the exceptions**.
            """,
            ("upload_records",),
        ),
        Step(
            "Import",
            """
            Choose which records to import: only the good records, nothing unless all are good, or also the incomplete
            records. Select **Import**. You do not send the file again.

            New CAS go into a batch. Incomplete CAS go into a batch of their own, to complete. Nothing is assigned by a
            file: select **Assign the batch** when you are ready to pay.
            """,
            ("import_upload",),
        ),
        Step(
            "Stop a check or an import",
            """
            While the file is being checked or imported, the user who started it can select **Stop**. An import that is
            stopped changes nothing.
            """,
            ("cancel_upload",),
        ),
        Step(
            "Get the results as a file",
            """
            **Results as a file** gives you your own columns, with what became of each record, and the CAS numbers once
            the CAS are assigned. Correct the rejected records in that file, and send it again: records that exist
            already are skipped.
            """,
            ("export_results",),
        ),
    ),
)
