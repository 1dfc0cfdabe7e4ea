"""Files put together from what an earlier run read are as if read."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from winnow import files, reuse
from winnow.errors import InputError
from winnow.records import known, rows
from winnow.records.importing import Imported, import_file

HEAD = '<?xml version="1.0" encoding="UTF-8"?>\n<!DOCTYPE PubmedArticleSet PUBLIC "x" "y.dtd">\n<PubmedArticleSet>\n'
TAIL = "\n</PubmedArticleSet>\n"


def article(number: int, title: str = "", inside: str = "") -> str:
    """A small article; ``inside`` stands among its parts."""
    return (
        f'<PubmedArticle><MedlineCitation><PMID Version="1">{number}</PMID>\n<Article>'
        f"<ArticleTitle>{title or f'Teapots, part {number}'}</ArticleTitle></Article></MedlineCitation>{inside}</PubmedArticle>"
    )


#: Articles of every kind that a file may hold, and pieces that may stand between them.
ARTICLES = [
    article(1), article(2, "阳光治疗茶壶30例"), article(3, "Sun &lt;i&gt; &amp; &#946;\n\nlight"), article(1, "Another title"),
    article(4, inside="<PubmedData><?pmcsd ?></PubmedData>"), article(5, inside="<!-- </PubmedArticle> -->"),
    article(6, inside="<?hidden </PubmedArticle>?>"), article(7, inside="<PubmedData><![CDATA[</PubmedArticle>]]></PubmedData>"),
    article(8).replace("<PubmedArticle>", '<PubmedArticle Status="x">'), article(9).replace("</Article>", ""),
    article(10, inside="\r\n"), article(11).replace("Article>", "BookArticle>"), "<PubmedArticle></PubmedArticle>",
]  # fmt: skip
BETWEEN = [
    "\n",
    "",
    "\n\n  ",
    "\r\n",
    "<!-- a comment -->",
    "<!--",
    "-->",
    "TY  - JOUR\n",
    "<DeleteCitation/>",
    "\ufeff",
]
HEADS = [HEAD, "\ufeff" + HEAD, HEAD.replace("UTF-8", "ISO-8859-1"), "<PubmedArticleSet>", HEAD + "<!--"]
PIECES = st.lists(st.tuples(st.sampled_from(ARTICLES), st.sampled_from(BETWEEN)), min_size=1, max_size=5)
FILES = st.tuples(st.sampled_from(HEADS), PIECES, st.sampled_from([TAIL, "\n", "-->" + TAIL, TAIL + "TY  - JOUR\n"]))
Made = tuple[str, Sequence[tuple[str, str]], str]


def written(path: Path, made: Made) -> Path:
    """The file of a head, articles with what follows each, and a tail."""
    head, pieces, tail = made
    path.write_bytes((head + "".join(one + between for one, between in pieces) + tail).encode())
    return path


def outcome(read: known.Read | Imported) -> object:
    """Everything that a stage takes from a file."""
    told = read.rows if isinstance(read, known.Read) else [rows.row(record) for record in read.records]
    return list(told), read.report.as_json(), [fault.line for fault in read.report.faults], read.report.summary


@given(st.lists(FILES, min_size=1, max_size=4))
def test_a_file_is_as_if_read_whatever_was_read_before(
    tmp_path_factory: pytest.TempPathFactory, made: list[Made]
) -> None:
    """Law: records, lines, hashes, losses and the account of a file are those of reading it, hostile pieces included."""
    folder = tmp_path_factory.mktemp("known")
    whole, articles = reuse.Kept(), reuse.Kept()
    for number, one in enumerate([*made, *reversed(made)]):
        path = written(folder / f"{number}.xml", one)
        try:
            expected = outcome(import_file(path, name="f"))
        except InputError as fault:
            with pytest.raises(InputError) as told:
                known.Known(whole, articles).read(path, "f")
            assert told.value.line == fault.line
            continue
        assert outcome(known.Known(whole, articles).read(path, "f")) == expected


def test_articles_in_other_files_are_not_read_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Law: a file whose articles all stood in files read before is put together, gzipped or not, in whatever order."""
    whole, articles = reuse.Kept(), reuse.Kept()
    plain = [(one, "\n") for one in ARTICLES[:3]]
    first = written(tmp_path / "first.xml", (HEAD, plain, TAIL))
    known.Known(whole, articles).read(first, "first.xml")
    second = written(tmp_path / "second.xml", (HEAD, plain[::-1], TAIL))
    expected = outcome(import_file(second, name="second.xml"))
    packed = tmp_path / "second.xml.gz"
    packed.write_bytes(files.gzip_bytes(second.read_bytes()))
    monkeypatch.setattr(known, "import_file", None)
    assert outcome(known.Known(whole, articles).read(second, "second.xml")) == expected
    assert outcome(known.Known(whole, articles).read(packed, "second.xml")) == expected


def test_another_format_is_kept_by_file_and_name(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Law: an export is read once as long as its bytes and its name stay; its account of strays and unknown tags is kept too."""
    path = tmp_path / "export.ris"
    path.write_text("TY  - JOUR\nTI  - Sunlight for teapots\nQQ  - what\nER  - \nnobody reads this\n", encoding="utf-8")
    expected = outcome(import_file(path, name="export.ris"))
    whole = reuse.Kept()
    assert outcome(known.Known(whole, reuse.Kept()).read(path, "export.ris")) == expected
    read = known.import_file
    monkeypatch.setattr(known, "import_file", None)
    assert outcome(known.Known(whole, reuse.Kept()).read(path, "export.ris")) == expected
    monkeypatch.setattr(known, "import_file", read)
    assert known.Known(whole, reuse.Kept()).read(path, "other.ris").report.file == "other.ris"


@pytest.mark.parametrize("kept_as", ["articles", "whole"])
def test_a_file_that_is_replaced_while_it_is_read_is_not_kept(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, kept_as: str
) -> None:
    """Law: what is kept under a file's hash was read from that file, though another one stood in its place a moment later."""
    head = HEAD if kept_as == "articles" else HEAD.replace("UTF-8", "ISO-8859-1")
    whole, articles = reuse.Kept(), reuse.Kept()
    path = written(tmp_path / "f.xml", (head, [(ARTICLES[0], "\n")], TAIL))
    expected = outcome(import_file(path, name="f"))

    def replaced(path: Path, *, name: str) -> Imported:
        return import_file(written(path, (head, [(article(1, "Kettles, part 1"), "\n")], TAIL)), name=name)

    with monkeypatch.context() as patched:
        patched.setattr(known, "import_file", replaced)
        known.Known(whole, articles).read(path, "f")
    written(path, (head, [(ARTICLES[0], "\n")], TAIL))
    assert outcome(known.Known(whole, articles).read(path, "f")) == expected
