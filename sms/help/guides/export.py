"""Exports (manual 6; specification, section 11)."""

from sms.help.guide import Guide, Step

GUIDE = Guide(
    name="export",
    title="Export CAS, reports and payments",
    about="Get records as a file for a spreadsheet or for another system.",
    steps=(
        Step(
            "Choose what to export",
            """
            On **Students**, select **Export**. Select what to export. For a period, enter the **First day** and the
            **Last day**. Select **Next**.

            To get only what is new for your own system, select **CAS that have changed**, and leave the days empty.
            """,
            ("exports",),
        ),
        Step(
            "Export some CAS, or a batch",
            """
            Select CAS in a list or in the results of a search, and then **Export**. For a batch, select **Export** on
            **Batch details**. For a number of the compliance figures, select **Export these CAS**.
            """,
            ("export_selected", "export_batch", "export_compliance"),
        ),
        Step(
            "Choose the format and the columns, and collect the file",
            """
            Choose the format. Open **Select columns** to choose columns of your own, and give the choice a name to use
            it again. Select **Export**.

            The file is written in the background: you can leave the page, and find the file again under **Export**. The
            page says for how long it is kept.

            An upload file of schema v2.1 cannot hold every CAS. The page lists those that are left out, and why.
            """,
            ("export",),
        ),
        Step(
            "Cancel an export",
            """
            While the file is being written, the user who started it can select **Cancel the export**.
            """,
            ("cancel_export",),
        ),
        Step(
            "Delete a choice of columns",
            """
            Under **Saved choices of columns**, select **Delete** beside a choice. It is deleted for all users of your
            sponsor. Select **Delete** to confirm, or **Keep it**.
            """,
            ("delete_column_choice",),
        ),
    ),
)
