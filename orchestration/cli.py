"""The command line, ``metropolis``: arguments, and the exit code and sentence of every error.

Nothing heavy is imported before a command needs it: most commands only read released files.
"""

from __future__ import annotations

import os
import signal
import sys
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar

import click

from orchestration.errors import ExitCode, failure_of
from orchestration.interrupts import interrupts
from orchestration.locking import DEFAULT_WAIT
from orchestration.paths import Home

_Command = TypeVar("_Command", bound=Callable[..., Any])


@dataclass
class _Places:
    """The folders of a call, used in error messages that name a file."""

    home: Path | None = None
    raw: Path | None = None


def _noted(name: str) -> Callable[[click.Context, click.Parameter, Path], Path]:
    def note(context: click.Context, parameter: click.Parameter, value: Path) -> Path:
        places = context.find_object(_Places)
        if places is not None:
            setattr(places, name, value)
        return value

    return note


def _home_option(command: _Command) -> _Command:
    return click.option(
        "--home",
        "home_folder",
        callback=_noted("home"),
        type=click.Path(file_okay=False, path_type=Path),
        envvar="METROPOLIS_HOME",
        default=Path(".metropolis"),
        show_default="./.metropolis, or METROPOLIS_HOME",
        help="Folder of landing, builds, releases and run history.",
    )(command)


def _raw_option(command: _Command) -> _Command:
    return click.option(
        "--raw",
        callback=_noted("raw"),
        type=click.Path(file_okay=False, path_type=Path),
        envvar="METROPOLIS_RAW",
        default=Path("raw"),
        show_default="./raw, or METROPOLIS_RAW",
        help="Folder of the raw exports, one folder a year.",
    )(command)


def _format_option(*forms: str, says: str) -> Callable[[_Command], _Command]:
    """How a command writes its answer; the first form is the default."""
    return click.option(
        "--format", "form", type=click.Choice(forms), default=forms[0], show_default=True, help=says
    )


def _year_option(command: _Command) -> _Command:
    return click.option("--year", type=click.IntRange(1900, 9999), required=True, help="The report year.")(
        command
    )


def _wait_option(command: _Command) -> _Command:
    return click.option(
        "--wait",
        type=click.FloatRange(min=0, max=86_400),
        default=DEFAULT_WAIT,
        show_default=True,
        help="Seconds to wait where another process writes to the home.",
    )(command)


@click.group(context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="metropolis-warehouse")
def cli() -> None:
    """The activity warehouse: builds the guarded yearly report from raw exports."""


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
@_wait_option
def build(year: int, raw: Path, home_folder: Path, engine: str, wait: float) -> int:
    """Build a year: ingest, model, guard, release.

    Exit code 0: released, or unchanged. 1: the guard refused, the last release stands. 2: the input or the
    call is wrong. 3: another build holds the home.
    """
    from orchestration.commands.build import build_year

    return build_year(Home(home_folder), raw, year, engine, wait)


@cli.command()
@_year_option
@_raw_option
@_home_option
@click.option("--watch", is_flag=True, help="Check again whenever the folder changes, until interrupted.")
def check(year: int, raw: Path, home_folder: Path, watch: bool) -> None:
    """The exports of a year against contracts and last releases, without building.

    Grouped by who answers for them. Exit code as a build would have: 0, 1 where it would be refused, 2 where the input
    is wrong.
    """
    from orchestration.commands.check import check_year, watch_year

    command = watch_year if watch else check_year
    sys.exit(command(Home(home_folder), raw, year))


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
@_format_option("table", "csv", "json", says="How the figures are written.")
def figures(years: tuple[int, ...], home_folder: Path, form: str) -> int:
    """The figures of the current release, with the change against the year before."""
    from orchestration.commands.figures import print_figures

    return print_figures(Home(home_folder), years, form)


@cli.command()
@click.argument("figure_id")
@_year_option
@_home_option
@click.option("--rows", is_flag=True, help="List every row behind the figure.")
@click.option("--member", help="Only the rows of this member, by its id or name.")
@_format_option("text", "json", says="How it is written.")
def explain(figure_id: str, year: int, home_folder: Path, rows: bool, member: str | None, form: str) -> int:
    """Where a figure comes from: definition, parts, rows, models, files, guards, print."""
    from orchestration.commands.explain import explain_figure

    return explain_figure(Home(home_folder), year, figure_id, rows, member, as_json=form == "json")


