"""Managing users (manual 1)."""

from sms.help.guide import Guide, Step

GUIDE = Guide(
    name="users",
    title="Manage Level 1 and 2 users",
    about="Add users, change their details, and stop users from signing in.",
    is_for_level_1=True,
    steps=(
        Step(
            "See the users",
            """
            Select **Users** at the top of any page. The list shows the User ID, the level, the state and the last
            sign-in of each user, and how many CAS they own. Select the name of a user to continue.
            """,
            ("users",),
        ),
        Step(
            "Add a Level 2 user",
            """
            Select **Add a Level 2 user**. Enter the name and the email address, and select **Add user**. The portal
            makes the User ID, and emails the user a link to choose a password.

            A Level 2 user sees only the CAS that they create, and CAS that are transferred to them.
            """,
            ("add_user",),
        ),
        Step(
            "Ask for a Level 1 user",
            """
            Select **Request a new Level 1 user**. The Home Office decides on the request.
            """,
        ),
        Step(
            "See a user",
            """
            The page of a user shows when they signed in and with which kind of browser, whether they have chosen a
            password, and the history. The buttons are those that are possible now.
            """,
            ("user",),
        ),
        Step(
            "Edit a user",
            """
            Select **Edit user profile**, change the name or the email address, and select **Save**. If the email
            address changes, links that were sent to the old address no longer work. An email to the old address says
            so.
            """,
            ("edit_user",),
        ),
        Step(
            "Help a user who cannot sign in",
            """
            - After too many wrong tries, select **Unlock**.
            - If the password is forgotten or was never chosen, select **Send a link to choose a password**. The link
            works once, and for 24 hours.
            - If the phone and the recovery codes are lost, select **Reset second factor**.
            """,
            ("unlock_user", "send_link", "reset_second_factor"),
        ),
        Step(
            "Deactivate a user",
            """
            Select **Deactivate**. If the user owns CAS or batches, you can choose a new owner for them at the same
            time. The user is signed out at once, and can no longer sign in.

            You cannot deactivate the last Level 1 user.
            """,
            ("deactivate_user",),
        ),
        Step(
            "Reactivate a user",
            """
            Select **Reactivate** on the page of a Level 2 user. Only the Home Office can reactivate a Level 1 user.
            """,
            ("reactivate_user",),
        ),
    ),
)
