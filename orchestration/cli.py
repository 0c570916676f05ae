"""The command line, ``metropolis``.

Here belong arguments, exit codes and what is printed. Nothing heavy is imported before a command needs it:
most commands only read released files.
"""

from __future__ import annotations

import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar

import click

from orchestration.paths import PROJECT_FOLDER, Home

_Command = TypeVar("_Command", bound=Callable[..., Any])

WRONG_CALL = 2


def _home_option(command: _Command) -> _Command:
    return click.option(
        "--home",
        "home_folder",
        type=click.Path(file_okay=False, path_type=Path),
        envvar="METROPOLIS_HOME",
        default=Path(".metropolis"),
        show_default="./.metropolis, or METROPOLIS_HOME",
        help="Folder of landing, builds, releases and run history.",
    )(command)


def _raw_option(command: _Command) -> _Command:
    return click.option(
        "--raw",
        type=click.Path(file_okay=False, path_type=Path),
        envvar="METROPOLIS_RAW",
        default=Path("raw"),
        show_default="./raw, or METROPOLIS_RAW",
        help="Folder of the raw exports, one folder a year.",
    )(command)


def _year_option(command: _Command) -> _Command:
    return click.option("--year", type=click.IntRange(1900, 9999), required=True, help="The report year.")(
        command
    )


@click.group(context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="metropolis-warehouse")
def cli() -> None:
    """The activity warehouse: raw exports in, a guarded yearly report out."""


@cli.command()
@_year_option
@_raw_option
@_home_option
@click.option(
    "--engine",
    type=click.Choice(["duckdb", "spark"]),
    default="duckdb",
    show_default=True,
    help="What runs the models.",
)
def build(year: int, raw: Path, home_folder: Path, engine: str) -> None:
    """Build a year: ingest, model, guard, release.

    Exit code 0: released, or unchanged. 1: the guard refused, the last release stands. 2: the input or the
    call is wrong. 3: another build holds the home.
    """
    from orchestration.commands.build import build_year

    sys.exit(build_year(Home(home_folder), raw, year, engine))


@cli.command()
@click.option(
    "--year",
    "years",
    type=click.IntRange(1900, 9999),
    multiple=True,
    required=True,
    help="The report year; several stand side by side.",
)
@_home_option
@click.option(
    "--format",
    "form",
    type=click.Choice(["table", "csv", "json"]),
    default="table",
    show_default=True,
    help="How the figures are written.",
)
def figures(years: tuple[int, ...], home_folder: Path, form: str) -> None:
    """The figures of the current release, with the move against the year before."""
    from orchestration.commands.figures import print_figures

    sys.exit(print_figures(Home(home_folder), years, form))


@cli.command()
@click.argument("figure_id")
@_year_option
@_home_option
@click.option("--rows", is_flag=True, help="List every row behind the figure.")
@click.option("--member", help="Only the rows of this member, by its id or name.")
def explain(figure_id: str, year: int, home_folder: Path, rows: bool, member: str | None) -> None:
    """Where a figure comes from: definition, parts, rows, models, files, guards, print."""
    from orchestration.commands.explain import explain_figure

    sys.exit(explain_figure(Home(home_folder), year, figure_id, rows, member))


@cli.command()
@_year_option
@_home_option
@click.option("--all", "show_all", is_flag=True, help="List what agrees, too.")
def reconcile(year: int, home_folder: Path, show_all: bool) -> None:
    """Print against data: what agrees, what is known and why, what is new, what can't be read."""
    from orchestration.commands.reconcile import print_reconciliation

    sys.exit(print_reconciliation(Home(home_folder), year, show_all))


