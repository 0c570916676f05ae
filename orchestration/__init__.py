"""The Dagster code location of the Metropolis activity warehouse, and its command line.

A package per stage of the data: ``ingest`` (raw exports to Parquet), ``transform`` (dbt), ``guards`` (Great
Expectations suites) and ``release``. What a figure means is defined in SQL, in ``dbt_project``.
"""
