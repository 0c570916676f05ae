"""Evaluates simple metrics and their ratios on a released database, as their definitions say."""

from __future__ import annotations

import re
from decimal import Decimal
from typing import Any

import duckdb

Node = dict[str, Any]
_DIMENSION = re.compile(r"\{\{ Dimension\('(\w+?)__(\w+)'\) \}\}")
_AGGREGATES = {"sum": "coalesce(sum({}), 0)", "count_distinct": "count(distinct {})"}


class Metrics:
    """The metrics of a dbt manifest, on the tables of a connection."""

    def __init__(self, manifest: Node, connection: duckdb.DuckDBPyConnection) -> None:
        self.metrics: dict[str, Node] = {each["name"]: each for each in manifest["metrics"].values()}
        self.models: list[Node] = list(manifest["semantic_models"].values())
        self._connection = connection

    def number(self, name: str) -> Decimal:
        """The number of a metric; a ratio is from 0 to 1."""
        parameters = self.metrics[name]["type_params"]
        if self.metrics[name]["type"] == "ratio":
            parts = (parameters["numerator"]["name"], parameters["denominator"]["name"])
            return self.number(parts[0]) / self.number(parts[1])
        found = self._connection.execute(self.sql(name)).fetchall()
        return Decimal(found[0][0])

    def sql(self, name: str) -> str:
        """The query of a simple metric: its measure, over the model of it and those that its filter names."""
        metric = self.metrics[name]
        model, measure = self._measure(metric["type_params"]["measure"]["name"])
        condition = " and ".join(each["where_sql_template"] for each in _filters(metric)) or "true"
        joins = ""
        own = {each["name"]: each for each in model["entities"]}
        for entity, column in dict.fromkeys(_DIMENSION.findall(condition)):
            source = self._model_of(entity, column)
            if source is not model and f" as {source['name']} " not in joins:
                key = next(each for each in source["entities"] if each["name"] == entity)
                joins += (
                    f" left join {_table(source)} as {source['name']} "
                    f"on {model['name']}.{own[entity]['expr']} = {source['name']}.{key['expr']}"
                )
        condition = _DIMENSION.sub(lambda at: f"{self._model_of(at[1], at[2])['name']}.{at[2]}", condition)
        expression = _qualified(measure["expr"], model["name"]) if joins else measure["expr"]
        aggregate = _AGGREGATES[measure["agg"]].format(expression)
        return f"select {aggregate} from {_table(model)} as {model['name']}{joins} where {condition}"

    def _measure(self, name: str) -> tuple[Node, Node]:
        return next((m, each) for m in self.models for each in m["measures"] if each["name"] == name)

    def _model_of(self, entity: str, column: str) -> Node:
        """The model that has the entity as its primary one, and the column among its dimensions."""
        return next(
            model
            for model in self.models
            if any(each["name"] == entity and each["type"] == "primary" for each in model["entities"])
            and any(each["name"] == column for each in model["dimensions"])
        )


def _filters(metric: Node) -> list[Node]:
    return list((metric["filter"] or {}).get("where_filters", ()))


def _table(model: Node) -> str:
    return str(model["node_relation"]["alias"])


def _qualified(expression: str, table: str) -> str:
    return re.sub(r"\bhas_attended\b", f"{table}.has_attended", expression)
