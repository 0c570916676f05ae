"""Benchmarks of scale and overhead against a baseline."""
