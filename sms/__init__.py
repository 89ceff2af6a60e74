"""The wiring: settings, addresses and the pages that belong to no app."""
