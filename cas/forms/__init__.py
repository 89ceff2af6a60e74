"""Forms about CAS and batches."""
