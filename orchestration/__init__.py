"""The Dagster code location of the Metropolis activity warehouse and its command line.

One folder a step of the data's way: ``ingest`` (raw files to landing), ``models`` (dbt), ``guards``
(expectation suites) and ``release``. Nothing here decides what a figure means: that is SQL.
"""
