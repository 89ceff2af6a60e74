"""Messages from the Home Office (manual 1)."""

from sms.help.guide import Guide, Step

GUIDE = Guide(
    name="messages",
    title="Read messages from the Home Office",
    about="Read and acknowledge the messages on the SMS message board.",
    is_for_level_1=True,
    steps=(
        Step(
            "Read the active messages",
            """
            After you sign in, the message board shows the messages that you have not acknowledged. Read them, and
            select **OK**. This acknowledges that you have read them, and the Home Office can see it.

            To return to the board, select **Messages** at the top of any page. Messages marked **Important** come
            first.
            """,
            ("message_board",),
        ),
        Step(
            "See a message",
            """
            Select the subject of a message to see its text, from when until when it is active, and when you
            acknowledged it.
            """,
            ("message",),
        ),
        Step(
            "Find an archived message",
            """
            Select **Archived messages** to see the messages that are past their last day. To find active and archived
            messages by their words, enter the words, and select **Search**.
            """,
            ("archived_messages", "search_messages", "found_messages"),
        ),
        Step(
            "Get messages by email",
            """
            Select **Messages by email** to choose whether messages are also sent to your email address. They always
            appear on the message board.
            """,
            ("email_of_messages",),
        ),
    ),
)
