"""Printing CAS: one at once, or many in the background."""
