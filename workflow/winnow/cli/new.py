"""``winnow new``: the folder of another review, ready to be filled in."""

from __future__ import annotations

import argparse
import json
import shutil
import sys
import tempfile
from importlib import resources
from pathlib import Path

from winnow.errors import InputError

#: Files whose name in the package is not the name that they get.
RENAMED = {"gitignore.txt": ".gitignore"}
#: The placeholder of the review's title, and the file that has it.
TITLED, PLACEHOLDER = "config/config.yaml", '"{title}"'


def configure(parser: argparse.ArgumentParser) -> None:
    """Arguments of ``winnow new``."""
    parser.add_argument("folder", metavar="DIR", help="the new review's folder; it must not exist yet, or be empty")
    parser.add_argument("--title", default="", help="the review's title (default: the folder's name)")


def run(arguments: argparse.Namespace) -> int:
    """Write the folder and say what comes next."""
    folder = Path(arguments.folder)
    write(folder, arguments.title.strip() or folder.resolve().name)
    print(f"{folder}: written. Next: read {folder}/README.md, fill in {folder}/config/, then run 'winnow check' there.")
    return 0


def write(folder: Path, title: str) -> None:
    """Write the skeleton into ``folder``, whole or not at all.

    Raises:
        InputError: something is there already, or the folder can't be written.
    """
    if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
        raise InputError("is there already", where=str(folder), mend="name a folder that doesn't exist yet")
    try:
        folder.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(prefix=f".{folder.name}.", dir=folder.parent) as beside:
            made = Path(beside) / "review"
            for name, content in skeleton(title).items():
                path = made / name
                path.parent.mkdir(parents=True, exist_ok=True)
                path.write_bytes(content)
            if folder.exists():
                folder.rmdir()
            shutil.move(made, folder)
    except OSError as error:
        raise InputError(
            f"can't be written ({error.strerror})", where=str(folder), mend="choose another place"
        ) from None


def skeleton(title: str) -> dict[str, bytes]:
    """The files of a new review by their path in it."""
    with resources.as_file(resources.files("winnow").joinpath("skeleton")) as root:
        paths = sorted(path for path in root.rglob("*") if path.is_file() and "__pycache__" not in path.parts)
        found = {path.relative_to(root).as_posix(): path.read_bytes() for path in paths}
    # A JSON string is a YAML string, whatever signs the title holds.
    quoted = json.dumps(title, ensure_ascii=False)
    found[TITLED] = found[TITLED].decode("utf-8").replace(PLACEHOLDER, quoted).encode("utf-8")
    return {RENAMED.get(name, name): content for name, content in found.items()}


def note_example(folder: Path) -> None:
    """Say so if what a source's folder files as its strategy is still the skeleton's example, which hardly anybody means."""
    example, filed = skeleton("").get(f"config/strategy/{folder.name}.txt"), folder / "strategy.txt"
    if example is not None and filed.is_file() and filed.read_bytes() == example:
        print(
            f"winnow: note: {filed} is still the example that 'winnow new' wrote; if something else was searched for, or meant, "
            f"remove {folder}, write config/strategy/{folder.name}.txt, and file it again",
            file=sys.stderr,
        )
