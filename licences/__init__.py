"""Sponsors, their routes, allocations and users; permissions, drafts, background jobs and the history."""
