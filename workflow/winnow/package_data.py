"""The tables, rules and texts that stand beside the code. Paths are relative to the package, with ``/``."""

from __future__ import annotations

import csv
import io
from importlib import resources
from typing import Any


def content(path: str) -> bytes:
    """The bytes of a file."""
    return resources.files("winnow").joinpath(*path.split("/")).read_bytes()


def text(path: str) -> str:
    """A text, with LF line ends."""
    return resources.files("winnow").joinpath(*path.split("/")).read_text(encoding="utf-8")


def rows(path: str) -> list[dict[str, str]]:
    """The rows of a CSV table, by the names of its header."""
    return list(csv.DictReader(io.StringIO(text(path), newline="")))


def from_yaml(path: str) -> Any:
    """What a YAML file holds."""
    import yaml

    loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)  # in C, where PyYAML was built with it
    return yaml.load(text(path), Loader=loader)


def names(folder: str, ending: str) -> list[str]:
    """The files of a folder with this ending, sorted, each without it."""
    inside = resources.files("winnow").joinpath(*folder.split("/")).iterdir()
    return sorted(entry.name.removesuffix(ending) for entry in inside if entry.name.endswith(ending))
