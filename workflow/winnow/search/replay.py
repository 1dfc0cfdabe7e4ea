"""A recorded search, run again over its own answers: the proof that a manifest says what PubMed said.

The conversation of :mod:`winnow.search.pubmed` is the same; only the answers come from the archive. No network, no rate.
"""

from __future__ import annotations

from winnow.errors import SearchError
from winnow.manifests import Manifest
from winnow.search import strategy
from winnow.search.archive import STRATEGY, Partial
from winnow.search.conversation import Failure, Request, converse
from winnow.search.known import KnownStudy
from winnow.search.pubmed import Outcome, Plan, numbered, search


def replay(manifest: Manifest) -> Outcome:
    """What a recorded search comes to.

    Raises:
        SearchError, Faults: an answer is missing from the archive, or the answers do not bear out a search.
    """
    details = manifest.data.get("details", {})
    plan = Plan(
        numbered(strategy.load(manifest.folder / STRATEGY)),
        tuple(details.get("limits", ())),
        tuple(KnownStudy(study["id"], study["label"], (), "", 0) for study in details.get("known_studies", ())),
        frozenset(manifest.data.get("acknowledged", ())),
        str(manifest.folder / STRATEGY),
    )
    return converse(search(plan), _Nobody(), _Kept(manifest.folder, manifest.date), lambda step: None)


def differences(manifest: Manifest) -> list[SearchError]:
    """What the manifest states otherwise than the answers beside it; empty for a faithful one."""
    outcome = replay(manifest)
    stated = manifest.data
    told = {
        "hits": (stated["hits"], outcome.whole.count),
        "records": (stated["records"], len(outcome.pmids)),
        "query_translation": (stated.get("query_translation"), outcome.whole.translation),
        "warnings": (list(stated.get("warnings", ())), list(outcome.warnings)),
        "hits per line": ([line["hits"] for line in stated.get("lines", ())], [*outcome.hits, outcome.whole.count]),
    }
    where = str(manifest.folder)
    return [
        SearchError(
            f"{name}: {written} in the manifest, {kept} in the answers", where=where, mend="restore it from git"
        )
        for name, (written, kept) in told.items()
        if written != kept
    ]


class _Kept(Partial):
    """An archive as a shelf: nothing is written, nothing removed."""

    def keep(self, request: Request, answer: bytes) -> None:
        """It is there already."""

    def discard(self, request: Request) -> None:
        """An archive is not changed."""

    def forget(self) -> None:
        """An archive is not changed."""


class _Nobody:
    """No server: what is not in the archive can't be had."""

    def send(self, request: Request) -> Failure:
        """Always a failure."""
        return Failure(f"{request.name} is not in the archive", final=True)
