"""Messages to sponsors."""

from sms.help.guide import Guide, Step, admin

MESSAGE = "licences_message"

GUIDE = Guide(
    name="write-messages",
    title="Write messages to sponsors",
    about="Write to all sponsors, to some or to a single sponsor, and see who has acknowledged the message.",
    steps=(
        Step(
            "See the messages",
            """
            Select **Sponsors**, and then **Messages**. Select a state, such as **Not sent** or **Active**, or search
            for words of a message or for a licence number.

            The portal itself writes to a sponsor when the status of its licence changes or a route ends, when a request
            is decided, when a payment arrives late, and when a refund is due or made. You do not need to write about
            these.
            """,
            admin(MESSAGE, "changelist", "find"),
        ),
        Step(
            "Write a message",
            """
            Select **Write a message**. Enter the **Subject** and the **Message**. It is active from the day in **From**
            to the day in **Until**. Do not name students: some users get messages by email as well.

            Then select who it is **For**. For **Some sponsors**, also select what they have: their routes, statuses or
            ratings. For **One sponsor**, enter the **Licence number**. Nothing is sent yet.
            """,
            admin(MESSAGE, "add"),
        ),
        Step(
            "Check the message",
            """
            The page of the message shows its text, and how many sponsors and users it reaches now.
            """,
            admin(MESSAGE, "change"),
        ),
        Step(
            "Send it",
            """
            Select **Send**, check what the page says, and select **Send** again. Level 1 users see the message from its
            first day, right after they sign in, until they acknowledge it.
            """,
            admin(MESSAGE, "send"),
        ),
        Step(
            "Amend it",
            """
            Until the message has begun, you can select **Amend**. If it was sent already, the sponsors that it is for
            are chosen again. Once it has begun, you can only end it and write another.
            """,
            admin(MESSAGE, "amend"),
        ),
        Step(
            "End it",
            """
            Select **End**. A message that has begun moves to the archive of the sponsors. A message that has not begun
            is discarded, and no sponsor sees it. You cannot undo this.
            """,
            admin(MESSAGE, "end"),
        ),
        Step(
            "See who has acknowledged it",
            """
            On the page of the message, select **Which sponsors have and have not acknowledged it**. Select **By no
            user** to see the sponsors that have not read it. The page of a sponsor in this list shows each Level 1
            user, and when they acknowledged it.

            To see all messages to one sponsor, open its licence and select **All messages to this sponsor**.
            """,
            admin("licences_addressee", "changelist", "find", "change"),
        ),
    ),
)
