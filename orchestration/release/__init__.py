"""From guarded marts to an immutable release.

Here belongs what is written, verified and made current. What a number is belongs in ``dbt_project``; whether
it may be published, in ``guards``.
"""
