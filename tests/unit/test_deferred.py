"""Libraries whose import is put off until something of them is used."""

from __future__ import annotations

import importlib
import subprocess
import sys

import pytest

from orchestration.guards.deferred import absent

# A question that needs the statistics; its answer is no.
ASKS_STATISTICS = """
import sys
from orchestration.guards.judgement import Judge, prepare
from orchestration.guards.suites import Expectation, Suite

prepare()
print(sorted(name for name in ("altair", "scipy.stats._stats_py") if name in sys.modules and
             hasattr(sys.modules[name], "__file__")))

import great_expectations as gx
import pandas as pd

context = gx.get_context(mode="ephemeral")
asset = context.data_sources.add_pandas("a").add_dataframe_asset("b")
batch = asset.add_batch_definition_whole_dataframe("all").get_batch(
    {"dataframe": pd.DataFrame({"x": ["a"] * 39 + ["b"]})}
)
question = {
    "type": "expect_column_kl_divergence_to_be_less_than",
    "kwargs": {
        "column": "x",
        "partition_object": {"values": ["a", "b"], "weights": [0.5, 0.5]},
        "threshold": 0.1,
    },
}
answer = batch.validate(gx.ExpectationSuite(name="s", expectations=[question])).results[0]
print(answer.success, answer.exception_info["raised_exception"])
print(sys.modules["scipy.stats"].entropy([1.0]))
"""


def test_statistics_and_charts_are_imported_when_they_are_used() -> None:
    told = subprocess.run([sys.executable, "-c", ASKS_STATISTICS], capture_output=True, text=True, check=True)
    assert told.stdout.splitlines() == ["[]", "False False", "0.0"]


def test_great_expectations_does_without_databases_and_others_do_not() -> None:
    code = (
        "import sys; from orchestration.guards.judgement import Judge; Judge(); "
        "print('sqlalchemy' in sys.modules); import sqlalchemy; print(sqlalchemy.__name__)"
    )
    told = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert told.stdout.splitlines() == ["False", "sqlalchemy"]


def test_what_is_imported_already_is_not_hidden() -> None:
    with absent("subprocess", "no_such_module"):
        import subprocess as found

        assert found is subprocess
        with pytest.raises(ModuleNotFoundError):
            importlib.import_module("no_such_module")
    assert "no_such_module" not in sys.modules
