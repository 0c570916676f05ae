"""Guards: Great Expectations suites that decide whether a build may be published.

Suites over landing, marts and figures are files in ``expectations/``.
"""
