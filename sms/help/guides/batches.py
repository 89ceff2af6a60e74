"""Managing batches (manual 6)."""

from sms.help.guide import Guide, Step

GUIDE = Guide(
    name="batches",
    title="Manage batches",
    about="Rename a batch, change which CAS are in it, or delete it, before it is assigned.",
    steps=(
        Step(
            "Find the batch",
            """
            On **Students**, select **All batches**. The newest come first. Select a status above the list to see only
            those batches, and the name of a batch to open it.

            All CAS of a batch have one route, and until they are assigned one owner.
            """,
            ("batches",),
        ),
        Step(
            "Rename the batch",
            """
            On **Batch details**, select **Rename**. Enter the new name, and select **Save**.
            """,
            ("rename_batch",),
        ),
        Step(
            "Put CAS into a batch",
            """
            Select **Put into a batch** on the page of a CAS, or after you select several CAS in a list. Choose the
            batch, and select **Put into the batch**.

            A CAS in a batch belongs to the owner of the batch, and is assigned only with the batch.
            """,
            ("put_cas", "put_selected"),
        ),
        Step(
            "Take CAS out, or move them",
            """
            On **Batch details**, select the CAS. Then select **Take out** to keep them without a batch, or
            **Move to another batch**.

            You can move CAS only to an unassigned batch of the same route. Choose it, and select **Move**. Only a
            Level 1 user can move CAS to the batch of another owner.
            """,
            ("take_out", "move_cas"),
        ),
        Step(
            "Delete the batch",
            """
            On **Batch details**, select **Delete batch**, and then **Delete**. The CAS are kept, without a batch. You
            cannot undo this.
            """,
            ("delete_batch",),
        ),
    ),
)
