"""Writing records into files: CSV, XLSX and JSON lines."""
