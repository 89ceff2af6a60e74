"""Jobs in the background."""

from sms.help.guide import Guide, Step, admin

JOB = "licences_job"

GUIDE = Guide(
    name="jobs",
    title="Look after jobs that fail",
    about="See the work in the background that users wait for, and start it again.",
    steps=(
        Step(
            "See the jobs",
            """
            Select **System**, and then **Jobs**. Printouts, exports, files and emails are jobs. Select **Failed** to
            see those that stopped.
            """,
            admin(JOB, "changelist"),
        ),
        Step(
            "Read a job",
            """
            The page shows how many pieces are finished, and the **Last error**. **Place in the queue** is its place
            among the jobs that wait.
            """,
            admin(JOB, "change"),
        ),
        Step(
            "Try it again",
            """
            If the cause is likely to have passed, such as an email server that did not answer, select **Retry**. The
            job continues with the piece that failed. If it fails again, give the **Last error** to the people who
            operate the portal.
            """,
            admin(JOB, "retry"),
        ),
        Step(
            "Discard it",
            """
            Select **Discard** if the work is no longer needed. The job stops, and a piece that is running now is not
            saved. You cannot undo this, but the user can ask for files and printouts again.
            """,
            admin(JOB, "discard"),
        ),
    ),
)
