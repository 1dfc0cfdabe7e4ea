"""Ids and numbers that are not typed in ASCII: full-width figures are figures; raised ones and those of other scripts are none."""

from __future__ import annotations

import pandas as pd
import pytest
from lxml import etree

from winnow.decisions import rulings
from winnow.decisions.identities import Identities
from winnow.decisions.rulings import Ruling
from winnow.extract.words import Passage, words
from winnow.records import dates, xml_text

RECORDS = [
    {"record_id": "pubmed:3", "pmid": "3", "doi": ""},
    {"record_id": "cnki:0a", "pmid": "", "doi": ""},
]
ODD = ["²", "٣", "३", "①"]


@pytest.mark.parametrize("written", ["3", "003", "pubmed:3", "PMID: 3", "３", "ＰＭＩＤ：３"])
def test_an_id_names_the_same_record_in_a_decision_and_in_a_ruling(written: str) -> None:
    """What `winnow decide` takes for an id, the grouping of duplicates takes for the same: a ruling that was accepted counts."""
    assert Identities(RECORDS, {}).named(written).report == "pubmed:3"
    resolved = rulings.resolve([Ruling(written, "cnki:0a", "same")], pd.DataFrame(RECORDS, dtype=str))
    assert set(resolved.same) == {(0, 1)} and not resolved.unused


@pytest.mark.parametrize("written", ODD)
def test_a_sign_that_is_no_figure_names_no_record(written: str) -> None:
    """``str.isdigit`` is true of it and ``int`` refuses it, or takes it for one: neither happens to an id."""
    assert not Identities(RECORDS, {}).named(written).report
    resolved = rulings.resolve([Ruling(written, "cnki:0a", "same")], pd.DataFrame(RECORDS, dtype=str))
    assert len(resolved.unused) == 1


@pytest.mark.parametrize("sign", ODD)
def test_a_date_is_of_figures(sign: str) -> None:
    """A month or a day in other signs is none; the year stands."""
    assert dates.date(f"2021-{sign}-{sign}") == dates.date(f"2021-0{sign}") == []
    assert dates.date(f"2021 Mar {sign}") == ["2021-03"]
    assert dates.date("２０２１年３月") == ["2021-03"]


@pytest.mark.parametrize("sign", ODD)
def test_words_of_odd_signs_are_read_without_a_fault(sign: str) -> None:
    """Groups of three, as in ``13 388``, are numbers only where ``int`` reads them so."""
    for said in (sign, f"1{sign} 388 patients", f"13 {sign * 3} patients", f"{sign} {sign * 3}"):
        found = words(Passage("abstract", said))
        assert all(value >= 0 for value in found.numbers.values())


@pytest.mark.parametrize(("before", "flat"), [("10", "10^-3"), ("x²", "x²-3")])
def test_a_power_stands_behind_a_figure(before: str, flat: str) -> None:
    """The mark between digits is for digits; behind a raised sign the text stays as it is."""
    element = etree.fromstring(f"<t>{before}<sup>-3</sup></t>")
    assert xml_text.flat(element) == flat
