"""The register of agents (specification, section 8)."""

from sms.help.guide import Guide, Step

GUIDE = Guide(
    name="agents",
    title="Manage agents",
    about="Keep a register of the agents who recruit your students. All users choose from it on the CAS form.",
    steps=(
        Step(
            "See the register",
            """
            On **Students**, select **Agents**. Enter the name of an agency or a part of it, and select **Search**.

            All users see the register. Only Level 1 users change it.
            """,
            ("agents",),
        ),
        Step(
            "See an agent",
            """
            The page of an agent shows its details, its history, and the CAS for which it was chosen from the register.
            """,
            ("agent",),
        ),
        Step(
            "Add or edit an agent",
            """
            Select **Add an agent**, or **Edit** on the page of an agent. Enter the details, and select **Save**.

            Existing CAS keep the details that they have. If an agent is now another agency, retire it and add the new
            agency.
            """,
            ("add_agent", "edit_agent"),
        ),
        Step(
            "Retire or reinstate an agent",
            """
            Select **Retire** on the page of an agent, and confirm. Users can then no longer choose it. Existing CAS do
            not change.

            To make it available again, find it among the agents that are **Retired**, and select **Reinstate**.
            """,
            ("retire_agent", "reinstate_agent"),
        ),
    ),
)
