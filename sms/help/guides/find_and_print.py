"""Finding, seeing and printing CAS (manual 6)."""

from sms.help.guide import Guide, Step

GUIDE = Guide(
    name="find-and-print-cas",
    title="Find, view and print CAS",
    about="Find a CAS, see its details and history, and print one or many as PDFs.",
    steps=(
        Step(
            "Use the search box",
            """
            The box at the top of every page takes a CAS number, a name, an Applicant ID, a passport number or the name
            of a batch. Enter it, and select **Find**. The results say what each CAS was found by.

            If only one CAS or batch matches, it opens at once. A Level 2 user finds only what they created, or what was
            transferred to them.
            """,
            ("search_box",),
        ),
        Step(
            "Search by other details",
            """
            On **Students**, select **Search for CAS**. Fill in one or more fields. More details give fewer results. For
            a name, you can enter only its beginning. Select **Next**.

            If nothing is found, what you typed stays on the page, so that you can change it.
            """,
            ("search_cas",),
        ),
        Step(
            "Choose from the results",
            """
            The newest CAS come first. Select a status above the list to see only those CAS, or the heading of a column
            to sort by it. Select the name of a student to continue.

            **Change the search** shows what you entered, so that you can correct it.

            To work with several CAS, select them, and then a button below the list. To leave out a few, select all, and
            then clear those. **Keep the selection** keeps what is selected while you turn pages.
            """,
            ("found_cas", "change_search"),
        ),
        Step(
            "See all CAS",
            """
            **All CAS** lists every CAS that you may see. Select a status to see only those. Select several CAS to
            assign, print, export, report on or delete them with the buttons below the list.
            """,
            ("cas_list",),
        ),
        Step(
            "See a CAS",
            """
            The page of a CAS shows its status, its details and its history: who changed what, and when. The buttons
            are those that its status allows.

            - **Copy into a new CAS** starts another CAS with the same answers, except those that you must give again.
            - **Save as course template** keeps the details of the course for other CAS.
            - **Put into a batch** adds a CAS that is not assigned to a batch.
            - **Manage live CAS** and **Report activity** are for assigned CAS.
            """,
            ("cas",),
        ),
        Step(
            "See the live CAS affected by a rule",
            """
            A list such as **Live CAS affected** contains assigned CAS that a rule of the Home Office affects at
            present. Its text explains the rule. Only Level 1 users see it.
            """,
            ("standing_list",),
        ),
        Step(
            "Print",
            """
            Select **Print** on the page of a CAS or a batch. To print several CAS, select them in a list, and then
            **Print**.

            One CAS opens as a PDF at once. Many CAS are printed in the background, as PDFs of up to 100 CAS each in one
            ZIP file.
            """,
            ("print_cas", "print_selected", "print_batch"),
        ),
        Step(
            "Collect a printout",
            """
            You can leave the page while the printout is made. Find it again on **Students**, under **Printouts**. Only
            you can see your printouts. They are kept for 7 days.

            Select **Open the PDF** or **Download the ZIP file**. While it is being made, you can select
            **Cancel printing**.
            """,
            ("printouts", "printout", "cancel_printout"),
        ),
    ),
)
