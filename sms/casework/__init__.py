"""The admin site, its first page, and the whole history."""
