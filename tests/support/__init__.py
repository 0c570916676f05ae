"""Synthetic years for tests and benchmarks: generated exports, and faults injected into them."""
