"""The tests of the warehouse."""
