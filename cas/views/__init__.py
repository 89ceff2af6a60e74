"""The pages about CAS. Views load records, call the models and render answers. The rules are in the models."""
