"""Users of sponsors, caseworkers, and their sign-ins."""

from sms.help.guide import Guide, Step, admin

USER = "licences_user"

GUIDE = Guide(
    name="users-of-sponsors",
    title="Users, passwords and sign-ins",
    about="Add users, and help users who cannot sign in. This includes other caseworkers.",
    steps=(
        Step(
            "Find a user",
            """
            Select **Sponsors**, and then **Users**. Search for the name or the User ID. The licence number finds all
            users of a sponsor.
            """,
            admin(USER, "changelist", "find"),
        ),
        Step(
            "Read the page of a user",
            """
            The page shows whether the user may sign in, has chosen a password and has a second factor. **Locked** says
            until when the account is locked. **Latest sign-ins** shows what happened when the user tried.

            You never see or choose the password of another user.
            """,
            admin(USER, "change"),
        ),
        Step(
            "Add a user of a sponsor",
            """
            On the page of the licence, select **Add user**. Enter the name and the email address, and select the **Kind
            of user**. The portal draws the User ID, and emails a link to choose a password. It works once, and for 24
            hours.

            A new sponsor needs at least one Level 1 user. Level 1 users add Level 2 users themselves.
            """,
            admin("licences_licence", "add-user"),
        ),
        Step(
            "Add a caseworker",
            """
            On the list of users, select **Add caseworker**. Caseworkers can read and decide everything. They must set
            up a second factor when they first sign in.
            """,
            admin(USER, "add"),
        ),
        Step(
            "Change the name or the email address",
            """
            Select **Amend**. Before you change an email address, make sure that the user asks for it. Links that were
            sent to the old address no longer work, and the portal emails the old address that it was replaced.
            """,
            admin(USER, "amend"),
        ),
        Step(
            "Unlock an account",
            """
            After 3 wrong tries, an account is locked for 30 minutes. To let the user try again at once, select
            **Unlock**. A browser that has signed in before has its own count, so the user may be able to sign in there.
            """,
            admin(USER, "unlock"),
        ),
        Step(
            "Help a user without a password",
            """
            Select **Send a sign-in link**. The user gets an email with a link to choose a new password. The page of the
            user then shows the **Latest link to choose a password**. If no email arrives, check the email address.
            """,
            admin(USER, "send-link"),
        ),
        Step(
            "Help a user without a phone",
            """
            If the phone and the recovery codes are lost, select **Reset second factor**. First make sure that it is the
            user who asks: until a new second factor is set up, the password alone is enough. The user is signed out at
            once, and gets an email about it.

            You cannot reset your own second factor. Ask another caseworker.
            """,
            admin(USER, "reset-second-factor"),
        ),
        Step(
            "Deactivate a user",
            """
            Select **Deactivate**. The user is signed out at once, and can no longer sign in. Their CAS and batches stay
            theirs until a Level 1 user transfers them.

            You cannot deactivate yourself, or the last active Level 1 user of a sponsor.
            """,
            admin(USER, "deactivate"),
        ),
        Step(
            "Reactivate a user",
            """
            Select **Reactivate**. The user can sign in again with the password that they had.
            """,
            admin(USER, "reactivate"),
        ),
        Step(
            "Look through the sign-ins",
            """
            To look for passwords that are being guessed, select **Sponsors**, and then **Sign-ins**. The list has the
            last 90 days. Select an outcome above the list, such as **Wrong password**, to see fewer.

            Many wrong tries from the same network for different users are a sign of guessing.
            """,
            admin("licences_signin", "changelist", "change"),
        ),
    ),
)
