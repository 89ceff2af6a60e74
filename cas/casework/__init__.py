"""The caseworkers' pages about CAS, orders and the fee."""
