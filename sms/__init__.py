"""Settings, addresses, and the pages and commands that do not belong to one app."""
