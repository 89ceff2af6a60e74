"""Who: sponsors, routes, allocations and their ledger, users, and the history."""
