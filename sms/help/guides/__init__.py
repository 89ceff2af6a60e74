"""The guides, one module for each. Their words are our own."""
