"""Editing and deleting a CAS (manual 4, guide 3)."""

from sms.help.guide import Guide, Step

GUIDE = Guide(
    name="edit-or-delete-a-cas",
    title="Edit or delete a CAS",
    about="Change a CAS, or delete it, before it is assigned.",
    steps=(
        Step(
            "Find the CAS",
            """
            On **Students**, select **Create CAS**, choose the route, and select **Find an existing single CAS**. Enter
            what you know about the student or the CAS, and select **Next**.

            If only one CAS matches, it opens at once. If several match, select one in the list.

            You can also open the CAS from a list or a batch, and select **Amend**.
            """,
            ("find_cas",),
        ),
        Step(
            "Edit the CAS",
            """
            Change the details on **Edit an existing CAS**, and select **Save**.

            If another user saved the CAS while you were changing it, a table compares both changes. Check it, and
            select **Save** to keep yours.

            You cannot edit a CAS while it is being paid for, or after it is assigned. For an assigned CAS, add a
            sponsor note or update the fees instead.
            """,
            ("edit_cas",),
        ),
        Step(
            "Delete the CAS",
            """
            Select **Delete**, check that it is the right CAS, and select **Delete** again. To go back, select
            **Keep it**.

            You cannot undo this. The history of the CAS is kept. An assigned CAS cannot be deleted, but a Level 1 user
            can withdraw it.
            """,
            ("delete_cas",),
        ),
        Step(
            "Delete several CAS",
            """
            Select the CAS in a list or in the results of a search, and then **Delete**. The next page lists the CAS
            that you are about to delete, and those that cannot be deleted, with the reason.

            Select **Delete** to confirm, or **Keep them**. You cannot undo this.
            """,
            ("delete_selected",),
        ),
    ),
)
