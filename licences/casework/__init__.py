"""Admin pages about licences, users and allocations, and the parts that all admin pages share."""
