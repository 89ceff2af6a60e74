"""Tables without one of their constraints, for transactional tests, because SQLite makes the table again for it."""

from contextlib import contextmanager

from django.db import connection


@contextmanager
def no_constraint(model, name, repair=lambda: None):
    """Take the constraint away for a while. `repair` then corrects the rows that break it."""
    constraints = model._meta.constraints
    (constraint,) = [each for each in constraints if each.name == name]
    model._meta.constraints = [each for each in constraints if each is not constraint]
    with connection.schema_editor() as editor:
        editor.remove_constraint(model, constraint)
    try:
        yield
    finally:
        repair()
        model._meta.constraints = constraints
        with connection.schema_editor() as editor:
            editor.add_constraint(model, constraint)
