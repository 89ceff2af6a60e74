"""The guides for caseworkers, one module for each. Sponsors do not see them."""
