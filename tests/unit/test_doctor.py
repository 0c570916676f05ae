"""metropolis doctor: packages against the lock."""

from __future__ import annotations

from pathlib import Path

import pytest

from orchestration.cli import run
from orchestration.commands import doctor
from orchestration.errors import ExitCode


@pytest.fixture
def call(tmp_path: Path) -> list[str]:
    (tmp_path / "raw" / "2030").mkdir(parents=True)
    return ["doctor", "--raw", str(tmp_path / "raw"), "--home", str(tmp_path / "home")]


def test_an_installation_as_locked_is_well(call: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    assert run(call) == ExitCode.OK
    said = capsys.readouterr().out
    assert "as locked" in said and "Python" in said


def test_another_version_than_the_locked_one_is_named(
    call: list[str], capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    text = 'duckdb==0.9.1 \\\n    --hash=sha256:00\nno-such-package==1.0\ncolorama==9 ; sys_platform == "win32"\n'
    (tmp_path / "requirements.lock").write_text(text, encoding="utf-8")
    monkeypatch.setattr(doctor, "PROJECT_FOLDER", tmp_path)
    assert run(call) == ExitCode.WRONG
    said = capsys.readouterr().out
    assert "duckdb is 2.0.1, and ==0.9.1 is locked" in said
    assert "no-such-package" not in said
