"""The history."""

from sms.help.guide import Guide, Step, admin

RECORDS = (
    "cas_batch",
    "cas_cas",
    "cas_order",
    "cas_rule",
    "licences_addressee",
    "licences_allocation",
    "licences_allocationentry",
    "licences_event",
    "licences_job",
    "licences_licence",
    "licences_licencerequest",
    "licences_message",
    "licences_signin",
    "licences_user",
    "sponsorship_duties_activity",
    "sponsorship_duties_activityreason",
    "sponsorship_duties_activitytype",
)

GUIDE = Guide(
    name="history",
    title="Find out who changed what",
    about="Read the history of a record, or of everything.",
    steps=(
        Step(
            "Read the history of one record",
            """
            The pages of most records have a **History**, the newest change first: what happened, who did it and when.
            If more than four fields changed, select their number to see the values before and after.
            """,
            tuple(route for record in RECORDS for route in admin(record, "history")),
        ),
        Step(
            "Search the whole history",
            """
            Select **System**, and then **History**. Select a kind of record and a day above the list. Once a kind is
            selected, you can also select what happened.
            """,
            admin("licences_event", "changelist"),
        ),
        Step(
            "Read one change",
            """
            Select the time of a line. **Changed fields** shows each field with its value **Before** and **After**. No
            person can change or delete the history.
            """,
            admin("licences_event", "change"),
        ),
    ),
)