@cli.command()
@_year_option
@_home_option
@click.option("--all", "show_all", is_flag=True, help="List what agrees, too.")
def reconcile(year: int, home_folder: Path, show_all: bool) -> int:
    """Print against data: matches, known differences, new differences, illegible values."""
    from orchestration.commands.reconcile import print_reconciliation

    return print_reconciliation(Home(home_folder), year, show_all)


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
) -> int:
    """Quarantined rows and unresolved places, with suggestions."""
    from orchestration.commands.acceptance import apply_review
    from orchestration.commands.review import export_review, print_review

    home = Home(home_folder)
    if apply_path is not None:
        return apply_review(raw, year, apply_path, by)
    if export_path is not None:
        return export_review(home, year, export_path)
    return print_review(home, year)


@cli.command()
@_home_option
@click.option("--year", type=click.IntRange(1900, 9999), help="Only this year.")
@click.option("--verify", is_flag=True, help="Check every file against the hashes kept at its making.")
@click.option("--keep", type=click.IntRange(min=1), help="Remove the oldest beyond so many a year.")
@_wait_option
def releases(home_folder: Path, year: int | None, verify: bool, keep: int | None, wait: float) -> int:
    """Every release, its size, when it became current.

    Releases are kept until somebody says otherwise with --keep; the current one always is. --verify ends with
    exit code 1 where a file is not what was released.
    """
    from orchestration.commands.releases import print_releases, prune_releases, verify_releases

    home = Home(home_folder)
    if verify and keep is not None:
        raise click.UsageError("--verify and --keep do not go together")
    if verify:
        return verify_releases(home, year)
    if keep is not None:
        return prune_releases(home, year, keep, wait)
    return print_releases(home, year)


@cli.command()
@click.argument("old")
@click.argument("new")
@_home_option
def diff(old: str, new: str, home_folder: Path) -> int:
    """Every figure, cell and file that differs between two releases."""
    from orchestration.commands.releases import print_diff

    return print_diff(Home(home_folder), old, new)


@cli.command()
@click.argument("release")
@_raw_option
@_home_option
@click.option("--reason", default="", help="Why; it stands in the log of releases.")
@_wait_option
def rollback(release: str, raw: Path, home_folder: Path, reason: str, wait: float) -> int:
    """Make an older release current again, and the release over all years anew."""
    from orchestration.commands.releases import roll_back

    return roll_back(Home(home_folder), raw, release, reason, wait)


@cli.command()
@click.argument("email", required=False)
@click.option("--year", type=click.IntRange(1900, 9999), help="Build only this year again.")
@_raw_option
@_home_option
@_wait_option
def forget(email: str | None, year: int | None, raw: Path, home_folder: Path, wait: float) -> int:
    """Erase a person from the landing of every year and build the years again.

    Without EMAIL, or with "-", the address is read from standard input, so that no shell history keeps it.
    """
    from orchestration.commands.forget import forget_person

    if email is None or email == "-":
        email = _asked_address()
    return forget_person(Home(home_folder), raw, year, email.strip(), wait)


def _asked_address() -> str:
    if sys.stdin.isatty():
        return str(click.prompt("E-mail address", err=True, hide_input=True))
    return sys.stdin.readline()


@cli.command()
@click.argument("sql")
@click.option(
    "--year",
    type=click.IntRange(1900, 9999),
    show_default="the newest that is released",
    help="The report year.",
)
@click.option("--all-years", is_flag=True, help="Ask the release over all years; its tables have a year.")
@_home_option
@_format_option("table", "csv", "json", "parquet", says="How the answer is written.")
@click.option(
    "--output",
    type=click.Path(dir_okay=False, path_type=Path),
    help="File that the answer is written to; needed for parquet.",
)
def query(
    sql: str, year: int | None, all_years: bool, home_folder: Path, form: str, output: Path | None
) -> int:
    """Answer a question in SQL (of DuckDB) on released tables: metropolis query "from figures".

    "show tables" lists the tables, "describe members" their columns. Nothing is written, and no file is read but those
    of the release.
    """
    from orchestration.commands.query import answer

    if all_years and year is not None:
        raise click.UsageError("--year and --all-years do not go together")
    return answer(Home(home_folder), sql, year, all_years, form, output)


