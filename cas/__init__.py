"""The CAS that sponsors issue: fields, statuses, batches, payment and printing."""
