"""Pages about a sponsor's licence, for Level 1 users."""
