"""The pack as an RO-Crate after the Workflow Run profile: inputs, steps, outputs, people and software, for machines.

The crate describes the files that the pack holds. Its date is that of the last search or decision, never today's.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from importlib.metadata import PackageNotFoundError, version
from pathlib import PurePosixPath
from typing import Any

from winnow import __version__
from winnow.report.evidence import Row
from winnow.review import Review

PROFILES = (
    "https://w3id.org/ro/wfrun/process/0.5",
    "https://w3id.org/ro/wfrun/workflow/0.5",
    "https://w3id.org/workflowhub/workflow-ro-crate/1.0",
)
CONTEXT = "https://w3id.org/ro/terms/workflow-run/context"
WORKFLOW = "code/Snakefile"
LICENCE = "https://spdx.org/licenses/MIT"
RIGHTS = {
    "name": "Rights differ by part",
    "description": "The workflow (code/) is under the MIT licence; bibliographic records belong to their sources; protocol and "
    "decisions belong to the authors of the review.",
}
#: stage: what it reads (prefixes of names in the pack)
STAGES = {
    "records": ("searches/",),
    "deduplicate": ("results/records/", "decisions/duplicates.csv"),
    "screen": ("results/deduplicate/", "config/criteria.yaml", "decisions/screening/", "decisions/retrieval.csv"),
    "extract": (
        "results/screen/", "results/deduplicate/", "config/extraction.yaml", "decisions/studies.csv",
        "decisions/extraction.csv",
    ),
    "synthesise": ("results/deduplicate/", "results/extract/", "config/synthesis.yaml", "decisions/risk_of_bias.csv"),
    "report": ("results/records/", "results/deduplicate/", "results/screen/", "results/extract/", "results/synthesise/"),
}  # fmt: skip
_BESIDE = {"report": ("results/review.sqlite",)}
MEDIA = {
    ".csv": "text/csv", ".json": "application/json", ".svg": "image/svg+xml", ".png": "image/png", ".pdf": "application/pdf",
    ".html": "text/html", ".md": "text/markdown", ".yaml": "application/yaml", ".txt": "text/plain", ".xml": "application/xml",
    ".css": "text/css", ".js": "text/javascript", ".gz": "application/gzip", ".py": "text/x-python",
    ".sqlite": "application/vnd.sqlite3",
    ".xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}  # fmt: skip


def metadata(review: Review, names: Sequence[str], hashes: Mapping[str, str], ledger: Sequence[Row], day: str) -> bytes:
    """``ro-crate-metadata.json`` for a pack that holds ``names``.

    Args:
        review: whose review it is.
        names: every file of the pack but this one.
        hashes: SHA-256 of each.
        ledger: screening rows with ``reviewer``.
        day: the date of the crate.
    """
    from rocrate.rocrate import ROCrate

    crate = ROCrate(version="1.1")
    _describe(crate, review, day)
    entities = _files(crate, names, hashes)
    people = _people(crate, review, sorted({row["reviewer"] for row in ledger}))
    tools = _software(crate)
    workflow = None
    if WORKFLOW in names:
        crate.mainEntity = workflow = _workflow(crate, tools, entities)
        planned, made = _held(entities, ("config/", "searches/", "decisions/")), _held(entities, ("results/",))
        _action(crate, "#run", "The whole review", workflow, planned, made, people)
    for place, stage in enumerate(STAGES, 1):
        _stage(crate, stage, place, entities, workflow)
    return (json.dumps(crate.metadata.generate(), ensure_ascii=False, indent=1, sort_keys=True) + "\n").encode()


def _describe(crate: Any, review: Review, day: str) -> None:
    """What the crate is, of which day, under which rights, and after which profiles."""
    from rocrate.model import ContextEntity

    about = review.settings["review"]
    crate.metadata.extra_contexts.append(CONTEXT)
    crate.name = review.title
    crate.description = str(about.get("notice") or about.get("question") or review.title)
    crate.root_dataset["datePublished"] = day
    crate.root_dataset["license"] = crate.add(ContextEntity(crate, "#rights", {"@type": "CreativeWork", **RIGHTS}))
    crate.root_dataset["conformsTo"] = [
        crate.add(ContextEntity(crate, profile, {"@type": "CreativeWork", "name": profile.split("/ro/")[-1]}))
        for profile in PROFILES
    ]


def _files(crate: Any, names: Sequence[str], hashes: Mapping[str, str]) -> dict[str, Any]:
    """Every file of the pack by its name, but the workflow."""
    from rocrate.model.file import File

    entities = {}
    for name in names:
        if name != WORKFLOW:
            media = MEDIA.get(PurePosixPath(name).suffix, "text/plain")
            about = {"name": name, "sha256": hashes[name], "encodingFormat": media}
            entities[name] = crate.add(File(crate, dest_path=name, properties=about))
    return entities


def _held(entities: Mapping[str, Any], prefixes: Sequence[str]) -> list[Any]:
    return [entity for name, entity in entities.items() if name.startswith(tuple(prefixes))]


def _people(crate: Any, review: Review, reviewers: Sequence[str]) -> list[Any]:
    """The reviewers; the crate's authors are those whom config.yaml names, else they."""
    from rocrate.model import Person

    people = [crate.add(Person(crate, f"#{reviewer}", {"name": reviewer})) for reviewer in reviewers]
    authors = [
        crate.add(Person(crate, f"#author-{place}", {"name": str(name)}))
        for place, name in enumerate(review.settings["review"].get("authors", []), 1)
    ]
    if authors or people:
        crate.root_dataset["author"] = authors or people
    return people


