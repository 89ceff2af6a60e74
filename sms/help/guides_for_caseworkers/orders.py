"""Orders, payments and refunds."""

from sms.help.guide import Guide, Step, admin

ORDER = "cas_order"

GUIDE = Guide(
    name="orders-and-refunds",
    title="Orders, payments and refunds",
    about="Find out what became of a payment, and record refunds.",
    steps=(
        Step(
            "Find an order",
            """
            Select **CAS and orders**, and then **Orders**. Search for the reference of the order, for a student, or for
            a licence number. To see the orders about which the payment service says something else, select **Differs
            from the portal**.
            """,
            admin(ORDER, "changelist", "find"),
        ),
        Step(
            "Read an order",
            """
            Compare the **Status** with **The payment service says**. **Why its CAS could not be assigned** explains a
            refund that is due. **Version paid for** says which version of each CAS the sponsor paid for.
            """,
            admin(ORDER, "change"),
        ),
        Step(
            "Ask the payment service",
            """
            The portal asks about silent orders by itself. If you do not want to wait, select **Ask the payment
            service**. The portal acts on the answer at once: if the order is paid, its CAS are assigned.
            """,
            admin(ORDER, "ask"),
        ),
        Step(
            "Decide about a different amount",
            """
            If the payment service received another amount than that of the order, no CAS is assigned. If the money is
            to be returned, select **Mark as REFUND DUE**. The sponsor sees it. You cannot undo this.
            """,
            admin(ORDER, "owe"),
        ),
        Step(
            "Record a refund",
            """
            First return the money with the payment service: the portal does not move money. Then select **Mark as
            refunded**, and enter the **Date of the refund** and the **Reference of the refund**. The sponsor sees both,
            and gets a message.
            """,
            admin(ORDER, "refund"),
        ),
    ),
)
