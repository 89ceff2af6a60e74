"""Requests to the Home Office (manuals 2 and 3)."""

from sms.help.guide import Guide, Step

GUIDE = Guide(
    name="requests",
    title="Make requests to the Home Office",
    about="Ask for more CAS, the next year’s allocation, changes to the licence, or services.",
    is_for_level_1=True,
    steps=(
        Step(
            "Ask for more CAS",
            """
            On the licence summary, select **Request CoS/CAS increase**. For the route, select **Request an increase**.

            While your compliance rating is amber, requests for an increase are frozen: you can save them, but not
            submit them.
            """,
            ("request_increase",),
        ),
        Step(
            "Ask for the next year’s allocation",
            """
            Select **Request renewal of annual CoS/CAS allocations**. It opens 3 months before an allocation expires.
            For the route, select **Request renewal**.
            """,
            ("request_renewal",),
        ),
        Step(
            "Ask for changes to the licence",
            """
            Select **Request changes to licence details**. Here you can change organisation details, replace or amend
            key people, request a new Level 1 user, or surrender a route or the licence.

            If you surrender a route, its live CAS are cancelled. The request shows how many that would be. This cannot
            be undone after the Home Office grants it.
            """,
            ("request_changes",),
        ),
        Step(
            "Apply for services",
            """
            Select **Apply for or renew services**. Here you apply for a Basic Compliance Assessment, and for premium
            customer service. You pay their fees outside the portal.
            """,
            ("request_services",),
        ),
        Step(
            "Fill in and save the request",
            """
            Answer the questions, give your reasons, and select **Save**. The Home Office does not see a saved request.
            To change or delete it, select **Change** or **Delete** beside it.
            """,
            ("add_request", "add_request_for_route", "edit_request", "delete_request"),
        ),
        Step(
            "Submit",
            """
            Return to the page where you started the request, and select **Submit**. It submits all requests that are
            saved there.
            """,
        ),
        Step(
            "Follow the request",
            """
            **Applications and renewals tracking** lists all requests with their status. Select a request to see what
            you asked for, the decision of the Home Office, and the history.
            """,
            ("licence_requests", "licence_request"),
        ),
        Step(
            "Withdraw a request",
            """
            Until the Home Office decides, you can select **Withdraw** on the page of the request, and confirm. You
            cannot undo this, but you can make a new request.
            """,
            ("withdraw_request",),
        ),
    ),
)