def _stage(crate: Any, stage: str, place: int, entities: Mapping[str, Any], workflow: Any | None) -> None:
    """One command of the workflow, what it read and what it made; a step of the workflow if the pack has that."""
    from rocrate.model import ContextEntity

    about = {"@type": "SoftwareApplication", "name": f"winnow {stage}", "softwareVersion": __version__}
    tool = crate.add(ContextEntity(crate, f"#winnow-{stage}", about))
    made = _held(entities, (f"results/{stage}/", *_BESIDE.get(stage, ())))
    _action(crate, f"#run-{stage}", f"winnow {stage}", tool, _held(entities, STAGES[stage]), made, ())
    if workflow is not None:
        step = ContextEntity(crate, f"#step-{stage}", {"@type": "HowToStep", "position": str(place), "name": stage})
        step["workExample"] = tool
        workflow.append_to("step", crate.add(step))


def _workflow(crate: Any, tools: Mapping[str, Any], entities: Mapping[str, Any]) -> Any:
    """The Snakefile as the crate's main entity, with its parameters."""
    from rocrate.model import ComputationalWorkflow

    kinds = ["File", "SoftwareSourceCode", "ComputationalWorkflow", "HowTo"]
    about = {"@type": kinds, "name": "winnow", "version": __version__, "license": {"@id": LICENCE}}
    workflow = crate.add(ComputationalWorkflow(crate, dest_path=WORKFLOW, properties=about))
    workflow["programmingLanguage"] = tools["snakemake"]
    workflow["softwareRequirements"] = [tools[name] for name in sorted(tools) if name != "snakemake"]
    _parameters(crate, workflow, entities)
    return workflow


def _software(crate: Any) -> dict[str, Any]:
    """The software that made the results, with its versions."""
    from rocrate.model import ContextEntity

    found = {}
    for name in ("snakemake", "pandas", "rapidfuzz", "numpy", "scipy"):
        try:
            number = version(name)
        except PackageNotFoundError:
            continue
        kind = ["ComputerLanguage", "SoftwareApplication"] if name == "snakemake" else "SoftwareApplication"
        address = f"https://pypi.org/project/{name}/{number}/"
        about = {"@type": kind, "name": name, "version": number, "url": address}
        found[name] = crate.add(ContextEntity(crate, address, about))
    return found


#: parameter: the prefix of the files that fill it, and whether it is an input
_PARAMETERS = {
    "protocol": ("config/", True), "searches": ("searches/", True), "decisions": ("decisions/", True),
    "results": ("results/", False),
}  # fmt: skip


def _parameters(crate: Any, workflow: Any, entities: Mapping[str, Any]) -> None:
    """The workflow's inputs and outputs as formal parameters, each with the files that filled it."""
    from rocrate.model import ContextEntity

    for name, (prefix, is_input) in _PARAMETERS.items():
        about = {
            "@type": "FormalParameter", "additionalType": "Collection", "name": name, "valueRequired": "True",
            "conformsTo": {"@id": "https://bioschemas.org/profiles/FormalParameter/1.0-RELEASE"},
        }  # fmt: skip
        parameter = crate.add(ContextEntity(crate, f"#param-{name}", about))
        if is_input:
            workflow.append_to("input", parameter)
        else:
            workflow["output"] = parameter
        for path, entity in entities.items():
            if path.startswith(prefix):
                entity["exampleOfWork"] = parameter


def _action(
    crate: Any,
    name: str,
    title: str,
    instrument: Any,
    objects: Sequence[Any],
    results: Sequence[Any],
    agents: Sequence[Any],
) -> None:
    from rocrate.model import ContextEntity

    done = {"@id": "http://schema.org/CompletedActionStatus"}
    action = crate.add(
        ContextEntity(crate, name, {"@type": "CreateAction", "name": title, "description": title, "actionStatus": done})
    )
    action["instrument"] = instrument
    action["object"] = list(objects)
    action["result"] = list(results)
    if agents:
        action["agent"] = list(agents)
    crate.root_dataset.append_to("mentions", action)
