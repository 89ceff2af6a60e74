"""A button for what is not possible now can be reached, read and pressed without harm, and says why."""

import re

import pytest
from playwright.sync_api import expect

from tests.factories import a_cas, a_draft, assigned
from tests.journeys.inspector import DESK, PHONE
from tests.journeys.test_keyboard import Typist

pytestmark = [pytest.mark.journey, pytest.mark.django_db(transaction=True)]

CONTRAST = """(button) => {
    const { color, backgroundColor } = getComputedStyle(button);
    const brightness = (text) => {
        const [r, g, b] = text.match(/[\\d.]+/g).slice(0, 3).map((each) => each / 255);
        const linear = (each) => (each <= 0.04045 ? each / 12.92 : ((each + 0.055) / 1.055) ** 2.4);
        return 0.2126 * linear(r) + 0.7152 * linear(g) + 0.0722 * linear(b);
    };
    const [light, dark] = [brightness(color), brightness(backgroundColor)].sort((a, b) => b - a);
    return (light + 0.05) / (dark + 0.05);
}"""


@pytest.mark.parametrize(("with_javascript", "width"), [(True, DESK), (False, PHONE)])
def test_assign_of_an_incomplete_cas_is_reached_read_and_does_nothing(visit, level1, with_javascript, width):
    cas = a_draft(level1)
    visitor = visit(level1, with_javascript=with_javascript, width=width)
    page = visitor.page
    visitor.goes_to(f"/students/cas/{cas.pk}/")
    sent = []
    page.on("request", lambda request: sent.append(request.url) if request.is_navigation_request() else None)
    assign = page.get_by_role("button", name="Assign", exact=True)
    Typist(visitor).tabs_to(assign)
    page.mouse.move(0, 0)
    expect(assign).to_have_attribute("aria-disabled", "true")
    expect(assign).to_have_accessible_description(
        re.compile("Assign is not available.*Complete or correct these fields")
    )
    expect(page.get_by_text("Assign is not available")).to_be_visible()
    page.keyboard.press("Enter")
    assign.click(force=True)
    assert sent == []
    assert assign.evaluate(CONTRAST) >= 4.5
    page.get_by_role("heading", level=1).click()
    assign.evaluate("(button) => button.blur()")
    assert assign.evaluate(CONTRAST) >= 4.5


def test_the_duties_that_a_status_does_not_allow_say_why_beside_the_buttons(visit, level1, allocation, caseworker):
    cas = assigned(a_cas(level1))
    cas.withdraw(by=level1, reason="A mistake")
    visitor = visit(level1)
    visitor.goes_to(f"/students/sponsorship-duties/manage/{cas.pk}/")
    for name in ("Report activity", "Sponsor note", "Update fees", "Withdraw CAS"):
        button = visitor.page.get_by_role("button", name=name, exact=True)
        expect(button).to_have_accessible_description(re.compile("This CAS is WITHDRAWN"))
        assert button.evaluate(CONTRAST) >= 4.5
