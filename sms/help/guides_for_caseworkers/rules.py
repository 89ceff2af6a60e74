"""The rules that change by date."""

from sms.help.guide import Guide, Step, admin

RULE = "cas_rule"

GUIDE = Guide(
    name="rules",
    title="Change the fee and other rules by date",
    about="Set from which day a new fee, limit, age, compliance band or visa brake is in force.",
    steps=(
        Step(
            "See the rules",
            """
            Select **Settings**, and then **Rules**. The list shows each value, from when until when it is in force, and
            whether it has started. Select a rule to continue.
            """,
            admin(RULE, "changelist"),
        ),
        Step(
            "See the values of a rule",
            """
            **All values of this rule** has its values in the past, today and in the future.
            """,
            admin(RULE, "change"),
        ),
        Step(
            "Set a new value",
            """
            Select **Set a new value**. Enter the value and its first day in **From**: today or later. The text with
            the field says how to write the value.

            A new value changes no status of a CAS. What is assigned from that day on is checked by it. An order keeps
            the fee that it was opened with.
            """,
            admin(RULE, "set"),
        ),
        Step(
            "Remove a value",
            """
            Before a value starts, you can open it and select **Remove this value**. The value before it then stays in
            force. A value that has started stays: set a new value instead.
            """,
            admin(RULE, "remove"),
        ),
    ),
)
