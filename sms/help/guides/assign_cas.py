"""Assigning and paying (manual 4, guides 1, 2, 4 and 5)."""

from sms.help.guide import Guide, Step

GUIDE = Guide(
    name="assign-cas-and-pay",
    title="Assign CAS and pay",
    about="Pay for a CAS, several CAS or a batch. Each CAS gets its CAS number when the payment is complete.",
    steps=(
        Step(
            "Choose what to assign",
            """
            On **Students**, select **Assign CAS**. Select **Assign single CAS** or **Assign batch**, and then **Next**.

            You need an unused place in your allocation for each CAS. If there are too few, a Level 1 user can select
            **Request CoS/CAS increase**.
            """,
            ("assign_kind",),
        ),
        Step(
            "Find a single CAS",
            """
            Enter what you know, and select **Next**. If only one READY TO GO CAS matches, it opens at once. If several
            match, select one in the list.

            If a CAS matches that you cannot assign, the page explains why and where to continue.
            """,
            ("find_cas_to_assign",),
        ),
        Step(
            "Check the CAS",
            """
            Check the student, the course, the fee and **Current CAS allocation**. An assigned CAS cannot be edited. To
            change something, select **Back**, and then **Amend**.

            If everything is right, select **Assign**. If **Assign** is not available, the page lists the reasons.

            Read the warnings under **Check these details**. They never prevent you from continuing, but the fee and the
            place in your allocation are not returned.
            """,
            ("assign_cas",),
        ),
        Step(
            "Find a batch",
            """
            Enter the **Batch name** or a part of it, and select **Next**. Leave it empty to see all unassigned batches.
            If only one batch matches, it opens at once. If several match, select one in the list.
            """,
            ("find_batch", "found_batches"),
        ),
        Step(
            "Check the batch",
            """
            **Confirm assignment of batch** shows the number of CAS, the total and the students. Select **Assign** to
            continue. If **Assign** is not available, the page lists which CAS to complete first.
            """,
            ("assign_batch",),
        ),
        Step(
            "Leave out CAS that are not ready",
            """
            If only some CAS of the batch can be assigned, select **Assign the READY TO GO**. The other CAS move to a
            new batch, whose name ends with “to complete”. Nothing is paid for yet.

            Select **Keep the batch together** to change nothing.
            """,
            ("assign_ready",),
        ),
        Step(
            "Assign the CAS that you selected in a list",
            """
            Select CAS in a list or in the results of a search, and then **Assign**. The CAS that can be assigned go
            into a new batch. Enter its name, and select **Next**. The page lists the CAS that are left out, and why.

            If the CAS have different routes or owners, choose one group first.
            """,
            ("assign_selected",),
        ),
        Step(
            "Pay",
            """
            **Online payment** shows what you are paying for, the fee and the total. Select **OK** to go to the payment
            service.

            From now on, the places in your allocation are held for you. You cannot change the CAS or the batch until
            the payment ends.
            """,
            ("online_payment", "pay_batch"),
        ),
        Step(
            "Wait for the payment",
            """
            You can leave **Payment in progress**: when the payment service confirms the payment, the CAS are assigned.
            Do not pay again.

            - **Continue the payment** returns you to the payment service.
            - **Check again** asks the payment service for the result.
            - **Cancel the payment** releases the places that are held, unless the payment is complete already.

            A payment that was declined or cancelled assigns nothing. Select **Assign again** to try again. If a payment
            was received but the CAS could not be assigned, the Home Office sends the money back.
            """,
            ("order", "check_order", "continue_order", "cancel_order"),
        ),
        Step(
            "Keep the CAS numbers",
            """
            The confirmation shows the CAS number of each student. Give the student their number: they need it to
            apply.

            You can copy or print the numbers, and find them again on the page of the CAS or the batch. A CAS expires
            6 months after the day on which it was assigned.
            """,
            ("assigned_cas", "assigned_batch"),
        ),
        Step(
            "See payments and receipts",
            """
            On **Students**, select **Payments**. A Level 1 user sees all payments of the sponsor, and a Level 2 user
            their own. Select a payment to see its CAS and history.

            For a payment that is complete, select **Print the receipt**.
            """,
            ("orders", "order_details", "print_receipt"),
        ),
    ),
)
