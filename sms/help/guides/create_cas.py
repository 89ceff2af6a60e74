"""Creating a single CAS (manual 4, guide 1)."""

from sms.help.guide import Guide, Step

GUIDE = Guide(
    name="create-a-cas",
    title="Create a CAS",
    about="Enter the details of one student and their course. You can save at any time and complete the CAS later.",
    steps=(
        Step(
            "Start from Students",
            """
            **Students** is where all work on CAS starts. It shows your allocation, what needs your attention, and the
            work that you have not finished.

            Select **Create CAS**. If you started a CAS earlier, find it under **Continue where you left off**.
            """,
            ("students",),
        ),
        Step(
            "Choose the route",
            """
            Select Student or Child Student, and then **Next**. You can choose only the routes of your licence. If there
            is only one, the portal skips this screen.

            You cannot change the route of a CAS later.
            """,
            ("create_route",),
        ),
        Step(
            "Choose what to create",
            """
            Select **Create new single CAS**, and then **Next**.

            - To create several CAS and pay for them together, select **Create new batch of CAS**.
            - To edit or delete a CAS that you saved earlier, select **Find an existing single CAS**.
            """,
            ("create_kind",),
        ),
        Step(
            "Enter the details",
            """
            Only the **Family name** is mandatory to save. All other mandatory fields must be complete before you can
            assign the CAS. The list of sections shows how many are left in each.

            Some answers make other fields mandatory. The form then shows these fields, and counts them.

            - To fill in the details of a course, choose a template under **Course template, by Course ID or title**.
            - To fill in the main study address, choose a **Pre-stored address**.
            - To fill in an agent, choose the agent in the section about agents.

            Without JavaScript, also select **Use this template**, **Use this address** or **Use this agent**. You can
            change everything that is filled in.

            While you type, the portal keeps a private copy of your work. The CAS itself does not change until you save.

            Select **Save**. To enter the next student of the same course, select **Save and add the next** instead.
            If a value is not valid, nothing is saved: correct the fields in the list at the top, and save again.
            """,
            ("create_cas",),
        ),
        Step(
            "Check the saved CAS",
            """
            **Confirmation of saved CAS** shows what you saved, and the status:

            - WORK IN PROGRESS: a mandatory field is missing
            - READY TO GO: the CAS is complete, and you can assign it

            Select **Amend** to change the details, **Delete** to delete the CAS, or **Assign** to pay for it and get
            its CAS number. If **Assign** is not available, the page lists what to complete, with a link to each field.

            **Check these details** lists what may be wrong, such as a spelling that differs from the passport. You can
            use the spelling that it offers, or continue without a change.
            """,
            ("saved_cas", "take_spelling"),
        ),
    ),
)
