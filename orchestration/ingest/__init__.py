"""From raw exports to the landing: read as declared, pseudonymise, reject with file, line and reason.

Here belongs what turns bytes into typed rows. What a row means for a figure does not: that is dbt.
"""
