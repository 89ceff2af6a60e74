"""Steps of a machine that foretells, taken one by one instead of at random."""


def play(machine, steps):
    """Begin, take the steps, and look whether everything is as foretold."""
    portal = machine()
    try:
        portal.begin()
        steps(portal)
        portal.everything_is_as_foretold()
    finally:
        portal.teardown()
