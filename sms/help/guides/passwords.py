"""Passwords and the own profile (manual 1)."""

from sms.help.guide import Guide, Step

GUIDE = Guide(
    name="passwords",
    title="Passwords and your profile",
    about="Choose, change or replace your password, and see where you are signed in.",
    is_public=True,
    steps=(
        Step(
            "Choose your first password",
            """
            Open the link in the email that you received. It works once, and for 24 hours. Choose a password, and select
            **Choose this password**.

            A password must be long enough, and must not be one that many people use. A few words that do not belong
            together make a good password. Do not use a password that you use elsewhere.
            """,
            ("password_link", "choose_password"),
        ),
        Step(
            "Replace a forgotten password",
            """
            On the sign-in page, select **Forgotten your password?** Enter your User ID or your email address, and
            select **Send the link**.

            If no email arrives, look among unwanted emails, and check what you entered. Then ask a Level 1 user of your
            organisation. If you are a caseworker, ask another caseworker.
            """,
            ("forgotten_password", "password_link_sent"),
        ),
        Step(
            "Change your password",
            """
            On **Your profile**, select **Change Password**. Enter the old and the new password, and select
            **Change Password**. You stay signed in here, and are signed out in all other browsers.
            """,
            ("change_password",),
        ),
        Step(
            "See and change your profile",
            """
            **Your profile** shows your details, your second factor and where you are signed in.

            To change your email address, enter the new address and select **Send the link**. The change takes effect
            when you open the link in the email and confirm.

            The portal emails you when your password, your email address or your second factor changes. If you did not
            change it, contact a Level 1 user, another caseworker or the Home Office at once, as the email says.
            """,
            ("profile", "change_email", "keep_email", "confirm_email"),
        ),
        Step(
            "Sign out everywhere",
            """
            If a browser under **Where you are signed in** is not yours, select **Sign out everywhere**, and change your
            password. You stay signed in here.
            """,
            ("sign_out_everywhere",),
        ),
    ),
)