@cli.command("open")
@_year_option
@_home_option
@click.option("--data", is_flag=True, help="Open its tables, to filter and to sort.")
def open_site(year: int, home_folder: Path, data: bool) -> int:
    """Open the site of the current release in a browser."""
    from orchestration.commands.releases import open_release

    return open_release(Home(home_folder), year, "data/index.html" if data else "index.html")


@cli.command()
@_home_option
@_raw_option
def doctor(home_folder: Path, raw: Path) -> int:
    """Check the machine and the home without building.

    Every release is checked file by file. Ends with the exit code of what is worst.
    """
    from orchestration.commands.doctor import examine

    return examine(Home(home_folder), raw)


@cli.command()
@_home_option
@_raw_option
@click.option("--port", default=3000, show_default=True, help="Port of the UI, on this machine.")
def dev(home_folder: Path, raw: Path, port: int) -> int:
    """The Dagster UI on this home."""
    from orchestration.commands.dev import run_ui

    return run_ui(Home(home_folder), raw, port)


@cli.command()
@click.argument("files", nargs=-1, required=True, type=click.Path(path_type=Path))
@_year_option
@_raw_option
@click.option("--apply", "is_applied", is_flag=True, help="File what is decided; without, it is only shown.")
@click.option("--event", "event_id", default="", help="The event of a single export.")
@click.option("--replace", "replaces", is_flag=True, help="Replace a file that lies there; it is kept aside.")
@click.option("--person", default="", show_default="who is logged in", help="Who files them.")
@_format_option("table", "json", says="How to print.")
def intake(
    files: tuple[Path, ...],
    year: int,
    raw: Path,
    is_applied: bool,
    event_id: str,
    replaces: bool,
    person: str,
    form: str,
) -> int:
    """Recognise downloads by their content and file them under the year.

    Exit code 0: every file is decided. 2: a file is wrong, or a question is open.
    """
    import getpass

    from orchestration.commands.intake import take_in
    from orchestration.ingest.intake import Choice

    return take_in(
        raw,
        year,
        files,
        is_applied=is_applied,
        choice=Choice(event_id, replaces),
        person=person or getpass.getuser(),
        output_format=form,
    )


@cli.command(context_settings={"ignore_unknown_options": True, "allow_interspersed_args": False})
@click.option(
    "--year",
    type=click.IntRange(1900, 9999),
    show_default="that of the newest landing",
    help="The report year.",
)
@_home_option
@click.argument("arguments", nargs=-1, required=True, type=click.UNPROCESSED)
def dbt(year: int | None, home_folder: Path, arguments: tuple[str, ...]) -> int:
    """Run dbt on the landing of a year, in a database for development.

    What follows the options goes to dbt as it is: metropolis dbt --year 2021 build --select +figures. The exit
    code is dbt's. Builds and releases are not touched.
    """
    from orchestration.commands.dbt import run_plain_dbt

    return run_plain_dbt(Home(home_folder), year, arguments)


def run(arguments: Sequence[str]) -> int:
    """Runs a command and returns its exit code; every error becomes a sentence on standard error."""
    places = _Places()
    with interrupts() as interrupted:
        try:
            code = cli.main(list(arguments), prog_name="metropolis", standalone_mode=False, obj=places)
            sys.stdout.flush()
        except click.ClickException as error:
            error.show()
            return ExitCode.WRONG
        except BrokenPipeError:
            # Whoever read the output has enough. What is still in the buffer must not fail once more.
            os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
            return 128 + signal.SIGPIPE
        except BaseException as error:
            number = interrupted.first()
            if number is not None or isinstance(error, KeyboardInterrupt | click.Abort):
                return _say("interrupted", 128 + (number or signal.SIGINT))
            if isinstance(error, SystemExit | GeneratorExit):
                raise
            failure = failure_of(error, places.home, places.raw)
            return _say(failure.sentence, failure.exit_code)
        number = interrupted.first() if code else None
        if number is not None:
            # A library took the interrupt for an error of its own.
            return _say("interrupted", 128 + number)
    return int(code or ExitCode.OK)


def _say(sentence: str, code: int) -> int:
    with suppress(OSError):
        print(f"metropolis: {sentence}", file=sys.stderr, flush=True)
    return code


def main() -> None:
    """The entry point; runs anywhere, with paths relative to where it is called."""
    sys.exit(run(sys.argv[1:]))
