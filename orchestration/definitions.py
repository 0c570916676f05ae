"""What Dagster loads through workspace.yaml: the code location on the folders of the environment.

Here belongs nothing else; ``assembly`` puts it together.
"""

from orchestration.assembly import build_defs

defs = build_defs()
