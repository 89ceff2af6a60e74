"""What sponsors issue: the CAS, its fields and statuses, its payment and its printing."""
