"""``winnow check``: everything that can be known to be wrong before a stage runs, one line per fault.

``make review`` and the Snakefile begin with it, so that a fault in the configuration, the archive or the ledgers stops the run
before ``results/`` is touched.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator

from winnow import config, manifests
from winnow.errors import ConfigError, Faults, InputError, WinnowError, raise_all
from winnow.review import Review, Source

#: Record files up to this size together are read whole by the check; larger archives are trusted to their hashes.
READ_UP_TO = 20_000_000

Check = Callable[[Review], "list[WinnowError]"]


def faults(checked: Review) -> list[WinnowError]:
    """Every fault of a review, in the order of :data:`CHECKS`."""
    return [fault for check in CHECKS for fault in check(checked)]


def require(checked: Review) -> None:
    """Raise the faults of a review, if it has any."""
    raise_all(faults(checked))


def sources(checked: Review) -> list[WinnowError]:
    """Sources without a folder: those that no command can search, and a PubMed search without its strategy."""
    found: list[WinnowError] = []
    for source in checked.sources:
        if source.archived:
            continue
        if source.name != "pubmed":
            found.append(
                InputError(
                    f"search '{source.search_id}' has no export from {source.title}",
                    where=f"{checked.relative(source.folder)}/",
                    mend=f"winnow add {source.search_id} {source.name} FILE... --hits N --date YYYY-MM-DD",
                )
            )
        elif not source.strategy.is_file():
            found.append(
                ConfigError(
                    "no such strategy",
                    where=str(source.strategy),
                    mend=f"write it; search '{source.search_id}' needs it",
                )
            )
    return found


def archives(checked: Review) -> list[WinnowError]:
    """Manifests that do not fit their schema or their place, and files that differ from their manifest."""
    return [fault for source in checked.sources if source.archived for fault in _caught(_archive, source)]


def _archive(source: Source) -> Iterator[WinnowError]:
    manifest = source.manifest
    for key, value in (("search", source.search_id), ("source", source.name), ("kind", source.kind)):
        if manifest.data[key] != value:
            yield ConfigError(
                f"{key} is '{manifest.data[key]}' where config.yaml says '{value}'",
                where=str(source.folder / manifests.NAME),
                mend="put the folder where it belongs, or mend config.yaml",
            )
    yield from manifests.verify(manifest)


def records(checked: Review) -> list[WinnowError]:
    """Record files that cannot be read without losing a record."""
    from winnow.records import stage

    archived = [source for source in checked.sources if source.archived and not _caught(_archive, source)]
    paths = [path for source in archived for path in source.manifest.record_files]
    if sum(path.stat().st_size for path in paths) > READ_UP_TO:
        return []
    return [fault for source in archived for fault in stage.read_source(checked, source)[2]]


def protocol(checked: Review) -> list[WinnowError]:
    """Criteria, form, plan, previous review, digests and published figures: each against its schema, and against itself."""
    from winnow.extract import stage as extract
    from winnow.report import evidence, story
    from winnow.screen import criteria
    from winnow.search import known
    from winnow.synthesise import stage as synthesise

    found = _caught(_loaded, criteria.load, checked.config_dir / "criteria.yaml")
    found += extract.check(checked)
    if not found:  # the plan names fields of the form
        found += _caught(synthesise.check, checked)
    found += _caught(_loaded, known.load, checked.config_dir)
    found += _caught(_loaded, evidence.read_previous, checked)
    found += _caught(_loaded, story.read_digests, checked)
    published = checked.config_dir / "published.yaml"
    if published.is_file():
        found += _caught(_loaded, config.load, published, "published")
    return found


def ledgers(checked: Review) -> list[WinnowError]:
    """Ledger rows that cannot be read, mean nothing or differ from what was sealed; a protocol changed without a row."""
    from winnow.decisions import amendments, checking

    return [*_caught(checking.check, checked), *_caught(amendments.check, checked)]


def full_texts(checked: Review) -> list[WinnowError]:
    """Look-ups and supplied files that differ from what was recorded of them."""
    from winnow.screen.fulltext import looking, supplied

    return [*_caught(looking.check, checked), *_caught(supplied.check, checked)]


def _loaded(load: Callable[..., object], *arguments: object) -> tuple[WinnowError, ...]:
    load(*arguments)
    return ()


def _caught(function: Callable[..., Iterable[WinnowError]], *arguments: object) -> list[WinnowError]:
    """The faults that a check yields, or the one that it raises."""
    try:
        return list(function(*arguments))
    except Faults as error:
        return error.faults
    except WinnowError as error:
        return [error]


CHECKS: tuple[Check, ...] = (sources, archives, records, protocol, ledgers, full_texts)
