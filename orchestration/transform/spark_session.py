"""Opens the Spark session of a build, and the storage that it shares with this machine.

By default Spark runs in this process, on files of the build's folder, which are removed afterwards.
Environment variables select another place:

- ``SPARK_REMOTE``: a Spark Connect server, such as sc://host:15002
- ``SPARK_MASTER``: the master of a cluster, such as spark://host:7077; this process is its driver
- ``METROPOLIS_SPARK_STORAGE``: a folder for this home that Spark's machines can read and write, such as
  s3://bucket/folder
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from orchestration.build import Build
from orchestration.transform.runner import EngineMissing

if TYPE_CHECKING:
    from pyarrow.fs import FileSystem
    from pyspark.sql import SparkSession

REMOTE = "SPARK_REMOTE"
MASTER = "SPARK_MASTER"
STORAGE = "METROPOLIS_SPARK_STORAGE"

_LOGGING = Path(__file__).with_name("log4j2.properties")

# What SQL means must not depend on where it runs: no local time, no silent overflow, no lost digit, no end of
# a recursion that is not its own.
_MEANING = {
    "spark.sql.ansi.enabled": "true",
    "spark.sql.cteRecursionLevelLimit": "-1",
    "spark.sql.cteRecursionRowLimit": "-1",
    "spark.sql.decimalOperations.allowPrecisionLoss": "false",
    "spark.sql.session.timeZone": "UTC",
    "spark.sql.timestampType": "TIMESTAMP_NTZ",
}
_DRIVER = {
    # Relations are the build's own: another build or another user of the cluster never meets them.
    "spark.sql.catalogImplementation": "in-memory",
    "spark.driver.extraJavaOptions": f"-Dlog4j2.configurationFile={_LOGGING.as_uri()}",
    "spark.ui.enabled": "false",
    "spark.ui.showConsoleProgress": "false",
}
_LOCAL = {
    "spark.driver.bindAddress": "127.0.0.1",
    "spark.driver.host": "127.0.0.1",
    "spark.driver.memory": "2g",
    # The tables of a year are small next to what a task costs to start.
    "spark.sql.shuffle.partitions": str(2 * (os.cpu_count() or 1)),
}


@dataclass(frozen=True)
class Exchange:
    """Paths of the files exchanged with Spark: landing and result tables.

    ``storage`` is empty where both see the same files.
    """

    folder: Path
    landed: Path
    storage: str = ""

    @property
    def landing(self) -> str:
        """The path of the landing as Spark reads it."""
        return self._seen_by_spark("landing") if self.storage else str(self.landed)

    @property
    def warehouse(self) -> str:
        """Spark's warehouse folder of the session."""
        return self._seen_by_spark("warehouse") if self.storage else str(self.folder / "warehouse")

    def result(self, table: str) -> str:
        """The path to which Spark writes a result table."""
        name = f"results/{table}.parquet"
        return self._seen_by_spark(name) if self.storage else str(self.folder / name)

    def received(self, table: str) -> Path:
        """The local path of a result table."""
        path = self.folder / "results" / f"{table}.parquet"
        if self.storage:
            path.mkdir(parents=True)
            self._copy(f"{self.storage}/results/{table}.parquet", str(path))
        return path

    def open(self) -> None:
        """Clears the storage and copies the landing to it."""
        self.close()
        self.folder.mkdir(parents=True)
        if self.storage:
            system, path = self._shared()
            system.create_dir(f"{path}/landing")
            for table in sorted(self.landed.glob("*.parquet")):
                self._copy(str(table), f"{self.storage}/landing/{table.name}")

    def close(self) -> None:
        """Removes the exchanged files."""
        shutil.rmtree(self.folder, ignore_errors=True)
        if self.storage:
            system, path = self._shared()
            if system.get_file_info(path).type.name == "Directory":
                system.delete_dir(path)

    def _shared(self) -> tuple[FileSystem, str]:
        from pyarrow import fs

        system, path = fs.FileSystem.from_uri(self.storage)
        return system, path

    def _seen_by_spark(self, name: str) -> str:
        # Spark's Hadoop knows S3 by the name of its third client.
        return f"{self.storage}/{name}".replace("s3://", "s3a://", 1)

    @staticmethod
    def _copy(source: str, destination: str) -> None:
        from pyarrow import fs

        fs.copy_files(source, destination)


@dataclass(frozen=True)
class OpenSession:
    """An open session and its exchange."""

    session: SparkSession
    exchange: Exchange


@contextmanager
def spark_session(build: Build) -> Iterator[OpenSession]:
    """Opens a session for one build; dbt uses the process's active session."""
    builder = _builder()
    exchange = exchange_of(build)
    exchange.open()
    try:
        session = _session(builder, exchange)
        try:
            yield OpenSession(session, exchange)
        finally:
            # One that died can't be stopped; what it left undone is told by the outcomes of the models.
            with suppress(Exception):
                session.stop()
    finally:
        exchange.close()


def exchange_of(build: Build) -> Exchange:
    """The exchange of a build, on the configured storage."""
    storage = os.environ.get(STORAGE, "").rstrip("/")
    if storage:
        storage = f"{storage}/{build.year}"
    return Exchange(build.folder.resolve() / "spark", build.landing.resolve(), storage)


def _session(builder: SparkSession.Builder, exchange: Exchange) -> SparkSession:
    for name, value in settings(exchange).items():
        builder = builder.config(name, value)
    try:
        return builder.getOrCreate()
    except Exception as error:
        raise EngineMissing(f"Spark does not start: {error}") from None


def settings(exchange: Exchange) -> dict[str, str]:
    """Spark settings for the configured place."""
    if os.environ.get(REMOTE):
        return _MEANING
    driver = _MEANING | _DRIVER | {"spark.sql.warehouse.dir": exchange.warehouse}
    if os.environ.get(MASTER):
        return driver | {"spark.master": os.environ[MASTER]}
    spill = {"spark.local.dir": str(exchange.folder / "spill")}
    return driver | _LOCAL | spill | {"spark.master": "local[*]"}


def _builder() -> SparkSession.Builder:
    try:
        from pyspark.sql import SparkSession
    except ImportError:
        raise EngineMissing("Spark is not installed: make install-spark") from None
    if not os.environ.get(REMOTE) and not _has_java():
        raise EngineMissing("Spark needs Java 17: make install-spark")
    return SparkSession.builder.appName("metropolis")


def _has_java() -> bool:
    home = os.environ.get("JAVA_HOME")
    return (Path(home) / "bin" / "java").exists() if home else shutil.which("java") is not None
