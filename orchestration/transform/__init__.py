"""Runs the dbt project and exposes it as Dagster assets."""
