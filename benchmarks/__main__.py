"""Measures scale and overhead against baselines in one run.

    python -m benchmarks [--registrations N ...] [--write]

Results are ratios of whole processes measured in the same run, since seconds depend on the machine.
``--write`` updates the tables and the picture of docs/performance.md.
"""

import argparse
import json
import math
import os
import platform
import shutil
import sqlite3
import sys
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from benchmarks.floor import SQL_FILE
from benchmarks.measuring import Measured, measure
from orchestration.build import build_of
from orchestration.paths import DBT_FOLDER, PROJECT_FOLDER, Home
from orchestration.transform.reuse import sql_of_last_run

BENCH_YEAR = 2030
SIZES = (10_000, 100_000, 1_000_000)
BIN = Path(sys.executable).parent
PERFORMANCE = PROJECT_FOLDER / "docs" / "performance.md"
PICTURE = PERFORMANCE.with_suffix(".svg")
_BEGIN, _END = "<!-- measured -->", "<!-- /measured -->"


def build(raw: Path, home: Path, year: int) -> Measured:
    """``metropolis build`` as a whole process."""
    command = [str(BIN / "metropolis"), "build", "--year", str(year), "--raw", str(raw), "--home", str(home)]
    return measure(command)


def steps(home: Path) -> dict[str, float]:
    """Seconds by step of the newest run in a home."""
    runs = [p for p in (home / "dagster" / "history" / "runs").glob("*.db") if p.stem != "index"]
    newest = max(runs, key=lambda path: path.stat().st_mtime)
    begun: dict[str, str] = {}
    seconds: dict[str, float] = {}
    with sqlite3.connect(newest) as connection:
        for kind, step, at in connection.execute(
            "select dagster_event_type, step_key, timestamp from event_logs order by id"
        ):
            if kind == "STEP_START":
                begun[step] = at
            elif kind == "STEP_SUCCESS":
                elapsed = datetime.fromisoformat(at) - datetime.fromisoformat(begun[step])
                seconds[step] = elapsed.total_seconds()
    return seconds


@dataclass(frozen=True)
class Scale:
    """Measurements of one size: the build, the baseline, the plain script."""

    registrations: int
    build: Measured
    floor: Measured
    peer: Measured
    steps: dict[str, float]


def take_compiled(home: Path, year: int, folder: Path) -> Path:
    """Copies what the baseline needs of a build: manifest, compiled SQL, catalogue."""
    compiled = folder / "compiled"
    compiled.mkdir()
    built = build_of(Home(home), year)
    shutil.copy(built.manifest, compiled)
    (compiled / SQL_FILE).write_text(json.dumps(sql_of_last_run(built)), encoding="utf-8")
    shutil.copytree(DBT_FOLDER / "seeds", folder / "seeds")
    return compiled


def scale(registrations: int, folder: Path) -> Scale:
    """Generates exports of a size and measures all three on them."""
    raw, home = folder / "raw", folder / "home"
    generate = [sys.executable, "-m", "benchmarks.generate", "--out", str(raw), "--year", str(BENCH_YEAR)]
    measure([*generate, "--registrations", str(registrations), "--seed", "1"])
    # What is still being written of the exports would be waited for by whoever makes sure of files of its own.
    os.sync()
    whole = build(raw, home, BENCH_YEAR)
    taken = steps(home)
    compiled = take_compiled(home, BENCH_YEAR, folder)
    shutil.rmtree(home)
    common = ["--raw", str(raw), "--year", str(BENCH_YEAR)]
    floor = measure(
        [
            sys.executable,
            "-m",
            "benchmarks.floor",
            *common,
            "--out",
            str(folder / "floor"),
            "--compiled",
            str(compiled),
        ]
    )
    shutil.rmtree(folder / "floor")
    peer = measure([sys.executable, "tests/oracle/calculation.py", *common, "--out", str(folder / "peer")])
    return Scale(registrations, whole, floor, peer, taken)


@dataclass(frozen=True)
class Overhead:
    """Measurements of the committed year: one file changed, unchanged, stock command."""

    changed: Measured
    unchanged: Measured
    stock: Measured


def overhead(folder: Path, year: int) -> Overhead:
    """Measures the committed exports: one file changed, unchanged, stock command."""
    raw, home = folder / "raw", folder / "home"
    shutil.copytree(PROJECT_FOLDER / "raw" / str(year), raw / str(year))
    build(raw, home, year)
    with (raw / str(year) / "website" / "social.csv").open("a", encoding="utf-8") as stream:
        stream.write(f"{year + 1}-01-15,instagram,1\n")
    changed = build(raw, home, year)
    unchanged = build(raw, home, year)
    stock_home = folder / "stock"
    build(raw, stock_home, year)
    environment = {
        "METROPOLIS_RAW": str(raw),
        "METROPOLIS_HOME": str(stock_home),
        "DAGSTER_HOME": str(stock_home / "dagster"),
    }
    stock = measure(
        [
            str(BIN / "dagster"), "asset", "materialize", "-m", "orchestration.definitions",
            "--select", "*", "--partition", str(year),
        ],
        **environment,
    )  # fmt: skip
    return Overhead(changed, unchanged, stock)


# --- telling -----------------------------------------------------------------------------------


