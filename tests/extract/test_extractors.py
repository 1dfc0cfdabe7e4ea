"""What the extractors find: case law as data, and laws that hold for any text."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from winnow.extract import form, numbers
from winnow.extract.extractors import EXTRACTORS
from winnow.extract.passage import Passage
from winnow.extract.suggest import passages, suggest

CASES = json.loads((Path(__file__).parent / "cases.json").read_text(encoding="utf-8"))
TRIAL = form.load("builtin:trial")


@pytest.mark.parametrize("case", CASES, ids=[f"{case['extractor']}: {case['why']}" for case in CASES])
def test_case_law(case: dict[str, object]) -> None:
    """Each case's text yields exactly the values, numbers, units and rules that it names."""
    passage = Passage("abstract", str(case["text"]))
    found = EXTRACTORS[str(case["extractor"])](passage)
    seen = {
        "values": [each.value or passage.printed(each.start, each.end) for each in found],
        "numbers": [each.number for each in found],
        "units": [each.unit for each in found],
        "rules": [each.rule for each in found],
    }
    for name, got in seen.items():
        assert name not in case or got == case[name], name


#: Pieces of abstracts, so that random texts come near to what extractors look for.
PIECES = st.sampled_from(
    (
        "randomized", "patients", "were", "n =", "12", "1,009", "0 . 5", "%", "mg/kg", "for", "5 days", "(", ")", ".", ",",
        "twice daily", "Fifty-three", "each of", "治疗组32例", "有效率", "0.4 g/kg", "\u200b", "①", "＝", "aged", "years",
        "\n", "two hundred and", "vs.", "±", "- 3", "1 , 000", "/", "groups", "improved", "İ", "ß", "\ud7ff", "null",
    )
)  # fmt: skip
TEXTS = st.one_of(st.text(max_size=300), st.lists(PIECES, max_size=60).map(" ".join))


@given(TEXTS, TEXTS)
def test_every_suggestion_can_be_opened(title: str, abstract: str) -> None:
    """For any text: quote and offsets agree, the confidence is a probability, a quote is never empty, nothing raises."""
    record = {"title": title, "abstract": abstract}
    for row in suggest(TRIAL, passages(record)):
        start, end = int(row["start"]), int(row["end"])
        assert record[row["source"]][start:end] == row["quote"] != ""
        assert 0 <= float(row["confidence"]) <= 1
        assert row["value"] and row["by"].startswith("rule:")
        if row["field"] in ("dose", "frequency", "duration"):
            assert row["value"] in " ".join(row["quote"].split())
        if row["field"] in ("n_total", "n_arm", "event_count"):
            assert row["value"].isdigit() and row["value"] == row["number"]
        if row["field"] == "percentage":
            assert 0 <= float(row["number"]) <= 100


@given(TEXTS)
def test_the_way_back_to_the_text_is_exact(text: str) -> None:
    """Every sign of the tight text is the sign, or the half-width form of the sign, that stands at its original offset."""
    passage = Passage("abstract", text)
    places = [passage.original(place) for place in range(len(passage.tight))]
    assert places == sorted(set(places))
    assert all(Passage("", text[place]).tight == passage.tight[index] for index, place in enumerate(places))


@pytest.mark.parametrize(
    ("abstract", "quote"),
    [
        ("目的 观察茶壶.方法 将64例患者随机分为两组.结果 良好.", "方法 将64例患者随机分为两组."),
        ("目的:观察(TEA).方法:将64例患者随机分为两组．结果:良好．", "方法:将64例患者随机分为两组．"),
        ("差异显著,P<0.05.方法:将64例患者随机分为两组,每次0.4克.", "方法:将64例患者随机分为两组,每次0.4克."),
        ("1.方法 将64例患者随机分为两组。结果 良好。", "1.方法 将64例患者随机分为两组。"),
    ],
)
def test_a_quote_is_the_sentence_where_a_stop_has_no_space(abstract: str, quote: str) -> None:
    """A full stop before a Chinese character ends a sentence, in either width; one within or behind a number does not."""
    (row,) = (row for row in suggest(TRIAL, passages({"abstract": abstract})) if row["field"] == "n_total")
    assert (row["value"], row["quote"]) == ("64", quote)


@given(st.lists(PIECES, max_size=40).map(" ".join))
def test_the_same_text_gives_the_same_rows(text: str) -> None:
    """No state and no order of a set shows in a row."""
    assert suggest(TRIAL, passages({"abstract": text})) == suggest(TRIAL, passages({"abstract": text}))


@given(st.integers(1, 999_999))
def test_numbers_are_read_however_they_are_set(number: int) -> None:
    """Plain, with commas, with spaces: the same number."""
    assert (
        numbers.whole(str(number))
        == numbers.whole(f"{number:,}")
        == numbers.whole(f"{number:,}".replace(",", " "))
        == number
    )


@pytest.mark.parametrize(
    ("printed", "value"),
    [("Ninety-seven", 97), ("one hundred fifteen", 115), ("Three hundred eighty-three", 383), ("a hundred", 100),
     ("two thousand and five", 2005), ("twelve", 12), ("十五", 15), ("一百二十", 120), ("两", 2), ("patients", None)],
)  # fmt: skip
def test_number_words(printed: str, value: int | None) -> None:
    """Words and Chinese numerals are numbers; other words are none."""
    assert numbers.whole(printed) == value


def test_sums_are_less_sure_than_what_is_printed() -> None:
    """A sum of groups is less sure than the same total with its groups, says so in its rule and quotes all of its parts."""
    text = "Patients were randomized to the drug (n = 121) or to placebo (n = 117)."
    (found,) = EXTRACTORS["sample_size.total"](Passage("abstract", text))
    (printed,) = EXTRACTORS["sample_size.total"](Passage("abstract", "A total of 238 p" + text[1:]))
    assert (found.number, found.rule) == ("238", "sum of groups")
    assert (printed.number, printed.rule) == ("238", "stated, its groups add up")
    assert found.confidence < printed.confidence
    (row,) = (row for row in suggest(TRIAL, passages({"abstract": text})) if row["field"] == "n_total")
    assert "121" in row["quote"] and "117" in row["quote"]


@pytest.mark.parametrize(
    ("alone", "against"),
    [
        ("In all, 84 patients were enrolled.", "In all, 84 patients were enrolled. We randomized 210 patients."),
        ("A total of 90 patients were randomized.",
         "A total of 90 patients were randomized. The groups were 90 on the drug (n = 90) and on placebo (n = 88)."),
    ],
)  # fmt: skip
def test_what_speaks_against_a_total_makes_it_less_sure(alone: str, against: str) -> None:
    """A second number that may be the total, or groups that come to more than it, take from the confidence."""
    (first,) = EXTRACTORS["sample_size.total"](Passage("abstract", alone))
    (second,) = EXTRACTORS["sample_size.total"](Passage("abstract", against))
    assert second.confidence < first.confidence


def test_a_long_sentence_is_cut_around_the_value() -> None:
    """However long the sentence, the quote holds the value and is still found at its offsets."""
    text = (
        "Of those " + "who were seen and " * 60 + "a total of 264 patients were randomized " + "and followed up " * 60
    )
    (row,) = (row for row in suggest(TRIAL, passages({"abstract": text})) if row["field"] == "n_total")
    assert row["value"] == "264" and "264" in row["quote"] and len(row["quote"]) <= 400
    assert text[int(row["start"]) : int(row["end"])] == row["quote"]
