"""The caseworkers' pages about CAS, batches, orders and the fee."""
