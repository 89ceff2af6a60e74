"""Signing in and out."""

from sms.help.guide import Guide, Step

GUIDE = Guide(
    name="sign-in",
    title="Sign in and sign out",
    about="Sign in with your User ID and your password.",
    is_public=True,
    steps=(
        Step(
            "Sign in",
            """
            Enter your **User ID** and your **Password**, and select **Sign in**. Capital letters count in the password.

            After 3 wrong tries, you must wait 30 minutes before you can sign in. A Level 1 user of your organisation
            can unlock a Level 2 user at once. A caseworker can unlock any user.

            If you have forgotten your password, select **Forgotten your password?** If you have no User ID, ask a
            Level 1 user of your organisation.
            """,
            ("account_login",),
        ),
        Step(
            "Stay signed in",
            """
            The portal signs you out after 20 minutes without activity. If JavaScript is on, a message warns you
            2 minutes before.

            We keep what you typed. When you sign in again, you are back on the same page, with everything you typed.
            """,
        ),
        Step(
            "Sign out",
            """
            Select **Sign out** at the top of any page. Always sign out on a computer that other people use.

            If a page asks you to confirm, select **Sign out** again, or **Stay signed in** to go back.
            """,
            ("account_logout",),
        ),
    ),
)
