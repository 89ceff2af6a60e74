"""The pages about CAS. A view loads, asks and answers; the rules are in the models."""
