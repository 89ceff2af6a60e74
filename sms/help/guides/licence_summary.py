"""The licence summary (manual 2)."""

from sms.help.guide import Guide, Step

GUIDE = Guide(
    name="licence-summary",
    title="See the licence summary",
    about="See what the Home Office has recorded about your licence, your routes and your allocations.",
    is_for_level_1=True,
    steps=(
        Step(
            "Read the summary",
            """
            Select **Licence summary, applications and services** at the top of any page. It shows the licence and its
            status, the organisation, the key people, the routes with their ratings, and the allocations.

            Of each allocation you see the limit, how many places are used, and how many remain. The links under
            **Requests and services** are for what you ask of the Home Office.
            """,
            ("licence_summary",),
        ),
        Step(
            "See the history",
            """
            **The whole history of the licence** lists every change, the newest first: who made it, when, and the
            values before and after.
            """,
            ("licence_history",),
        ),
        Step(
            "See allocations that are about to expire",
            """
            **Allocations about to expire** lists allocations that end within 3 months. Unused places end with the last
            day. Select **Request renewal of annual CoS/CAS allocations** to ask for the next year.
            """,
            ("expiring_allocations",),
        ),
        Step(
            "Answer an action plan",
            """
            **Action plan details** shows what to improve, and the fee. Select whether you accept the plan, and then
            **Send the answer**. You cannot change your answer.

            You pay the fee outside the portal. The payment appears here when a caseworker has recorded it.
            """,
            ("action_plan",),
        ),
    ),
)
