"""YAML and JSON that people write, checked against a JSON Schema, with faults that name file, line, key and remedy.

Schemas are package data in ``winnow/schemas/<name>.schema.json`` (draft 2020-12). Overlays merge as Snakemake merges
``--configfile``: mappings key by key, anything else replaced.
"""

from __future__ import annotations

import difflib
import json
from collections.abc import Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import Any

from winnow import package_data
from winnow.errors import ConfigError, WinnowError, raise_all

Key = tuple[str | int, ...]

#: No file that a person writes has more; a few aliases of aliases have billions.
MOST_KEYS = 100_000


@cache
def schema(name: str) -> dict[str, Any]:
    """The JSON Schema called ``name``."""
    loaded: dict[str, Any] = json.loads(package_data.text(f"schemas/{name}.schema.json"))
    return loaded


def load_yaml(path: Path | str) -> tuple[Any, dict[Key, int]]:
    """A YAML file and the line of each of its keys.

    Raises:
        ConfigError: not there, not UTF-8 or not YAML; a key given twice is a fault too.
    """
    import yaml

    where = str(path)
    try:
        text = Path(path).read_bytes().decode("utf-8-sig")
    except FileNotFoundError:
        raise ConfigError("no such file", where=where, mend="every review has one: see 'winnow new'") from None
    except UnicodeDecodeError as error:
        raise ConfigError(f"byte {error.start} is not UTF-8", where=where, mend="save it as UTF-8") from None
    try:
        loader = yaml.SafeLoader(text)
        node = loader.get_single_node()
        lines: dict[Key, int] = {}
        _line_numbers(node, (), lines, where)
        return (None if node is None else loader.construct_document(node)), lines
    except RecursionError:
        raise ConfigError("not YAML (nested too deeply)", where=where, mend="mend the file") from None
    except yaml.MarkedYAMLError as error:
        line = error.problem_mark.line + 1 if error.problem_mark else 1
        raise ConfigError(f"not YAML ({error.problem})", where=f"{where}:{line}", mend="mend that line") from None
    except yaml.YAMLError as error:
        raise ConfigError(f"not YAML ({error})", where=where, mend="mend the file") from None


def _line_numbers(node: Any, key: Key, lines: dict[Key, int], where: str) -> None:
    import yaml

    if node is None:
        return
    lines.setdefault(key, node.start_mark.line + 1)
    if len(lines) > MOST_KEYS:
        raise ConfigError(f"more than {MOST_KEYS} keys", where=where, mend="write its aliases out, or fewer of them")
    if isinstance(node, yaml.MappingNode):
        seen: set[str] = set()
        for name, value in node.value:
            line = name.start_mark.line + 1
            if name.value in seen:
                raise ConfigError(
                    f"key '{name.value}' is given twice", where=f"{where}:{line}", mend="keep one of them"
                )
            seen.add(name.value)
            lines[(*key, name.value)] = line
            _line_numbers(value, (*key, name.value), lines, where)
    elif isinstance(node, yaml.SequenceNode):
        for index, value in enumerate(node.value):
            _line_numbers(value, (*key, index), lines, where)


def faults(value: Any, schema_name: str, where: str, lines: Mapping[Key, int] | None = None) -> list[WinnowError]:
    """Every fault that the schema finds, in the order of the file."""
    return _located(value, schema_name, [(where, lines or {})])


def _located(value: Any, schema_name: str, sources: Sequence[tuple[str, Mapping[Key, int]]]) -> list[WinnowError]:
    """Schema faults with the file and line that set the key; the last file that did counts."""
    import jsonschema

    found: list[tuple[int, int, str, WinnowError]] = []
    for error in jsonschema.Draft202012Validator(schema(schema_name)).iter_errors(value):
        for what, at, mend in _explained(error, tuple(error.absolute_path)):
            order, (path, line) = _place(at, sources)
            fault = ConfigError(what, where=f"{path}:{line}" if line else path, mend=mend)
            found.append((order, line, fault.line, fault))
    return [fault for *_, fault in sorted(found, key=lambda item: item[:3])]


def _place(at: Key, sources: Sequence[tuple[str, Mapping[Key, int]]]) -> tuple[int, tuple[str, int]]:
    for length in range(len(at), -1, -1):
        for order, (path, lines) in reversed(list(enumerate(sources))):
            if at[:length] in lines:
                return order, (path, lines[at[:length]])
    return 0, (sources[0][0], 0)


def _explained(error: Any, key: Key) -> list[tuple[str, Key, str]]:
    name = ".".join(str(part) for part in key) or "the file"
    if error.validator == "additionalProperties":
        known = sorted(error.schema.get("properties", {}))
        extra = sorted(str(k) for k in error.instance if k not in known)
        return [
            (f"unknown key '{k}' in {name}", (*key, k), _nearest(k, known))
            for k in extra
        ]  # fmt: skip
    if error.validator == "required":
        missing = [k for k in error.validator_value if k not in error.instance]
        return [(f"{name} has no '{k}'", key, f"add '{k}:'") for k in missing]
    if error.validator == "enum":
        allowed = [str(v) for v in error.validator_value]
        return [(f"{name} is '{error.instance}'", key, f"use one of {', '.join(allowed)}")]
    if error.validator == "type":
        return [(f"{name} should be {_kind(error.validator_value)}", key, "see docs/reference/config.md")]
    if error.validator == "pattern" and "spelling" in error.schema:
        return [(f"{name} is '{error.instance}'", key, f"use {error.schema['spelling']}")]
    return [(f"{name}: {error.message}", key, "see docs/reference/config.md")]


_KINDS = {
    "array": "a list", "boolean": "true or false", "integer": "a whole number", "null": "empty", "number": "a number",
    "object": "a mapping", "string": "text",
}  # fmt: skip


def _kind(kinds: str | Sequence[str]) -> str:
    """The types that a schema allows, in plain words."""
    return " or ".join(_KINDS[kind] for kind in ([kinds] if isinstance(kinds, str) else kinds))


def _nearest(name: str, known: Sequence[str]) -> str:
    close = difflib.get_close_matches(name, known, n=1)
    return f"did you mean '{close[0]}'?" if close else f"known keys: {', '.join(known)}"


def load(path: Path | str, schema_name: str) -> Any:
    """A YAML file that fits its schema.

    Raises:
        ConfigError, Faults: what does not fit, one line each.
    """
    value, lines = load_yaml(path)
    raise_all(faults(value if value is not None else {}, schema_name, str(path), lines))
    return value


def merged(base: Any, overlay: Any) -> Any:
    """``overlay`` over ``base``: mappings key by key, anything else replaced."""
    if isinstance(base, dict) and isinstance(overlay, dict):
        return base | {key: merged(base.get(key), value) for key, value in overlay.items()}
    return overlay


def load_merged(paths: Sequence[Path | str], schema_name: str) -> dict[str, Any]:
    """The config files merged in order; a fault names the last file that set the key."""
    value: Any = {}
    sources: list[tuple[str, Mapping[Key, int]]] = []
    for path in paths:
        part, lines = load_yaml(path)
        if not isinstance(part, dict):
            raise ConfigError("should be a mapping", where=str(path), mend="write 'key: value' lines")
        value = merged(value, part)
        sources.append((str(path), lines))
    raise_all(_located(value, schema_name, sources))
    result: dict[str, Any] = value
    return result
