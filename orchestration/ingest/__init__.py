"""Ingest: reads raw exports as their contracts declare, pseudonymises, and writes Parquet landing tables.

Rows that cannot be read go to quarantine with file, line and reason.
"""
