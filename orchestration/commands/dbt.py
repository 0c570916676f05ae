"""``metropolis dbt``: runs plain dbt on a home, for one year.

Sets project folder, home and year as docs/dbt.md describes; all other arguments are passed to dbt.
"""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

from orchestration.commands.common import WrongCall
from orchestration.paths import DBT_FOLDER, Home

_DBT = Path(sys.executable).with_name("dbt")
# They name the database and the landing of a build, which plain dbt leaves alone.
_OF_A_BUILD = ("METROPOLIS_WAREHOUSE", "METROPOLIS_LANDING")


def run_plain_dbt(home: Home, year: int | None, arguments: Sequence[str]) -> int:
    """Runs dbt with these arguments in the development database; dbt's exit code.

    Without a year, dbt takes the newest landing of the home.
    """
    if not home.folder.is_dir():
        raise WrongCall(f"there is no home {home.folder}: metropolis build makes one")
    if year is not None and any(each.partition("=")[0] == "--vars" for each in arguments):
        raise WrongCall("the year is given twice: by --year, and by --vars to dbt; leave one of them out")
    environment = {name: value for name, value in os.environ.items() if name not in _OF_A_BUILD}
    environment |= {
        "METROPOLIS_HOME": str(home.folder.resolve()),
        "DBT_PROJECT_DIR": str(DBT_FOLDER),
        "DBT_PROFILES_DIR": str(DBT_FOLDER),
    }
    variables = [] if year is None else ["--vars", f"{{report_year: {year}}}"]
    return subprocess.run([_DBT, *arguments, *variables], env=environment, cwd=DBT_FOLDER).returncode
