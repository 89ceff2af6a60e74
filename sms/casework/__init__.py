"""The caseworkers' site, its first page, and the whole history."""
