"""The operations of bulk files: what is done with the records of a file. There is one module for each."""
