"""Refusals: what a rule says no to, in a sentence that is fit to show to the person who asked."""


class Refused(Exception):
    """A rule forbids it. `str(refused)` is the sentence to show."""


class MoveRefused(Refused):
    """The record's status does not allow this move, or somebody else made one first."""


class NotAllowed(Refused):
    """This kind of user may not do this."""
