"""Words as numbers: what was kept saves reading, and changes nothing."""

from __future__ import annotations

from collections.abc import Sequence

from hypothesis import given
from hypothesis import strategies as st

from winnow import reuse
from winnow.rank.numbered import END, Numbered, numbered

TEXTS = st.lists(
    st.tuples(st.sampled_from(["", "a b", "b a", "c é", "肌 炎 a"]), st.text("ab ", max_size=5)), max_size=6
)


def split(fields: Sequence[str]) -> list[list[str]]:
    """The words of each field."""
    return [field.split() for field in fields]


def told(found: Numbered) -> object:
    """All that a collection says."""
    return found.words, found.numbers.tolist(), found.ends.tolist(), found.texts.tolist()


@given(TEXTS, TEXTS)
def test_words_have_the_same_numbers_whatever_was_read_before(
    first: list[tuple[str, str]], second: list[tuple[str, str]]
) -> None:
    """Law: after any earlier texts the words, their numbers and order are those of a first reading, and only new ones are read."""
    before = reuse.Kept()
    numbered(first, split, before)
    read = []

    def counted(fields: Sequence[str]) -> list[list[str]]:
        read.append(tuple(fields))
        return split(fields)

    kept = reuse.Kept(dict(entries(before)))
    assert told(numbered(second, counted, kept)) == told(numbered(second, split))
    assert read == list(dict.fromkeys(text for text in second if text not in first))
    again = reuse.Kept(dict(entries(kept)))
    assert told(numbered(second, split, again)) == told(numbered(second, split))
    assert not again.changed


def entries(kept: reuse.Kept) -> list[tuple[str, bytes]]:
    """What a run would leave to the next."""
    return [(line[:64].decode("ascii"), line) for line in kept.content.split(b"\n") if line]


@given(TEXTS)
def test_numbers_read_back_as_the_texts(texts: list[tuple[str, str]]) -> None:
    """Law: every word stands in its text in its order, each field is closed, and words are numbered as they first occur."""
    found = numbered(texts, split)
    fields = [[found.words[number] for number in run] for run in runs(found.numbers.tolist())]
    assert fields == [field.split() for text in texts for field in text]
    assert found.words == list(dict.fromkeys(word for field in fields for word in field))


def runs(numbers: list[int]) -> list[list[int]]:
    """The numbers of each field."""
    found: list[list[int]] = [[]]
    for number in numbers:
        if number == END:
            found.append([])
        else:
            found[-1].append(number)
    return found[:-1]
