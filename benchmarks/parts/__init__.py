"""What can be measured: one module each."""
