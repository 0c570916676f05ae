"""Writes, verifies and publishes immutable releases of guarded marts."""
