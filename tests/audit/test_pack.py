"""The audit pack: the same bytes for the same review, and any change to it is named."""

from __future__ import annotations

import hashlib
import json
import sqlite3
import zipfile
from pathlib import Path

import pytest

from made_up_reviews import made_up, on_disk
from winnow import cli
from winnow import review as reviews
from winnow.audit import pack
from winnow.errors import InputError, WinnowError
from winnow.report import stage

ABSTRACT = "We treated twenty-six invented patients. " * 3


@pytest.fixture(scope="module")
def root(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A made-up update with abstracts, one archived source, open work, reported."""
    folder = on_disk(made_up(6, reports=40, searches=2, abstract=ABSTRACT), tmp_path_factory.mktemp("review"))
    source = folder / "searches" / "s1" / "pubmed"
    source.mkdir(parents=True)
    (source / "records.ris").write_text(f"TY  - JOUR\nAB  - {ABSTRACT}\nER  -\n", encoding="utf-8")
    digest = hashlib.sha256((source / "records.ris").read_bytes()).hexdigest()
    manifest = {
        "search": "s1", "source": "pubmed", "kind": "database", "method": "export", "date": "2024-05-06", "years": [1985, 2025],
        "records": 1, "hits": 1, "files": [{"path": "records.ris", "sha256": digest, "content_sha256": digest, "role": "records"}],
    }  # fmt: skip
    (source / "manifest.json").write_text(json.dumps(manifest), encoding="utf-8")
    (folder / "searches" / "s1" / "fulltext").mkdir()
    (folder / "searches" / "s1" / "fulltext" / "paper.pdf").write_bytes(b"%PDF")
    stage.run(reviews.load(root=folder))
    return folder


@pytest.fixture(scope="module")
def whole(root: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The pack of that review."""
    path = tmp_path_factory.mktemp("pack") / "audit.zip"
    pack.write(reviews.load(root=root), path)
    return path


def changed(whole: Path, target: Path, change: dict[str, bytes | None], added: dict[str, bytes] | None = None) -> Path:
    """A copy of the pack with some members replaced, dropped (None) or added."""
    with zipfile.ZipFile(whole) as old, zipfile.ZipFile(target, "w") as new:
        for info in old.infolist():
            content = change.get(info.filename, old.read(info))
            if content is not None:
                new.writestr(info.filename, content)
        for name, content in (added or {}).items():
            new.writestr(name, content)
    return target


def test_a_fresh_pack_verifies_and_is_the_same_bytes_again(root: Path, whole: Path, tmp_path: Path) -> None:
    """Packing twice gives one file; verify finds nothing, wherever the pack lies."""
    pack.verify(whole)
    pack.write(reviews.load(root=root), tmp_path / "again.zip")
    assert (tmp_path / "again.zip").read_bytes() == whole.read_bytes()


def test_every_file_has_its_hash_and_every_number_its_list(whole: Path) -> None:
    """SHA256SUMS names every other member; config, archive, ledgers, results, heads and code are there, full texts are not."""
    with zipfile.ZipFile(whole) as archive:
        names = set(archive.namelist())
        listed = {line.split("  ", 1)[1] for line in archive.read("SHA256SUMS").decode().splitlines()}
        assert listed == names - {"SHA256SUMS"}
    for name in (
        "index.html", "reports.html", "heads.csv", "ro-crate-metadata.json", "config/config.yaml", "code/Snakefile",
        "searches/s1/pubmed/records.ris", "decisions/screening/ann.csv", "results/report/prisma.json", "results/review.sqlite",
    ):  # fmt: skip
        assert name in names
    assert not [name for name in names if name.endswith(".log") or "paper.pdf" in name]


def test_the_pages_have_no_script_and_their_links_lead_somewhere(whole: Path) -> None:
    """Each link of index.html and reports.html is a member or an anchor; no script, hostile titles escaped."""
    from urllib.parse import unquote

    from lxml import html

    with zipfile.ZipFile(whole) as archive:
        names = set(archive.namelist())
        pages = {name: html.fromstring(archive.read(name)) for name in ("index.html", "reports.html")}
    anchors = {name: {node.get("id") for node in page.iter() if node.get("id")} for name, page in pages.items()}
    followed = 0
    for name, page in pages.items():
        assert not page.findall(".//script")
        for link in page.iter("a"):
            path, _, anchor = link.get("href").partition("#")
            path = unquote(path) or name
            assert path in names
            if anchor:
                assert unquote(anchor) in anchors[path]
            followed += 1
    assert followed > 100


def test_without_abstracts_none_is_left(root: Path, tmp_path: Path) -> None:
    """No member of a pack for publishing holds an abstract, the files that do are listed with their hash, and it verifies."""
    path = tmp_path / "public.zip"
    pack.write(reviews.load(root=root), path, without_abstracts=True)
    pack.verify(path)
    with zipfile.ZipFile(path) as archive:
        for name in archive.namelist():
            content = archive.read(name)
            assert ABSTRACT[:30].encode() not in content, name
        assert "searches/s1/pubmed/records.ris" in archive.read("left_out.csv").decode()
        archive.extract("results/review.sqlite", tmp_path)
    database = sqlite3.connect(tmp_path / "results" / "review.sqlite")
    assert database.execute("select count(*) from merged where abstract <> ''").fetchone() == (0,)
    assert database.execute("select count(*) from merged").fetchone()[0] > 0
    database.close()


@pytest.mark.parametrize(
    ("change", "added", "named"),
    [
        ({"results/report/prisma.json": b"{}"}, {}, "results/report/prisma.json: changed"),
        ({"decisions/screening/ann.csv": None}, {}, "decisions/screening/ann.csv: missing"),
        ({}, {"extra.txt": b"x"}, "extra.txt: is not in SHA256SUMS"),
        ({}, {"../outside.txt": b"x"}, "leads outside"),
        ({"SHA256SUMS": None}, {}, "no SHA256SUMS"),
        ({"SHA256SUMS": b"nonsense\n"}, {}, "SHA256SUMS:1"),
    ],
)
def test_any_change_to_a_pack_is_named(
    whole: Path, tmp_path: Path, change: dict[str, bytes | None], added: dict[str, bytes], named: str
) -> None:
    """A file changed, dropped, added or leading outside: one line says which."""
    with pytest.raises(WinnowError) as caught:
        pack.verify(changed(whole, tmp_path / "bad.zip", change, added))
    assert named in caught.value.line


def test_a_pack_damaged_within_a_file_is_refused(whole: Path, tmp_path: Path) -> None:
    """Bytes changed on the way, so that a file can no longer be unpacked."""
    with zipfile.ZipFile(whole) as archive:
        largest = max(archive.infolist(), key=lambda info: info.compress_size)
    content, path = whole.read_bytes(), tmp_path / "bad.zip"
    middle = largest.header_offset + largest.compress_size // 2
    path.write_bytes(content[:middle] + bytes(range(200, 220)) + content[middle + 20 :])
    with pytest.raises(WinnowError, match="not a whole ZIP"):
        pack.verify(path)


def test_a_ledger_changed_together_with_its_hash_is_named_by_its_chain(whole: Path, tmp_path: Path) -> None:
    """Whoever changes a decision and mends SHA256SUMS as well is still found by the recorded chain heads."""
    name = "decisions/screening/ann.csv"
    with zipfile.ZipFile(whole) as archive:
        ledger = archive.read(name).replace(b",exclude,", b",include,", 1)
        sums = archive.read("SHA256SUMS").decode()
        old = hashlib.sha256(archive.read(name)).hexdigest()
    mended = sums.replace(old, hashlib.sha256(ledger).hexdigest())
    forged = changed(whole, tmp_path / "forged.zip", {name: ledger, "SHA256SUMS": mended.encode()})
    with pytest.raises(WinnowError, match=r"screening/ann"):
        pack.verify(forged)


def test_a_number_changed_together_with_its_hash_is_named_by_its_list(whole: Path, tmp_path: Path) -> None:
    """A box of the diagram that says another number than its list has rows is found."""
    name = "results/report/prisma.json"
    with zipfile.ZipFile(whole) as archive:
        boxes = json.loads(archive.read(name))
        sums = archive.read("SHA256SUMS").decode()
        old = hashlib.sha256(archive.read(name)).hexdigest()
    boxes["records_screened"]["n"] += 1
    content = json.dumps(boxes).encode()
    mended = sums.replace(old, hashlib.sha256(content).hexdigest()).encode()
    forged = changed(whole, tmp_path / "forged.zip", {name: content, "SHA256SUMS": mended})
    with pytest.raises(WinnowError, match="records_screened"):
        pack.verify(forged)


@pytest.mark.parametrize("content", [b"", b"PK\x03\x04 not whole", b"plain text"])
def test_what_is_no_zip_is_one_line(tmp_path: Path, content: bytes, capsys: pytest.CaptureFixture[str]) -> None:
    """A file that is no pack, or none at all, gives exit code 1 and one line."""
    path = tmp_path / "audit.zip"
    path.write_bytes(content)
    assert cli.main(["verify", str(path)]) == 1
    assert cli.main(["verify", str(tmp_path / "absent.zip")]) == 1
    assert len(capsys.readouterr().err.splitlines()) == 2


def test_a_truncated_pack_is_refused(whole: Path, tmp_path: Path) -> None:
    """Half a download is not a pack."""
    half = tmp_path / "half.zip"
    half.write_bytes(whole.read_bytes()[:-2000])
    with pytest.raises(InputError, match="not a whole ZIP"):
        pack.verify(half)


def test_a_review_without_results_has_no_pack(root: Path, tmp_path: Path) -> None:
    """Nothing is written before the report has run."""
    (tmp_path / "config").mkdir()
    (tmp_path / "config" / "config.yaml").write_bytes((root / "config" / "config.yaml").read_bytes())
    with pytest.raises(InputError, match="no report yet"):
        pack.write(reviews.load(root=tmp_path), tmp_path / "audit.zip")
    assert not (tmp_path / "audit.zip").exists()


def test_the_crate_describes_the_pack(whole: Path) -> None:
    """Every file but crate and hashes is a data entity; references resolve; the run has inputs, outputs and steps."""
    with zipfile.ZipFile(whole) as archive:
        names = set(archive.namelist())
        crate = json.loads(archive.read("ro-crate-metadata.json"))
    entities = {entity["@id"]: entity for entity in crate["@graph"]}
    from urllib.parse import unquote

    files = {
        unquote(name) for name, entity in entities.items()
        if "File" in (entity["@type"] if isinstance(entity["@type"], list) else [entity["@type"]])
    }  # fmt: skip
    assert files == names - {"SHA256SUMS", "ro-crate-metadata.json"}

    def referenced(value: object) -> set[str]:
        if isinstance(value, dict):
            return {value["@id"]} if set(value) == {"@id"} else set().union(*map(referenced, value.values()), set())
        return set().union(*map(referenced, value)) if isinstance(value, list) else set()

    for entity in entities.values():
        loose = {
            name for name in referenced([v for k, v in entity.items() if k != "@id"]) if not name.startswith("http")
        }
        assert loose <= set(entities), entity["@id"]
    root = entities["./"]
    assert {part["@id"] for part in root["conformsTo"]} >= {"https://w3id.org/ro/wfrun/workflow/0.5"}
    workflow = entities[root["mainEntity"]["@id"]]
    assert "ComputationalWorkflow" in workflow["@type"] and len(workflow["step"]) == 6
    run = entities["#run"]
    assert run["instrument"] == {"@id": workflow["@id"]} and run["object"] and run["result"] and run["agent"]
