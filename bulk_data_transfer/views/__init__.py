"""The pages of files, in one module for each group."""
