"""The house stands: floors, names, sizes, and the environment files that agree with each other."""

from __future__ import annotations

import ast
import re
import tomllib
from pathlib import Path

import pytest
import yaml

from winnow.fingerprints import _IMPORTS, FLOORS, fingerprint

ROOT = Path(__file__).resolve().parents[1]
PACKAGE = ROOT / "workflow" / "winnow"
MODULES = sorted(PACKAGE.rglob("*.py"))
FLOOR = {room: level for level, rooms in enumerate(FLOORS, start=1) for room in rooms}


def room(path: Path) -> str:
    parts = path.relative_to(PACKAGE).parts
    return parts[0] if len(parts) > 1 else {"__main__.py": "cli"}.get(parts[0], "")


def imported(path: Path) -> set[str]:
    """The rooms that a module imports, at its top or inside its functions."""
    found = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        names = []
        if isinstance(node, ast.ImportFrom) and node.module:
            names = [node.module, *(f"{node.module}.{alias.name}" for alias in node.names)]
        elif isinstance(node, ast.Import):
            names = [alias.name for alias in node.names]
        for name in names:
            parts = name.split(".")
            if parts[0] == "winnow" and len(parts) > 1 and parts[1] in FLOOR:
                found.add(parts[1])
    return found


@pytest.mark.parametrize("path", MODULES, ids=lambda path: path.relative_to(PACKAGE).as_posix())
def test_a_module_imports_only_from_lower_floors(path: Path) -> None:
    """Data flows one way: no room imports a room above it."""
    own = FLOOR.get(room(path), 0)
    above = {name for name in imported(path) if FLOOR[name] > own}
    assert not above


@pytest.mark.parametrize("stage", sorted(_IMPORTS))
def test_a_fingerprint_covers_every_room_that_its_stage_reaches(stage: str) -> None:
    """A stage re-runs when code changes in any room that it imports, directly or through another."""
    reached, todo = set(), {stage}
    while todo:
        reached |= todo
        todo = {name for path in MODULES if room(path) in todo for name in imported(path)} - reached
    assert reached - {stage} <= set(_IMPORTS[stage])


def test_a_fingerprint_changes_with_its_room_only(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Touching one room changes the fingerprints of the stages that import it, and no other."""
    import shutil

    import winnow.fingerprints as module

    copy = tmp_path / "workflow" / "winnow"
    shutil.copytree(PACKAGE, copy, ignore=shutil.ignore_patterns("__pycache__"))
    monkeypatch.setattr(module, "PACKAGE", copy)
    before = {stage: fingerprint(stage) for stage in _IMPORTS}
    (copy / "synthesise" / "new_module.py").write_text("x = 1\n")
    after = {stage: fingerprint(stage) for stage in _IMPORTS}
    assert {stage for stage in _IMPORTS if before[stage] != after[stage]} == {"synthesise", "report"}


def test_modules_are_small_and_named_for_what_they_hold() -> None:
    """No module is over 400 lines, and none has a name that says nothing."""
    silent = re.compile(r"(utils?|helpers?|common|misc|manager)\.py")
    assert [p.name for p in MODULES if silent.fullmatch(p.name)] == []
    assert [p.name for p in MODULES if len(p.read_text(encoding="utf-8").splitlines()) > 400] == []


def test_the_conda_environment_is_the_same_as_the_project(tmp_path: Path) -> None:
    """Every line of environment.yml is a conda spec, and names and bounds are those of pyproject.toml."""
    from rattler import MatchSpec

    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    environment = yaml.safe_load((ROOT / "environment.yml").read_text())["dependencies"]
    specs = [MatchSpec(line) for line in environment if isinstance(line, str)]
    conda = {str(spec.name.normalized): str(spec.version or "") for spec in specs}
    assert conda.pop("python") == project["requires-python"]
    conda.pop("pip")
    pip = next(entry["pip"] for entry in environment if isinstance(entry, dict))
    pairs = [re.fullmatch(r"([\w.-]+)(.*)", line).groups() for line in pip]  # type: ignore[union-attr]
    ours = dict(re.fullmatch(r"([\w.-]+)(.*)", line).groups() for line in project["dependencies"])  # type: ignore[union-attr,misc]
    assert conda | dict(pairs) == ours


def test_the_lock_names_hashes_and_no_address() -> None:
    """requirements.lock pins every package by hash, covers pyproject.toml, and holds no registry's address."""
    lock = (ROOT / "requirements.lock").read_text()
    assert "://" not in lock
    pinned = set(re.findall(r"^([\w.-]+)==", lock, flags=re.M))
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())
    wanted = project["project"]["dependencies"] + project["dependency-groups"]["dev"]
    assert {re.match(r"[\w.-]+", line).group().lower() for line in wanted} <= pinned  # type: ignore[union-attr]
    blocks = re.split(r"\n(?=[\w.-]+==)", lock)
    assert all("--hash=sha256:" in block for block in blocks if "==" in block.split("\n")[0])
