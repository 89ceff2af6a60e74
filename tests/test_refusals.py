"""Every refusal has a code, which is declared once, used, listed in `docs/refusals.md` and never changed."""

import ast
import re
from pathlib import Path

import pytest
from django.conf import settings

from sms import documents
from sms.core.refused import NotAllowed, NotThere, Refusal, Refused

APPS = ("sms", "licences", "cas", "sponsorship_duties", "bulk_data_transfer")
PREFIXES = {
    "sms.core.refused": "records",
    "licences.refusals": "licences",
    "cas.refusals": "cas",
    "sponsorship_duties.refusals": "duties",
    "bulk_data_transfer.refusals": "files",
}
KEPT = Path(__file__).with_name("refusal_codes.txt")

# The exceptions that refuse. A sentence passed to them directly would have no code.
EXCEPTIONS = {kind.__name__ for kind in (Refused, NotAllowed, NotThere)} | {"PermissionDenied", "Http404"}


def declarations():
    """Return each refusal, with its module and its name."""
    return [
        (module, name, value)
        for module in documents.REFUSALS.values()
        for name, value in vars(module).items()
        if isinstance(value, Refusal)
    ]


def sources():
    return [path for app in APPS for path in Path(settings.BASE_DIR, app).rglob("*.py") if path.name != "refused.py"]


def calls(tree):
    for node in ast.walk(tree):
        if isinstance(node, ast.Call):
            yield node, node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")


def without_a_code(source):
    """Return the numbers of the lines that pass a sentence to an exception instead of declaring a refusal."""
    return [
        node.lineno for node, name in calls(ast.parse(source)) if name in EXCEPTIONS and (node.args or node.keywords)
    ]


def test_every_refusal_has_a_code():
    assert {str(path): lines for path in sources() if (lines := without_a_code(path.read_text()))} == {}


@pytest.mark.parametrize(
    "line",
    [
        'raise Refused("No.")',
        "raise Refused(sentence)",
        'raise refused.NotAllowed(f"Only {who} can.")',
        "raise NotThere(sentence=text)",
        'raise PermissionDenied("No.")',
    ],
)
def test_the_test_above_would_see_a_refusal_without_a_code(line):
    assert without_a_code(f"def verb():\n    {line}\n") == [2]
    assert without_a_code("def verb():\n    raise refusals.NOT_LOCKED()\n    raise Http404\n") == []


def test_refusals_are_declared_in_one_module_of_each_app():
    elsewhere = [
        str(path)
        for path in sources()
        if path.name != "refusals.py" and any(name == "Refusal" for _, name in calls(ast.parse(path.read_text())))
    ]
    assert elsewhere == []


def test_no_code_and_no_sentence_is_declared_twice():
    found = [value for _, _, value in declarations()]
    assert len({each.code for each in found}) == len({each.sentence for each in found}) == len(found) > 70


def test_a_code_consists_of_the_app_and_the_name():
    for module, name, refusal in declarations():
        assert re.fullmatch(rf"{PREFIXES[module.__name__]}\.[a-z_]+", refusal.code), refusal.code
        assert refusal.code.endswith(f".{name.lower()}"), refusal.code


def test_refusals_use_five_http_statuses():
    assert {refusal.status for _, _, refusal in declarations()} == {403, 404, 409, 422, 429}


def test_every_refusal_is_used():
    used = {
        node.attr if isinstance(node, ast.Attribute) else node.id
        for path in [*sources(), Path(settings.BASE_DIR, "sms/core/refused.py")]
        for node in ast.walk(ast.parse(path.read_text()))
        if isinstance(node, ast.Attribute | ast.Name) and isinstance(node.ctx, ast.Load)
    }
    assert [name for _, name, _ in declarations() if name not in used] == []


def kept():
    """Return the codes of `refusal_codes.txt`: the codes in use with their status, and the retired codes."""
    lines = [line.split() for line in KEPT.read_text().splitlines() if line and not line.startswith("#")]
    assert len({code for code, *_ in lines}) == len(lines), "no code is listed twice"
    return {line[0]: int(line[1]) for line in lines if len(line) == 2}, {line[0] for line in lines if len(line) == 3}


def test_codes_are_never_changed_and_never_used_again():
    """Add a new code at the end of the list. Mark a code that is no longer used as retired, and keep it."""
    in_use, retired = kept()
    declared = {refusal.code: refusal.status for _, _, refusal in declarations()}
    assert declared == in_use
    assert not retired & set(declared)


def test_every_refusal_is_in_the_page_of_refusals():
    text = (Path(settings.BASE_DIR) / "docs/refusals.md").read_text()
    for _, _, refusal in declarations():
        assert f"| `{refusal.code}` | {refusal.status} | {refusal.sentence} |" in text
