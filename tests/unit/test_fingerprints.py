"""Fingerprints differ whenever what they are made from does."""

from __future__ import annotations

from orchestration.fingerprints import node_fingerprint, source_fingerprint


def test_a_part_does_not_run_into_the_next() -> None:
    of_source = {
        source_fingerprint("videos", [("videos.csv", "a")], ["b"]),
        source_fingerprint("videos", [("videos.csva", "")], ["b"]),
        source_fingerprint("videos", [("videos.csv", "ab")], [""]),
        source_fingerprint("videos", [("videos.csv", "a")], ["b", ""]),
        source_fingerprint("news", [("videos.csv", "a")], ["b"]),
    }
    assert len(of_source) == 5
    of_node = {
        node_fingerprint("model.a", "made", ["b", "c"]),
        node_fingerprint("model.a", "made", ["bc"]),
        node_fingerprint("model.a", "mademodel.a", ["c"]),
    }
    assert len(of_node) == 3


def test_a_name_that_is_no_utf_8_has_a_fingerprint() -> None:
    odd = b"v\xe9deo.csv".decode("utf-8", "surrogateescape")
    assert source_fingerprint("videos", [(odd, "a")], []) != source_fingerprint(
        "videos", [("v\xe9deo.csv", "a")], []
    )
