"""Limits on what a page counts, shows and accepts at once, so that no list grows with the database."""

IN_REACH = 10_000  # rows that users can page through in one list
ROUGHLY = 1_000  # the limit of the counts of lists that are not open
MOST_SELECTED = IN_REACH  # rows of a list that can be selected at once
