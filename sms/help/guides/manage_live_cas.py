"""Manage live CAS: sponsor note, fees, withdrawing (manual 5)."""

from sms.help.guide import Guide, Step

GUIDE = Guide(
    name="manage-live-cas",
    title="Manage live CAS",
    about="Add a sponsor note, update fees or withdraw a CAS after it is assigned.",
    steps=(
        Step(
            "Find the CAS",
            """
            On **Sponsorship duties**, select **Manage live CAS by CAS number**, or **Manage live CAS by CAS search** if
            you do not know the number. Enter the number or the details, and select **Next**.

            This finds every CAS that was ever assigned.
            """,
            ("manage_by_number", "manage_by_search"),
        ),
        Step(
            "Choose what to do",
            """
            The buttons are **Report activity**, **Sponsor note**, **Update fees** and **Withdraw CAS**. If the status
            of the CAS does not allow one of them, the page explains why below.

            - **Sponsor note**: ASSIGNED and EXPIRED CAS
            - **Update fees** and **Withdraw CAS**: only ASSIGNED CAS

            The page also shows the details of the CAS, what was reported, and the history.
            """,
            ("manage_cas",),
        ),
        Step(
            "Edit the sponsor note",
            """
            You cannot edit an assigned CAS. Use the sponsor note to say which of its details are wrong or have changed.

            The form starts with the current note. Change it or add to it, and select **Save**. The new text replaces
            the note, and the history keeps every earlier text.
            """,
            ("edit_note",),
        ),
        Step(
            "Update fees",
            """
            Enter the amounts in pounds, such as 1234 or 1234.99, and select **Save**. You can do this until the CAS is
            used. The history keeps the earlier amounts.

            To update the fees of many CAS, send a file with **Bulk data transfer**.
            """,
            ("update_fees",),
        ),
        Step(
            "See what is saved",
            """
            The page shows the note or the fees that are now saved. Select **OK** to return to **Manage live CAS**.
            """,
            ("duty_saved",),
        ),
        Step(
            "Withdraw a CAS",
            """
            Only Level 1 users can withdraw a CAS. Enter the **Reason for withdrawing**, and select **Withdraw CAS**.

            You cannot undo this. The student can no longer apply with the CAS. The fee and the place in your
            allocation are not returned. If sponsorship ends, you may also have to report it.
            """,
            ("withdraw_cas",),
        ),
        Step(
            "Withdraw several CAS",
            """
            Select the CAS in a list, and then **Withdraw**. Only Level 1 users have this button.

            The page names the students who have applied with their CAS, and the CAS that cannot be withdrawn. Enter one
            reason for all of them, and confirm. You cannot undo this.
            """,
            ("withdraw_found", "withdraw_several"),
        ),
    ),
)
