"""Transfer of ownership (manual 6)."""

from sms.help.guide import Guide, Step

GUIDE = Guide(
    name="transfer-ownership",
    title="Transfer ownership",
    about="Give a CAS, several CAS, a batch or everything of a user to another user.",
    is_for_level_1=True,
    steps=(
        Step(
            "Transfer a CAS, several CAS or a batch",
            """
            Select **Transfer** on the page of a CAS or a batch, or after you select several CAS in a list. Choose the
            new owner, and select **Transfer**.

            A Level 2 user no longer sees a CAS after it is transferred to another user. A CAS that is in an unassigned
            batch leaves the batch, unless you transfer the whole batch.

            You cannot transfer a CAS or a batch while it is being paid for.
            """,
            ("transfer_cas", "transfer_batch", "transfer_selected"),
        ),
        Step(
            "Transfer everything of a user",
            """
            On **Students**, select **Transfer ownership**. Choose whose CAS and batches to transfer, and to whom, and
            select **Next**.

            **Confirm transfer of ownership** counts them. Select **Transfer everything**. You cannot undo this in one
            step. The history of each CAS shows both owners.
            """,
            ("transfer_user",),
        ),
    ),
)
