"""The container's files by the rules of linters for them: images are not built here."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import yaml

from orchestration.paths import PROJECT_FOLDER

DOCKERFILE = (PROJECT_FOLDER / "Dockerfile").read_text(encoding="utf-8")
COMPOSE: dict[str, Any] = yaml.safe_load((PROJECT_FOLDER / "compose.yaml").read_text(encoding="utf-8"))
BINARIES = Path(sys.executable).parent


def instructions(text: str) -> list[tuple[str, str]]:
    """Each instruction of a Dockerfile with its arguments on one line."""
    joined = re.sub(
        r"\\\n\s*", " ", "\n".join(line for line in text.splitlines() if not line.startswith("#"))
    )
    return [(line.partition(" ")[0], line.partition(" ")[2].strip()) for line in joined.splitlines() if line]


def faults(text: str) -> list[str]:
    """What a linter of Dockerfiles would say."""
    told = []
    steps = instructions(text)
    for name, said in steps:
        if name == "FROM" and (":" not in said or ":latest" in said):
            told.append("DL3006/7: a base without a version")
        if name == "ADD":
            told.append("DL3020: ADD where COPY is enough")
        if name in ("CMD", "ENTRYPOINT") and not said.startswith("["):
            told.append("DL3025: no exec form")
        if name == "WORKDIR" and not said.startswith("/"):
            told.append("DL3000: a relative WORKDIR")
        if name == "RUN" and "pip install" in said and "--no-cache-dir" not in said:
            told.append("DL3042: pip keeps its cache")
        if name == "RUN" and "pip install" in said and not re.search(r"--require-hashes|--no-deps", said):
            told.append("a package without a hash")
        if name == "RUN" and "apt-get install" in said and "rm -rf /var/lib/apt/lists" not in said:
            told.append("DL3009: lists of apt stay")
        if name == "RUN" and "|" in said.replace("||", ""):
            told.append("DL4006: a pipe without pipefail")
        if name in ("ENV", "ARG") and re.search(r"(PASSWORD|SECRET|TOKEN|KEY)\w*=", said):
            told.append("a secret in the image")
    users = [said for name, said in steps if name == "USER"]
    if not users or users[-1] in ("root", "0"):
        told.append("DL3002: the last user is root")
    if not any(name == "HEALTHCHECK" for name, _ in steps):
        told.append("no health check")
    return told


def test_the_dockerfile_holds_to_the_rules() -> None:
    assert faults(DOCKERFILE) == []


@pytest.mark.parametrize(
    ("old", "new", "fault"),
    [
        ("python:3.13-slim-bookworm AS", "python AS", "DL3006"),
        ("USER metropolis", "USER root", "DL3002"),
        ("COPY . .", "ADD . .", "DL3020"),
        ("--no-cache-dir --require-hashes", "--require-hashes", "DL3042"),
        ("--no-cache-dir --require-hashes", "--no-cache-dir", "without a hash"),
        ("WORKDIR /app", "WORKDIR app", "DL3000"),
        ("HEALTHCHECK", "LABEL", "health"),
        ("DO_NOT_TRACK=1", "METROPOLIS_POSTGRES_PASSWORD=x", "secret"),
        ("RUN python -m venv /venv", "RUN apt-get install -y curl | cat", "DL4006"),
        ("RUN python -m venv /venv", "RUN apt-get install -y curl", "DL3009"),
        ("python:3.13-slim-bookworm AS", "python:latest AS", "DL3006"),
        ('CMD ["dagster-webserver", ', "CMD dagster-webserver ", "DL3025"),
    ],
)
def test_each_rule_has_been_seen_red(old: str, new: str, fault: str) -> None:
    assert old in DOCKERFILE
    assert any(fault in each for each in faults(DOCKERFILE.replace(old, new)))


def test_what_is_copied_is_there_and_not_ignored() -> None:
    ignored = (PROJECT_FOLDER / ".dockerignore").read_text(encoding="utf-8").splitlines()
    for name, said in instructions(DOCKERFILE):
        if name != "COPY" or "--from" in said:
            continue
        for source in [word for word in said.split() if not word.startswith("--")][:-1]:
            assert (PROJECT_FOLDER / source).exists(), source
            assert source.split("/")[0] not in ignored
    for needed in (
        "orchestration",
        "dbt_project",
        "expectations",
        "workspace.yaml",
        "pyproject.toml",
        "README.md",
    ):
        assert needed not in ignored
    assert not any((PROJECT_FOLDER / "raw" / "contracts").match(each) for each in ignored)


def test_every_command_is_one_of_the_environment() -> None:
    [command] = [json.loads(said) for name, said in instructions(DOCKERFILE) if name == "CMD"]
    commands = [command, *(COMPOSE["services"][name]["command"] for name in ("webserver", "daemon"))]
    commands.append(COMPOSE["services"]["daemon"]["healthcheck"]["test"][1:])
    for each in commands:
        assert shutil.which(each[0], path=str(BINARIES)), each
        words = [word for word in each[1:] if not word.startswith("-")]
        options = {word for word in each if word.startswith("--")}
        group = words[:1] if words and words[0] in ("run", "liveness-check") else []
        helped = subprocess.run(
            [str(BINARIES / each[0]), *group, "--help"],
            capture_output=True,
            text=True,
            timeout=60,
            check=True,
        ).stdout
        assert all(option in helped for option in options), (each, helped)


def test_the_services_name_what_the_code_knows() -> None:
    code = "".join(
        path.read_text(encoding="utf-8")
        for path in (PROJECT_FOLDER / "orchestration").rglob("*.*")
        if path.suffix in (".py", ".yaml")
    )
    for name in ("webserver", "daemon"):
        service = COMPOSE["services"][name]
        for variable in service["environment"]:
            assert variable in code or variable.removeprefix("METROPOLIS_POSTGRES_") in code, variable
        assert service["depends_on"]["storage"]["condition"] == "service_healthy"
    mounted = {each.split(":")[-1] for each in COMPOSE["services"]["webserver"]["volumes"]}
    folders = dict(
        each.split("=") for name, said in instructions(DOCKERFILE) if name == "ENV" for each in said.split()
    )
    assert mounted == {folders["METROPOLIS_HOME"], folders["METROPOLIS_RAW"]}


def test_no_password_is_written_down() -> None:
    passwords = [
        str(value)
        for service in COMPOSE["services"].values()
        for name, value in service["environment"].items()
        if "PASSWORD" in name
    ]
    assert passwords
    assert all(each.startswith("${METROPOLIS_POSTGRES_PASSWORD:?") for each in passwords)


def test_only_the_machine_itself_reaches_the_ui() -> None:
    ports = [port for service in COMPOSE["services"].values() for port in service.get("ports", ())]
    assert ports and all(port.startswith("127.0.0.1:") for port in ports)


def test_the_storage_of_a_team_differs_from_the_home_s_own_by_the_storage_alone() -> None:
    folder = PROJECT_FOLDER / "orchestration"
    own, team = (
        yaml.safe_load((folder / name).read_text(encoding="utf-8"))
        for name in ("dagster.yaml", "dagster.postgres.yaml")
    )
    assert own.pop("event_log_storage") and team.pop("storage")
    assert own == team
