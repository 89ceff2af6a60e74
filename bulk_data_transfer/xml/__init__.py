"""The XML of bulk files: the Home Office's schema v2.1, and our own format."""
