"""The caseworkers' pages about licences, users and allocations, and what all such pages are made of."""
