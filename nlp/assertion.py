"""How a passage presents an act: cue words and how far each reaches, denial and attribution.

The models weigh all words around a trigger. The rules here are for cues that leave no doubt, and
for what the models are not asked: who answers an accusation, and whether the actor is certain.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from nlp.records import Assertion, Attribution, Mention, Response, Span

# Ends the reach of a cue: a clause ends here.
CLAUSE = re.compile(r"[;:—]|,\s(?:but|while|although|though|which|who|and)\b|\b(?:but|although)\b")
# "There were no reports of disappearances": the source itself says that it did not happen.
NEGATED = re.compile(
    r"\b(?:no (?:(?:confirmed|credible|verified|new|known|such|substantiated) )*"
    r"(?:reports?|evidence|indications?|records?|cases?|instances?|signs?|traces?|allegations?)"
    r"|not aware of any|did not find|found no|ruled out|cleared of)\b",
    re.IGNORECASE,
)
# "Could be arrested": not yet done. The cue stands directly before the trigger; "may have" looks
# back and is left to the models.
HYPOTHETICAL = re.compile(
    r"\b(?:would|could|may|might|can|will|risk of|plan(?:s|ned)? to)\s"
    r"(?:(?:not|be|also|then|soon|face|use)\s){0,2}$",
    re.IGNORECASE,
)
# "Rejected the notion that it had followed them": what stands behind the cue is denied.
DENIED_BEFORE = re.compile(
    r"\b(?:den(?:y|ies|ied|ying)|reject(?:s|ed|ing)?|dismiss(?:es|ed|ing)?|refut(?:es?|ed|ing)|"
    r"disput(?:es?|ed|ing))\b(?! (?:access|bail|entry|visas?|permission|medical))[^.;]{0,60}"
    r"\b(?:that|having|allegations?|accusations?|claims?|notion|reports?|suggestions?|idea|any|"
    r"involvement|responsibility|charges?)\b[^.;]*$",
    re.IGNORECASE,
)
# "Rumours of detention were unfounded".
DENIED_AFTER = re.compile(
    r"^[^.;]{0,120}\b(?:is|are|was|were|as)\s+(?:\w+ly\s+)?(?:unfounded|baseless|untrue|false|"
    r"fabricat(?:ed|ions?)|groundless|lies|a lie|nonsense|absurd)\b",
    re.IGNORECASE,
)
# "A law that allows the police to ...", "plans to ...": a power or a plan, not an act.
POWER_OR_PLAN = re.compile(
    r"\b(?:laws?|bills?|legislation|decrees?|amendments?|regulations?|draft|statutes?|ordinances?|"
    r"code|proposal|directive)\b[^.;]{0,70}\b(?:mandat\w*|forc\w*|requir\w*|allow\w*|permit\w*|"
    r"authori[sz]\w*|empower\w*|enabl\w*|gives?|giving|grant\w*|criminali[sz]\w*)\b[^.;]{0,60}$"
    r"|\b(?:wants?|wanted|expects?|expected|plans?|planned|planning|seeks?|sought|seeking|aims?|"
    r"aimed|intends?|intended|pledged|promised|vowed|threaten(?:s|ed|ing)?|proposed|hopes?|hoped)"
    r" (?:to|of)\b(?: \w+){0,3} ?$",
    re.IGNORECASE,
)
# In four of five sentences of the training set that hold one of these the act is alleged.
CLAIMED = re.compile(
    r"\b(?:according to|reportedly|report(?:s|ed)? that|claim(?:s|ed)? that|"
    r"alleg(?:es|ed|ing) that)\b",
    re.IGNORECASE,
)
# What makes a relayed act certain all the same.
ESTABLISHED = re.compile(
    r"\b(?:forensic|convicted|found guilty|ruled|admitted|acknowledged|confirmed|court records|"
    r"according to (?:the )?(?:ruling|verdict|judgment|court|indictment|law))\b",
    re.IGNORECASE,
)
# The words that take the certainty out of who did it.
SUSPECTED = re.compile(
    r"\b(?:suspected|believed to|thought to|alleged(?:ly)?|reported(?:ly)?|unidentified|unknown|"
    r"linked to|apparently|likely|possibly|presumed|purported(?:ly)?|accused?|blamed?)\b",
    re.IGNORECASE,
)
DENIES = re.compile(
    r"\b(?:den(?:y|ies|ied|ying)|reject(?:s|ed|ing)?|dismiss(?:es|ed|ing)?|refut(?:es?|ed|ing)|"
    r"disput(?:es?|ed|ing)|disavow(?:s|ed)?)\b",
    re.IGNORECASE,
)
# What is denied: the claim. "Denied access" or "denied bail" answers no accusation.
CLAIM = re.compile(
    r"\s+(?:(?:that|any|all|the|these|this|such|those|it|its|having|being|responsibility|"
    r"involvement|knowledge|wrongdoing|as|his|her|their|both|accusations?|allegations?|claims?|"
    r"charges?|reports?|using|carrying|doing|selling|targeting)\b)",
    re.IGNORECASE,
)
NOT_CLAIM = re.compile(
    r"\s+(?:\w+\s+){0,2}(?:access|entry|bail|visas?|permission|appeals?|requests?|motion|bill|"
    r"petitions?|medical|right|rights|food|treatment|visits?|opportunity|applications?|lawsuit|"
    r"case)\b",
    re.IGNORECASE,
)
NOT_BEFORE = re.compile(
    r"(?:\b(?:not|never|neither confirmed nor|n[o']t|was|were|been|being|be|is|are|to)\s+)$",
    re.IGNORECASE,
)
SILENT = re.compile(
    r"\b(?:declined to comment|no comment|refused to comment|did(?: not|n[’']t) (?:immediately )?"
    r"(?:respond|reply|comment|answer)|neither confirm(?:ed)? nor den(?:y|ied)|"
    r"did not deny|could not be reached|has not (?:responded|commented))\b",
    re.IGNORECASE,
)
ADMITS = re.compile(
    r"\b(?:admit(?:s|ted|ting)?|acknowledg(?:es?|ed|ing)|conceded?|confess(?:ed|es)?)\b",
    re.IGNORECASE,
)
# How far to the left of a denial its subject is looked for, and how far right what is denied.
REACH = 160
# Characters before a trigger in which a word of possibility is looked for.
JUST_BEFORE = 40
# Sentences after the act in which its answer is looked for.
FOLLOWING = 2
ANSWERING = frozenset(("GOVERNMENT", "VENDOR", "ORG", "PERSON"))


@dataclass(frozen=True, slots=True)
class Answer:
    """An accused party's answer at one place of the text."""

    status: Literal["denies_act", "admits_act", "no_comment"]
    at: int


