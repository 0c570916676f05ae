"""Synthetic years for tests and benchmarks: raw exports made from a seed, and faults put into them.

Here belongs what *makes* exports. What reads, loads or counts them does not.
"""
