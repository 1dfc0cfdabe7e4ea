"""Write docs/reference/ from the code: the command line and every file that has a schema.

    python docs/build_reference.py

``tests/test_docs.py`` fails if what is committed differs from what this gives.
"""

from __future__ import annotations

import argparse
import importlib
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import winnow
from winnow.cli import COMMANDS

FOLDER = Path(__file__).resolve().parent / "reference"
SCHEMAS = Path(winnow.__file__).parent / "schemas"
HEAD = "<!-- made by docs/build_reference.py; change the code instead -->\n"


def pages() -> dict[str, str]:
    """The reference's pages by file name."""
    found = {"command-line.md": command_line()}
    for path in sorted(SCHEMAS.glob("*.schema.json")):
        found[path.name.removesuffix(".schema.json").replace("_", "-") + ".md"] = schema_page(path)
    return found


def command_line() -> str:
    """Every command with its arguments, in the order of ``winnow --help``."""
    parts = [HEAD, "# The command line\n", "Exit codes: 0 done; 1 the input or the review is at fault; 2 usage.\n"]
    for verb, (module, summary) in COMMANDS.items():
        parser = argparse.ArgumentParser(prog=f"winnow {verb}", add_help=False)
        importlib.import_module(f"winnow.cli.{module}").configure(parser)
        parts.append(f"## winnow {verb}\n\n{summary[0].upper()}{summary[1:]}.\n")
        rows = [_argument(action) for action in parser._actions if action.help != argparse.SUPPRESS]
        if rows:
            parts.append("| argument | what it means |\n| --- | --- |\n" + "\n".join(rows) + "\n")
    return "\n".join(parts)


def _argument(action: argparse.Action) -> str:
    meta = action.metavar if isinstance(action.metavar, str) else ""
    values = "|".join(str(choice) for choice in action.choices if choice) if action.choices else meta
    if action.option_strings:
        takes = action.nargs != 0
        name = ", ".join(action.option_strings) + (f" {values or action.dest.upper()}" if takes else "")
    else:
        name = values or action.dest.upper()
    text = (action.help or "").replace("%(default)s", str(action.default)).replace("%%", "%")
    needed = " (required)" if action.required and action.option_strings else ""
    return f"| `{_cell(name)}` | {_cell(text)}{needed} |"


def _cell(text: str) -> str:
    return text.replace("|", "\\|")


def schema_page(path: Path) -> str:
    """One file's keys, from its JSON Schema."""
    schema: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    title = schema.get("title", path.name)
    rows = [f"| `{key}` | {kind} | {text} |" for key, kind, text in _keys(schema, schema, "", 0)]
    lead = schema.get("description", "")
    return "\n".join(
        [
            HEAD,
            f"# {title}\n",
            *([lead + "\n"] if lead else []),
            "| key | value | what it means |",
            "| --- | --- | --- |",
            *rows,
            "",
        ]
    )


def _keys(schema: dict[str, Any], root: dict[str, Any], prefix: str, depth: int) -> Iterator[tuple[str, str, str]]:
    schema = _resolved(schema, root)
    if depth > 5:
        return
    required = set(schema.get("required", ()))
    for name, part in schema.get("properties", {}).items():
        own = _resolved(part, root)
        text = part.get("description") or own.get("description", "")
        key = f"{prefix}{name}"
        yield key + (" *" if name in required else ""), _kind(own, root), _cell(text)
        yield from _keys(own, root, f"{key}.", depth + 1)
        if isinstance(own.get("items"), dict):
            yield from _keys(own["items"], root, f"{key}[].", depth + 1)
        if isinstance(own.get("additionalProperties"), dict):
            yield from _keys(own["additionalProperties"], root, f"{key}.<name>.", depth + 1)


def _resolved(schema: dict[str, Any], root: dict[str, Any]) -> dict[str, Any]:
    seen = 0
    while "$ref" in schema and seen < 8:
        target: Any = root
        for step in schema["$ref"].removeprefix("#/").split("/"):
            target = target[step]
        schema = {**target, **{k: v for k, v in schema.items() if k != "$ref"}}
        seen += 1
    return schema


def _kind(schema: dict[str, Any], root: dict[str, Any]) -> str:
    if "enum" in schema:
        return " or ".join(f"`{value}`" for value in schema["enum"])
    kind = schema.get("type", "")
    if kind == "array" and isinstance(schema.get("items"), dict):
        return f"list of {_kind(_resolved(schema['items'], root), root) or 'values'}"
    return " or ".join(kind) if isinstance(kind, list) else str(kind)


if __name__ == "__main__":
    FOLDER.mkdir(exist_ok=True)
    for name, text in pages().items():
        (FOLDER / name).write_text(text, encoding="utf-8")
