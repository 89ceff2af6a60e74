"""Licences: granting and amending."""

from sms.help.guide import Guide, Step, admin

LICENCE = "licences_licence"

GUIDE = Guide(
    name="keep-licences",
    title="Grant and amend licences",
    about="Find the licence of a sponsor, grant a new licence, and keep its details right.",
    steps=(
        Step(
            "Find a licence",
            """
            Select **Sponsors**, and then **Licences**. Search for the name of the sponsor or for the licence number, or
            select a status above the list.
            """,
            admin(LICENCE, "changelist", "find"),
        ),
        Step(
            "Read a licence",
            """
            The page shows the organisation, and then **Routes**, **Allocations**, **Key people**, ratings, services,
            **Users** and the compliance figures. The buttons at the top are about the licence. The buttons below a
            table are about that table.

            The links among the facts lead to the requests, messages, CAS, batches, orders and reports of this sponsor.
            """,
            admin(LICENCE, "change"),
        ),
        Step(
            "Grant a licence",
            """
            On the list of licences, select **Grant a licence**. A new **Licence number** is filled in. If the sponsor
            has a number already, enter it instead. Enter the name, the status of the sponsor, the **Routes** and the
            days. Leave the **Last day** empty if the licence has none.

            Check the number and the routes: you cannot change the number later, or add a route.

            The sponsor can work after two more steps: select **Add user** for a Level 1 user, and **Grant an
            allocation** for each route.
            """,
            admin(LICENCE, "add"),
        ),
        Step(
            "Amend a licence",
            """
            Select **Amend** to change the name, the address, the telephone number, the website, or the first or last
            day. The portal ends the licence on the day after its **Last day**, so the last day cannot be in the past.
            """,
            admin(LICENCE, "amend"),
        ),
        Step(
            "Let allocations renew automatically",
            """
            Select **Change the automatic renewal**, and then yes or no. With yes, each new year of an allocation starts
            by itself while the licence is ACTIVE, with the last total and its increases. While the compliance rating is
            red, it has 10% less.
            """,
            admin(LICENCE, "automatic-renewal"),
        ),
    ),
)
