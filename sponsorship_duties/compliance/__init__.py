"""The figures of the Basic Compliance Assessment (specification, section 9)."""
