"""Accounts of users: adding them, and the links by which they choose their password."""
