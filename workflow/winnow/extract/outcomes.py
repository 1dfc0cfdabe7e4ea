"""How many had an outcome: percentages of people, and counts of them."""

from __future__ import annotations

from winnow.extract import candidates, cues, numbers, phrases
from winnow.extract.counting import counts
from winnow.extract.passage import Found, Passage


def percentage(passage: Passage) -> list[Found]:
    """Percentages of participants with an outcome, digits without their sign; every mention."""
    if chinese := phrases.in_chinese("percentage", passage):
        texts = [(each, passage.tight[each.start : each.end]) for each in chinese]
        return [
            Found(each.start, each.end, each.rule, each.confidence, text, text, "%", each.quoted)
            for each, text in texts
        ]  # fmt: skip
    context = cues.read(passage)
    words = context.words
    least = cues.accepted("percentage")
    found = []
    for first, last in candidates.percentages(words):
        if first in words.spelled or words.numbers[first] > 100:
            continue
        (score,) = cues.scores(("percentage",), context, first, last)
        if score >= least:
            digits = numbers.decimal(words.tokens[first])
            sure = cues.confidence("percentage", score)
            found.append(Found(words.starts[first], words.ends[first], "cues", sure, digits, digits, "%"))
    return found


def event_count(passage: Passage) -> list[Found]:
    """Numbers of participants with an outcome, in digits; every mention."""
    if chinese := phrases.counted("event_count", passage):
        return chinese
    least = cues.accepted("event_count")
    return [
        each.found("cues", cues.confidence("event_count", each.event_count))
        for each in counts(passage)
        if each.event_count >= least
    ]
