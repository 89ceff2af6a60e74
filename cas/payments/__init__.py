"""Online payment: the providers, the interface that they share, and how the portal acts on their reports."""
