"""The second factor (specification, section 9)."""

from sms.help.guide import Guide, Step

GUIDE = Guide(
    name="second-factor",
    title="Use a second factor",
    about="Sign in with your password and a code from an app on your phone.",
    is_public=True,
    steps=(
        Step(
            "Enter your code",
            """
            After your password, enter the code that the authenticator app on your phone shows, and select **Continue**.
            Each code works once. If it is refused, wait for the next code.

            If you do not have your phone, enter one of your recovery codes.
            """,
            ("enter_code",),
        ),
        Step(
            "Set it up",
            """
            Install an authenticator app on your phone: any app of this kind works. Let it scan the picture on the page,
            or enter the key. Enter the code that the app then shows, and select **Turn on**.

            Caseworkers must have a second factor. An organisation can require it of all its users.
            """,
            ("set_up_second_factor",),
        ),
        Step(
            "Keep your recovery codes",
            """
            Print or copy the recovery codes. They are shown only once. Each works once, instead of a code of the app.

            If few are left, select **Make new recovery codes** on **Your profile**. The earlier codes then no longer
            work.
            """,
            ("recovery_codes",),
        ),
        Step(
            "Replace the app, or turn it off",
            """
            If you have a new phone, select **Replace the app** on **Your profile**. If your organisation does not
            require a second factor, you can also select **Turn off**.
            """,
            ("turn_off_second_factor",),
        ),
        Step(
            "Require it for all users",
            """
            A Level 1 user can decide that all users of the organisation must have a second factor. On **Your profile**,
            select **Change who must have it**.
            """,
            ("second_factor_policy",),
        ),
        Step(
            "Confirm that it is you",
            """
            Before you do what cannot be undone, such as withdrawing a CAS, and before you change how another user signs
            in, the portal can ask for your password or code again. You then continue where you were, with everything
            that you typed.
            """,
            ("confirm",),
        ),
    ),
)
