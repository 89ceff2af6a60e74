"""Files in and out: exports, and everything else that the screens do, done from a file (specification, section 11)."""
