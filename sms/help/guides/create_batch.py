"""Creating a batch and filling it (manual 4, guide 2)."""

from sms.help.guide import Guide, Step

GUIDE = Guide(
    name="create-a-batch",
    title="Create a batch of CAS",
    about="Put CAS into a batch to pay for and assign them together.",
    steps=(
        Step(
            "Start the batch",
            """
            On **Students**, select **Create CAS** and choose the route. Select **Create new batch of CAS**, and then
            **Next**.
            """,
        ),
        Step(
            "Name the batch",
            """
            Enter the **Batch name**, and select **Next**. Choose a name by which you will find the batch again, such as
            the intake and the course.
            """,
            ("create_batch",),
        ),
        Step(
            "See what is in the batch",
            """
            **Batch details** lists the CAS of the batch. For each, it shows the status and which fields to complete or
            correct. Select the name of a student to open the CAS.

            Select **Add CAS**, above or below the list, to add a student. **Assign** is available when the batch has at
            least one CAS and all of its CAS are READY TO GO. If it is not, the page explains why.
            """,
            ("batch",),
        ),
        Step(
            "Add a CAS",
            """
            Enter the details of the student and the course, and select **Save**. You return to the batch from the
            confirmation. To continue with the same course, select **Save and add the next**.

            If the batch was assigned or deleted while you typed, select **Save without a batch**. You can put the CAS
            into another batch later.
            """,
            ("add_cas",),
        ),
        Step(
            "Set one field for several CAS",
            """
            On **Batch details**, select the CAS, and then **Set one field**. Choose the field, enter its value, and
            select **Continue**.

            **Confirm the change** shows how many CAS change, which values are replaced, and how the statuses change.
            Select **Confirm** to save, or **Change nothing** to go back.
            """,
            ("set_field",),
        ),
        Step(
            "Assign the batch",
            """
            When all CAS are READY TO GO, select **Assign** on **Batch details**. The guide “Assign CAS and pay”
            explains what follows.
            """,
        ),
    ),
)
