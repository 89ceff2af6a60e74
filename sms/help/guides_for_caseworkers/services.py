"""Assessments, premium customer service and action plans."""

from sms.help.guide import Guide, Step, admin

LICENCE = "licences_licence"

GUIDE = Guide(
    name="services-of-sponsors",
    title="Assessments, premium service and action plans",
    about="Record what a sponsor applied for, what was decided, and which fees are paid.",
    steps=(
        Step(
            "Record an application for an assessment",
            """
            On the page of the licence, below **Basic Compliance Assessments**, select **Record an application for a
            Basic Compliance Assessment**. Enter the **Day of the application**. If the sponsor applied in the portal,
            grant its request instead.
            """,
            admin(LICENCE, "assessment"),
        ),
        Step(
            "Record the outcome of an assessment",
            """
            Select **Record the outcome of the assessment**. Select the outcome, and enter the day of the decision. If
            the assessment is failed, empty **Valid until**.
            """,
            admin(LICENCE, "assessment-outcome"),
        ),
        Step(
            "Add a year of premium customer service",
            """
            Below **Premium customer service**, select **Add premium customer service**. Enter the **First day** and the
            **Fee**. The service lasts one year, and years cannot overlap.
            """,
            admin(LICENCE, "premium"),
        ),
        Step(
            "Record that the premium fee is paid",
            """
            The sponsor pays outside the portal. When the money has arrived, select **Record that the premium fee is
            paid**, and enter the day in **Paid on**.
            """,
            admin(LICENCE, "premium-payment"),
        ),
        Step(
            "Issue an action plan",
            """
            Below **Action plan details**, select **Issue an action plan**. Enter what the sponsor must improve, and the
            **Fee**: 0 if there is none. The sponsor sees the plan at once, and accepts or declines it. A sponsor has
            one open action plan at a time.
            """,
            admin(LICENCE, "action-plan"),
        ),
        Step(
            "Record that the fee of an action plan is paid",
            """
            When the sponsor has accepted the plan and has paid, select **Record that the action plan fee is paid**.
            """,
            admin(LICENCE, "action-plan-payment"),
        ),
        Step(
            "Record that an action plan is completed",
            """
            Select **Record that the action plan is completed**, and give the reason. The plan must be accepted, and any
            fee paid.
            """,
            admin(LICENCE, "action-plan-completed"),
        ),
    ),
)
