"""The audit pack: one ZIP with everything an outside auditor needs, the same bytes for the same review, checkable anywhere."""

from __future__ import annotations

import io
import shutil
import zipfile
from collections.abc import Mapping
from pathlib import Path

from winnow import files, tables
from winnow.audit import crate, members, pages
from winnow.audit.members import Contents, Member
from winnow.audit.packed import HEADS, SUMS, verify
from winnow.decisions import chains, seals
from winnow.report import evidence, story
from winnow.report import flow as flows
from winnow.report.evidence import Row
from winnow.review import Review

__all__ = ["verify", "write"]

_DATE = (1980, 1, 1, 0, 0, 0)
CRATE = "ro-crate-metadata.json"


def write(review: Review, path: Path, *, without_abstracts: bool = False) -> int:
    """Write the pack whole or not at all; returns how many files it holds.

    Raises:
        InputError: the report has not run.
        IdentityError, Faults: the flow does not add up, or a ledger's chain is broken.
    """
    found = members.contents(review, without_abstracts=without_abstracts)
    gathered = evidence.read(review)
    told = story.read(review, gathered)
    flow = flows.flow(gathered)
    made = [*found.members, *_tables(review, found)]
    hashes = {member.name: _sha256(member) for member in made}
    texts = pages.pages(review, gathered, flow, told, hashes, found.left_out)
    made += [Member(name, text.encode("utf-8")) for name, text in texts.items()]
    hashes = {member.name: _sha256(member) for member in made}
    rows = [row for its in told.ledger.values() for row in its]
    described = crate.metadata(review, sorted(hashes), hashes, rows, _last_day(review, rows))
    made.append(Member(CRATE, described))
    hashes[CRATE] = files.sha256_bytes(described)
    made.append(Member(SUMS, _sums(hashes)))
    with files.replacing(path) as out, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED, compresslevel=9) as archive:
        for member in sorted(made, key=lambda member: member.name):
            _add(archive, member)
    return len(made)


def _tables(review: Review, found: Contents) -> list[Member]:
    """The chain heads, and what was left out."""
    heads = [tuple(row[name] for name in seals.HEADS) for row in chains.heads(chains.read(review.root))]
    made = [Member(HEADS, tables.csv_bytes(heads, seals.HEADS))]
    if found.left_out:
        left = [tuple(row[name] for name in members.LEFT_OUT) for row in found.left_out]
        made.append(Member("left_out.csv", tables.csv_bytes(left, members.LEFT_OUT)))
    return made


def _sha256(member: Member) -> str:
    return (
        files.sha256_bytes(member.content) if isinstance(member.content, bytes) else files.sha256_file(member.content)
    )


def _sums(hashes: Mapping[str, str]) -> bytes:
    """The hashes in the form that ``sha256sum -c`` reads."""
    return "".join(f"{digest}  {name}\n" for name, digest in sorted(hashes.items())).encode("utf-8")


def _add(archive: zipfile.ZipFile, member: Member) -> None:
    info = zipfile.ZipInfo(member.name, _DATE)
    info.compress_type = zipfile.ZIP_DEFLATED
    info.create_system = 3
    info.external_attr = 0o644 << 16
    with archive.open(info, "w", force_zip64=True) as out:
        if isinstance(member.content, bytes):
            shutil.copyfileobj(io.BytesIO(member.content), out)
        else:
            with open(member.content, "rb") as source:
                shutil.copyfileobj(source, out)


def _last_day(review: Review, rows: list[Row]) -> str:
    """The date of the last decision or search: the pack knows no clock."""
    days = [row["date"][:10] for row in rows]
    days += [source.manifest.date[:10] for source in review.sources if source.archived and source.manifest.data["date"]]
    return max(days, default="1970-01-01")
