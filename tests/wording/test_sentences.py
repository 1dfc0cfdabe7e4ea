"""Where a sentence of an abstract ends, in English and Chinese: what a signal's scope and a verdict's quote are cut by."""

from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from winnow.wording.documents import Document, Span


def sentences(abstract: str) -> list[str]:
    """The sentence that each character stands in, each once."""
    document = Document({"abstract": abstract})
    spans = [document.sentence(Span("abstract", at, at + 1)) for at in range(len(abstract))]
    return [abstract[span.start : span.end] for span in dict.fromkeys(spans)]


@pytest.mark.parametrize(
    ("abstract", "said"),
    [
        ("Tea was given. Lids fell.", ["Tea was given.", "Lids fell."]),
        ("Tea vs. coffee, e.g. in pots. Lids fell.", ["Tea vs. coffee, e.g. in pots.", "Lids fell."]),
        ("观察茶壶。结果良好。", ["观察茶壶。", "结果良好。"]),
        ("目的 观察茶壶.方法 选取30例.结果 良好.", ["目的 观察茶壶.", "方法 选取30例.", "结果 良好."]),
        ("目的:观察(TEA)组.两组比较.", ["目的:观察(TEA)组.", "两组比较."]),
        ("优于对照组(P<0.05).结论 可行.", ["优于对照组(P<0.05).", "结论 可行."]),
        ("差异显著,P<0.05.结论:可行.", ["差异显著,P<0.05.", "结论:可行."]),
        ("观察茶壶．结果 良好．", ["观察茶壶．", "结果 良好．"]),
        ("①观察茶壶.②随机分组.", ["①观察茶壶.", "②随机分组."]),
        ("1.方法 随机.2.结果 良好", ["1.方法 随机.2.结果 良好"]),
        ("治疗组vs.对照组", ["治疗组vs.对照组"]),
        ("剂量0.4克", ["剂量0.4克"]),
    ],
)
def test_a_sentence_ends_where_its_writer_ended_it(abstract: str, said: list[str]) -> None:
    """A full stop before a Chinese character ends a sentence without a space; not so in a number, a list, an abbreviation."""
    assert sentences(abstract) == said


@given(st.text(alphabet="茶壶方法结果.．。0123 aB()<\n;；", max_size=40))
def test_sentences_lose_nothing(abstract: str) -> None:
    """Whatever the signs, the sentences hold every character that is no white space, each once and in order."""
    document = Document({"abstract": abstract})
    spans = document.sentences("abstract")
    assert "".join("".join(abstract[a:b].split()) for a, b in spans) == "".join(abstract.split())
    assert all(one[1] <= other[0] for one, other in pairwise(spans))
