"""What a CAS consists of: its fields, when each is needed, and what may stand in it."""
