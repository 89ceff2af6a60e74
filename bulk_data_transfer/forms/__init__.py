"""The forms of files."""
