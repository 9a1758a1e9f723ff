"""The words by which a question shows that it goes on from the one before, by language (ISO 639-1).

All are case-folded and written with their accents, which tell Spanish `él` (he) from `el` (the).  Malay is asked with
Indonesian's lists, as in rag/text/stop_words.py.
"""

from __future__ import annotations

import re


def _phrases(text: str) -> tuple[tuple[str, ...], ...]:
    return tuple(tuple(phrase.split()) for phrase in text.split(","))


CONNECTIVES = {
    "id": _phrases(
        """dan, lalu, kemudian, terus, tapi, tetapi, namun, atau, kalau, bagaimana dengan, bagaimana pula, bagaimana kalau, macam mana dengan,
        apa lagi, siapa lagi, di mana lagi, selain itu, setelah itu, sesudah itu, sebelum itu, setelahnya, sebelumnya"""
    ),
    "en": _phrases("and, but, or, then, so, what about, how about, what else, who else, where else, after that, before that, besides that"),
    "de": _phrases("und, aber, oder, dann, danach, davor, außerdem, was ist mit, wie ist es mit, wie steht es mit, wer noch, was noch"),
    "es": _phrases("y, e, pero, o, luego, después, entonces, además, qué hay de, qué pasa con, qué tal, quién más, qué más"),
    "ru": _phrases("а, и, но, или, потом, затем, тогда, что насчёт, что насчет, как насчёт, как насчет, кто ещё, кто еще, что ещё, что еще"),
    "ar": _phrases("و, ثم, لكن, أو, ماذا عن, وماذا, ومن, ومتى, وأين, وكيف, ولماذا, وهل, وفي, وما, وكم"),
}
"""What a follow-up begins with."""

NO_CONNECTIVES = {"id": _phrases("lalu lintas, terus terang, dan lain, kalau tidak salah"), "en": _phrases("so called, and yet"), "es": _phrases("y griega")}
"""What begins with the same words and goes on from nothing."""

PERSONS = {
    "id": "dia ia beliau",
    "en": "he him his she her hers",
    "de": "er ihn ihm sie ihr ihre ihren ihrem ihrer ihnen seine seinen seinem seiner",
    "es": "él ella ellos ellas su sus",
    "ru": "он она они него неё нее них нему ней ним ними его её ее их ему им",
    "ar": "هو هي هم",
}
"""They stand for somebody."""

PLACES = {"id": "situ sana disitu disana", "en": "there", "de": "dort", "es": "allí allá", "ru": "там", "ar": ""}

THINGS = {
    "id": "mereka itu tersebut begitu demikian",
    "en": "they them their theirs it its then",
    "de": "davon dazu damit daran dabei darüber deren dessen",
    "es": "eso aquello",
    "ru": "тогда",
    "ar": "ذلك تلك",
}
"""They stand for something, a time or several people, which common nouns before them may name."""

AFTER_ITS_NOUN = {"id": ("itu", "tersebut")}

PLACES_BY_LANGUAGE = {language: frozenset(text.split()) for language, text in PLACES.items()}
PERSONS_BY_LANGUAGE = {language: frozenset(text.split()) for language, text in PERSONS.items()}
THINGS_BY_LANGUAGE = {language: frozenset(text.split()) for language, text in THINGS.items()}

# A noun or verb and Indonesian's "his, her, its": not what only ends like it, and not Swahili's -fanya.
POSSESSED = re.compile(r"(?!(?:ber|di|me)?tanya$|mempunya|sebenarnya$|caranya$|biasanya$|akhirnya$)\w{3,}(?<!fa)nya")

DEFINING = {
    "id": r"(apa|siapa)(kah)?( itu| adalah| sih| arti| maksud| yang dimaksud dengan)? (?P<what>\S+)( itu)?",
    "en": r"(what|who|whats|whos) (s |is |are |was |were )?(?P<what>\S+)",
    "de": r"(was|wer) (ist|sind|war) (?P<what>\S+)",
    "es": r"(qué|quién|que|quien) (es|son|era|fue) (?P<what>\S+)",
    "ru": r"(что|кто) (это |такое |такой |такая |такие )?(?P<what>\S+)",
    "ar": r"(ما|من) (هو |هي |هم )?(?P<what>\S+)",
}
"""A question for one word, as in `Apa itu inflasi?`: short, and still whole."""

EXISTS = frozenset("is are was were be been isn aren wasn weren will has have had exist exists".split())
"""Beside these English `there` names no place, unless it ends the question."""

EMPTY_IT = re.compile(
    r"\bit (is |was |be |really |still |also |ever )*(true|possible|legal|illegal|allowed|safe|likely|important|necessary|known|clear|rain|rains|raining"
    r"|snow|snowing|take|takes|took|cost|costs) "
)
"""English `it` that stands for nothing: `Is it true that ...`, `How long does it take to ...`."""
