"""How much a page counts, shows and takes at once, so that no list grows with the database."""

IN_REACH = 10_000  # rows that the pages of one list lead to
ROUGHLY = 1_000  # rows that are counted of a list that is not open
MOST_SELECTED = IN_REACH  # rows of a list that are selected at once