@cli.command()
@_year_option
@_raw_option
@_home_option
@click.option(
    "--export",
    "export_path",
    type=click.Path(dir_okay=False, path_type=Path),
    help="Write the review as CSV, for a colleague to answer.",
)
@click.option(
    "--apply",
    "apply_path",
    type=click.Path(dir_okay=False, exists=True, path_type=Path),
    help="Add the accepted names of an answered review to registers/member_names.csv.",
)
@click.option("--by", help="Who accepts; needed with --apply.")
def review(
    year: int,
    raw: Path,
    home_folder: Path,
    export_path: Path | None,
    apply_path: Path | None,
    by: str | None,
) -> None:
    """Quarantined rows and unresolved places, with suggestions."""
    from orchestration.commands.acceptance import apply_review
    from orchestration.commands.review import export_review, print_review

    home = Home(home_folder)
    if apply_path is not None:
        sys.exit(apply_review(raw, year, apply_path, by))
    if export_path is not None:
        sys.exit(export_review(home, year, export_path))
    sys.exit(print_review(home, year))


@cli.command()
@_home_option
@click.option("--year", type=click.IntRange(1900, 9999), help="Only this year.")
@click.option("--keep", type=click.IntRange(min=1), help="Remove the oldest beyond so many a year.")
def releases(home_folder: Path, year: int | None, keep: int | None) -> None:
    """Every release, its size, when it became current.

    Releases are kept until somebody says otherwise with --keep; the current one always is.
    """
    from orchestration.commands.releases import print_releases, prune_releases

    if keep is not None:
        sys.exit(prune_releases(Home(home_folder), year, keep))
    sys.exit(print_releases(Home(home_folder), year))


@cli.command()
@click.argument("old")
@click.argument("new")
@_home_option
def diff(old: str, new: str, home_folder: Path) -> None:
    """Every figure and cell that moved between two releases, and the files that changed."""
    from orchestration.commands.releases import print_diff

    sys.exit(print_diff(Home(home_folder), old, new))


@cli.command()
@click.argument("release")
@_home_option
@click.option("--reason", default="", help="Why; it stands in the log of releases.")
def rollback(release: str, home_folder: Path, reason: str) -> None:
    """Make an older release current again."""
    from orchestration.commands.releases import roll_back

    sys.exit(roll_back(Home(home_folder), release, reason))


@cli.command()
@click.argument("email")
@click.option("--year", type=click.IntRange(1900, 9999), help="Build only this year again.")
@_raw_option
@_home_option
def forget(email: str, year: int | None, raw: Path, home_folder: Path) -> None:
    """Erase a person from the landing of every year and build the years again."""
    from orchestration.commands.forget import forget_person

    sys.exit(forget_person(Home(home_folder), raw, year, email))


@cli.command("open")
@_year_option
@_home_option
def open_site(year: int, home_folder: Path) -> None:
    """Open the site of the current release in a browser."""
    from orchestration.commands.releases import open_release

    sys.exit(open_release(Home(home_folder), year))


@cli.command()
@_home_option
@_raw_option
@click.option("--port", default=3000, show_default=True, help="Port of the UI, on this machine.")
def dev(home_folder: Path, raw: Path, port: int) -> None:
    """The Dagster UI on this home."""
    from orchestration.commands.dev import run_ui

    sys.exit(run_ui(Home(home_folder), raw, port))


@cli.command(context_settings={"ignore_unknown_options": True, "allow_interspersed_args": False})
@click.option(
    "--year",
    type=click.IntRange(1900, 9999),
    show_default="that of the newest landing",
    help="The report year.",
)
@_home_option
@click.argument("arguments", nargs=-1, required=True, type=click.UNPROCESSED)
def dbt(year: int | None, home_folder: Path, arguments: tuple[str, ...]) -> None:
    """Run dbt on the landing of a year, in a database for development.

    What follows the options goes to dbt as it is: metropolis dbt --year 2021 build --select +figures. The exit
    code is dbt's. Builds and releases are not touched.
    """
    from orchestration.commands.dbt import run_plain_dbt

    sys.exit(run_plain_dbt(Home(home_folder), year, arguments))


def main() -> None:
    """The entry point; runs anywhere, with paths relative to where it is called."""
    cli(prog_name="metropolis")


__all__ = ["PROJECT_FOLDER", "cli", "main"]
