"""Online payment: providers behind one small interface, and what the portal does with what they say."""
