"""From the landing to the marts: running the dbt project and showing it as Dagster assets.

Here belongs how dbt is called. What a model computes belongs in ``dbt_project``.
"""
