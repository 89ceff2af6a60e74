"""Views load, ask and answer. A view function has at most 15 lines, because rules belong in the model layer."""

import ast
from pathlib import Path

import pytest
from django.conf import settings

MOST = 15
MODULES = [
    path
    for app in ("licences", "cas", "sponsorship_duties", "bulk_data_transfer")
    for path in Path(settings.BASE_DIR, app, "views").glob("*.py")
]


def too_long(source):
    """Return the views (functions with a decorator) whose body has more than `MOST` lines without its docstring."""
    views = [node for node in ast.parse(source).body if isinstance(node, ast.FunctionDef) and node.decorator_list]
    bodies = {view.name: view.body[1:] if ast.get_docstring(view) else view.body for view in views}
    return [name for name, body in bodies.items() if body[-1].end_lineno - body[0].lineno >= MOST]


@pytest.mark.parametrize("path", MODULES, ids=str)
def test_a_view_is_short(path):
    assert too_long(path.read_text()) == []


@pytest.mark.parametrize(("lines", "found"), [(MOST, []), (MOST + 1, ["page"])])
def test_the_test_above_would_see_a_long_view(lines, found):
    assert too_long('@require_safe\ndef page(request):\n    """Show it."""\n' + "    pass\n" * lines) == found
