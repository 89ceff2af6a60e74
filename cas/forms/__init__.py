"""The forms about CAS and batches."""
