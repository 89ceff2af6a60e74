"""Finding CAS: the form of a search, lists of what was found, and duplicates."""
