"""Play chosen steps of a state machine of Hypothesis, instead of random ones."""


def play(machine, steps):
    """Start the machine, take the steps, and check that the portal agrees with the model."""
    portal = machine()
    try:
        portal.begin()
        steps(portal)
        portal.everything_agrees_with_the_model()
    finally:
        portal.teardown()
