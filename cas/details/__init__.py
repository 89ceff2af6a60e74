"""The details of a CAS: its fields, when each is needed, and the values that each can have."""