def exponent(results: Sequence[Scale]) -> float:
    """Growth exponent of the build's time between the two largest sizes; 1 is linear."""
    small, large = results[-2:]
    growth = math.log(large.build.wall / small.build.wall)
    return growth / math.log(large.registrations / small.registrations)


def scale_table(results: Sequence[Scale]) -> list[str]:
    """The sizes as a Markdown table: seconds by the clock, of processor, and peak memory of all processes."""
    lines = [
        "| registrations | | s | s of processor | peak MB | build ÷ it |",
        "|---:|---|---:|---:|---:|---:|",
    ]
    for each in results:
        rows = (("build", each.build), ("floor", each.floor), ("plain script", each.peer))
        for at, (name, measured) in enumerate(rows):
            size = "" if at else f"{each.registrations:,}"
            ratio = f"{each.build.wall / measured.wall:.2f}" if at else ""
            lines.append(
                f"| {size} | {name} | {measured.wall:.1f} | {measured.cpu:.1f} | {measured.peak:.0f} | {ratio} |"
            )
    if len(results) > 1:
        lines += ["", f"Growth between the two largest: exponent {exponent(results):.2f}; 1 is linear."]
    return lines


def steps_table(result: Scale) -> list[str]:
    """Seconds per step of the largest build, as a Markdown table."""
    told = sum(result.steps.values())
    rows = sorted(result.steps.items(), key=lambda pair: -pair[1])
    lines = [f"Where the time goes at {result.registrations:,}:", "", "| step | s |", "|---|---:|"]
    lines += [f"| {step} | {seconds:.1f} |" for step, seconds in rows if seconds >= 0.05]
    return [*lines, f"| start-up, imports, definitions | {result.build.wall - told:.1f} |"]


def overhead_table(result: Overhead) -> list[str]:
    """The committed year as a Markdown table."""
    rows = [
        ("one file changed", result.changed, result.changed.wall / result.stock.wall, "of the stock command"),
        (
            "nothing changed",
            result.unchanged,
            result.unchanged.wall / result.changed.wall,
            "of a changed build",
        ),
        ("`dagster asset materialize`, stock", result.stock, 1.0, ""),
    ]
    lines = ["| build of the committed year | s | of processor | ratio |", "|---|---:|---:|---|"]
    lines += [f"| {n} | {m.wall:.2f} | {m.cpu:.2f} | {ratio:.2f} {of} |" for n, m, ratio, of in rows]
    return lines


def machine() -> str:
    """The machine in a few words."""
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30
    return f"{os.cpu_count()} cores of {platform.machine()}, {memory:.0f} GiB, Python {platform.python_version()}"


def write(text: str, results: Sequence[Scale]) -> None:
    """Updates the tables in docs/performance.md and the picture beside it."""
    page = PERFORMANCE.read_text(encoding="utf-8")
    before, rest = page.split(_BEGIN)
    _, after = rest.split(_END)
    PERFORMANCE.write_text(f"{before}{_BEGIN}\n\n{text}\n\n{_END}{after}", encoding="utf-8")
    PICTURE.write_text(drawn(results), encoding="utf-8")


def drawn(results: Sequence[Scale]) -> str:
    """Seconds by registrations on logarithmic axes, as SVG."""
    import vl_convert

    rows = [
        {"registrations": each.registrations, "seconds": measured.wall, "what": name}
        for each in results
        for name, measured in (("build", each.build), ("floor", each.floor), ("plain script", each.peer))
    ]
    powers = {"type": "log", "base": 10}
    chart = {
        "width": 520,
        "height": 300,
        "data": {"values": rows},
        "mark": {"type": "line", "point": True},
        "encoding": {
            "x": {
                "field": "registrations",
                "type": "quantitative",
                "scale": powers,
                "axis": {"format": "~s"},
            },
            "y": {"field": "seconds", "type": "quantitative", "scale": powers},
            "color": {"field": "what", "type": "nominal", "title": None},
        },
    }
    svg: str = vl_convert.vegalite_to_svg(chart)
    return svg + "\n"


def main() -> None:
    """The command line."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--registrations", type=int, nargs="+", default=SIZES)
    parser.add_argument("--year", type=int, default=None, help="Committed year; the newest, unless given.")
    parser.add_argument("--write", action="store_true", help="Put the tables into docs/performance.md.")
    parser.add_argument("--json", type=Path, help="Keep the figures in a file.")
    arguments = parser.parse_args()
    committed = [int(p.name) for p in (PROJECT_FOLDER / "raw").iterdir() if p.name.isdigit()]
    results = []
    with tempfile.TemporaryDirectory() as folder:
        over = overhead(Path(folder), arguments.year or max(committed))
        print("\n".join(overhead_table(over)), flush=True)
    for size in arguments.registrations:
        with tempfile.TemporaryDirectory() as folder:
            results.append(scale(size, Path(folder)))
            print("\n".join(scale_table(results[-1:])), flush=True)
    tables = [
        f"Measured on {machine()}.", "", *overhead_table(over), "", *scale_table(results), "",
        *steps_table(results[-1]),
    ]  # fmt: skip
    text = "\n".join(tables)
    print(text)
    if arguments.json:
        arguments.json.write_text(json.dumps([vars(each) for each in results], default=vars, indent=1))
    if arguments.write:
        write(text, results)


if __name__ == "__main__":
    main()