def settle(text: str, sentence: Span, trigger: Span, guess: Assertion) -> Assertion:
    """`guess`, unless a cue leaves no doubt: "no reports of" in the clause of the trigger makes it
    `negated`, "rejected the notion that" `denied`, a word of possibility directly before it, a law
    that allows it or a plan `hypothetical`; what was taken as `confirmed` is `alleged` where the
    sentence only relays it."""
    before = text[sentence.start : trigger.start]
    for cue in NEGATED.finditer(before):
        if not CLAUSE.search(before, cue.end()) and len(before) - cue.end() <= REACH:
            return "negated"
    if guess in ("denied", "negated"):
        return guess
    if DENIED_BEFORE.search(before) or DENIED_AFTER.search(text[trigger.end : sentence.end]):
        return "denied"
    if HYPOTHETICAL.search(before[-JUST_BEFORE:]) or POWER_OR_PLAN.search(before):
        return "hypothetical"
    whole = text[sentence.start : sentence.end]
    if guess == "confirmed" and CLAIMED.search(whole) and not ESTABLISHED.search(whole):
        return "alleged"
    return guess


def attribution(
    text: str, guess: Assertion, trigger: Span, perpetrators: Sequence[Span]
) -> Attribution:
    """Whether the passage treats the actor as certain: `unattributed` without a perpetrator,
    `alleged` where the act is or where a word of doubt stands between actor and act."""
    if not perpetrators:
        return "unattributed"
    if guess != "confirmed":
        return "alleged"
    low = min(trigger.start, *(p.start for p in perpetrators))
    high = max(trigger.end, *(p.end for p in perpetrators))
    doubtful = SUSPECTED.search(text, max(0, low - 30), min(high, low + 4 * REACH))
    return "alleged" if doubtful else "confirmed"


def answers(text: str) -> list[Answer]:
    """Each denial, admission and refusal to comment in a text, in order."""
    silent = [Answer("no_comment", m.start()) for m in SILENT.finditer(text)]
    found = list(silent)
    for match in DENIES.finditer(text):
        if any(0 <= match.start() - s.at < 60 for s in silent):
            continue
        if NOT_BEFORE.search(text, max(0, match.start() - 30), match.start()):
            continue
        if CLAIM.match(text, match.end()) and not NOT_CLAIM.match(text, match.end()):
            found.append(Answer("denies_act", match.start()))
    for match in ADMITS.finditer(text):
        if not NOT_BEFORE.search(text, max(0, match.start() - 30), match.start()):
            found.append(Answer("admits_act", match.start()))
    return sorted(found, key=lambda answer: answer.at)


def response(
    found: Sequence[Answer],
    sentences: Sequence[Span],
    place: int,
    mentions: Sequence[Mention],
    perpetrators: Sequence[int],
) -> Response | None:
    """The answer to an act in sentence number `place`: given there or up to two sentences on.

    `by` is the last party named before the answer in its sentence, else the perpetrator. An
    admission counts only from a perpetrator.
    """
    for answer in found:
        number = sentence_at(sentences, answer.at)
        if not place <= number <= place + FOLLOWING:
            continue
        by = _answering(answer.at, sentences[number], mentions)
        if answer.status == "admits_act" and by not in perpetrators:
            continue
        if by is None and len(perpetrators) == 1:
            by = perpetrators[0]
        return Response(answer.status, sentences[number], by)
    return None


def _answering(at: int, sentence: Span, mentions: Sequence[Mention]) -> int | None:
    last = None
    for i, mention in enumerate(mentions):
        before = sentence.start <= mention.span.start and mention.span.end <= at
        if before and mention.kind in ANSWERING:
            last = i
    return last


def sentence_at(sentences: Sequence[Span], at: int) -> int:
    """The number of the sentence that holds offset `at`, or of the last one that starts before."""
    number = 0
    for i, sentence in enumerate(sentences):
        if sentence.start > at:
            break
        number = i
    return number
