"""How many had an outcome: percentages of people, and counts of them."""

from __future__ import annotations

from winnow.extract import candidates, chinese_outcomes, cues, numbers, scoring, second_look
from winnow.extract.counting import counts
from winnow.extract.passage import Found, Passage


def percentage(passage: Passage) -> list[Found]:
    """Percentages of participants with an outcome, digits without their sign; every mention."""
    if passage.chinese:
        return chinese_outcomes.percentage(passage)
    words = cues.read(passage).words
    least = scoring.accepted("percentage")
    found = []
    for (first, last), score in _shares(passage).items():
        if score >= least and first not in words.spelled and words.numbers[first] <= 100:
            digits = numbers.decimal(words.tokens[first])
            sure = scoring.confidence("percentage", score)
            found.append(Found(words.starts[first], words.ends[last], "cues", sure, digits, digits, "%"))
    return found


def _shares(passage: Passage) -> dict[candidates.Candidate, float]:
    """Every percentage with the probability that it is a share of people with an outcome, judged once for all extractors."""
    if "shares" not in passage.kept:
        context = cues.read(passage)
        passage.kept["shares"] = {
            place: scoring.scores(("percentage",), context, *place)[0]
            for place in candidates.percentages(context.words)
        }
    judged: dict[candidates.Candidate, float] = passage.kept["shares"]
    return judged


def event_count(passage: Passage) -> list[Found]:
    """Numbers of participants with an outcome, in digits; every mention."""
    if passage.chinese:
        return chinese_outcomes.event_count(passage)
    least = scoring.accepted("second_look")
    judged = counts(passage)
    percentages = {first: score for (first, _), score in _shares(passage).items()}
    found = []
    for place, around in second_look.SecondLook(cues.read(passage), judged, percentages).cues():
        score = scoring.added_up("second_look", around)
        if score >= least:
            found.append(judged[place].found("cues", scoring.confidence("second_look", score)))
    return found
