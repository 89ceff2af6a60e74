"""Tables without one of their constraints, for transactional tests: a table is made anew for it on SQLite."""

from contextlib import contextmanager

from django.db import connection


@contextmanager
def no_constraint(model, name, mend=lambda: None):
    """The database lets pass what the constraint refuses; `mend` puts right what stays of it."""
    all_of_them = model._meta.constraints
    (constraint,) = [each for each in all_of_them if each.name == name]
    model._meta.constraints = [each for each in all_of_them if each is not constraint]
    with connection.schema_editor() as editor:
        editor.remove_constraint(model, constraint)
    try:
        yield
    finally:
        mend()
        model._meta.constraints = all_of_them
        with connection.schema_editor() as editor:
            editor.add_constraint(model, constraint)
