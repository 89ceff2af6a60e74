"""Sheets: CSV and XLSX files, with a column for each field."""
