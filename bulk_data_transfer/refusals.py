"""The refusals of the rules about files. A code is never changed or reused."""
