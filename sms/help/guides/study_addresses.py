"""Pre-stored study addresses (manual 6)."""

from sms.help.guide import Guide, Step

GUIDE = Guide(
    name="study-addresses",
    title="Manage study addresses",
    about="Store the addresses where you teach, so that all users can choose them on the CAS form.",
    is_for_level_1=True,
    steps=(
        Step(
            "See the addresses",
            """
            On **Students**, select **Study addresses**. Select **Add an address** to add one, or **Edit** or **Delete**
            beside an address.
            """,
            ("study_addresses",),
        ),
        Step(
            "Add or edit an address",
            """
            Give the address a name by which users will know it, enter its lines, and select **Save**. Existing CAS do
            not change: they keep their own copy of the address.
            """,
            ("add_study_address", "edit_study_address"),
        ),
        Step(
            "Delete an address",
            """
            Select **Delete** to confirm, or **Keep it**. Users can then no longer choose the address. CAS that use it
            do not change.
            """,
            ("delete_study_address",),
        ),
    ),
)
