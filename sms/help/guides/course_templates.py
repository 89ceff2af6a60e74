"""Course templates (specification, section 8)."""

from sms.help.guide import Guide, Step

GUIDE = Guide(
    name="course-templates",
    title="Manage course templates",
    about="Store what is the same for all students of a course, to fill in the CAS form in one step.",
    steps=(
        Step(
            "See the templates",
            """
            On **Students**, select **Course templates**. Enter a Course ID or a part of a title, and select **Search**.
            All users can use and change the templates of your sponsor.
            """,
            ("course_templates",),
        ),
        Step(
            "Add a template",
            """
            Select **Add a template**. Or open a CAS of the course, and select **Save as course template**: the template
            starts with the answers of that CAS.

            Give the template a name, and leave empty what differs between students. Select **Save**.
            """,
            ("add_course_template",),
        ),
        Step(
            "Edit a template",
            """
            Select **Edit** beside the template, change it, and select **Save**. Existing CAS do not change. The history
            at the end of the page shows who changed what.
            """,
            ("edit_course_template",),
        ),
        Step(
            "Retire or reinstate a template",
            """
            On the page of the template, select **Retire**. The CAS form then no longer offers it. To offer it again,
            open it under **Retired templates**, and select **Reinstate**.
            """,
            ("retire_course_template", "reinstate_course_template"),
        ),
    ),
)
