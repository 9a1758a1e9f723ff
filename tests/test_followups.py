"""Which questions go on from the one before, and what they carry over of it."""

from __future__ import annotations

import pytest

from rag.conversing.followups import Link, read
from rag.conversing.topic import carried_over

CONNECTED = """
dan pada 2023? | What about Lavrov? | bagaimana dengan Lavrov? | Kalau Lavrov? | Dan di Rusia? | Lalu bagaimana reaksi Israel? | and in 2022? | Siapa lagi?
Macam mana dengan Rusia? | Was ist mit Lawrow? | ¿Y en Rusia? | а что с Лавровым? | وماذا عن روسيا؟ | And how many people died?
"""
POINTING = """
who accompanied him? | Kapan kunjungan itu? | Apa tujuan kunjungan itu? | berapa jumlah korban gempa tersebut?
 Berapa jumlah korbannya? | What did he say about the ceasefire? | siapa dia | Bila lawatan itu berlaku?
Siapa yang mendampinginya ke Rusia? | Kapan dia bertemu Putin? | Apa alasan kunjungan dia ke Rusia? | When was it? | how many people died there?
Who is he? | Wer begleitete ihn? | Кто его сопровождал? | what did they discuss? | Mengapa mereka bertemu? | Explain the purpose of his visit
Was sagte er dort?
"""
LITTLE = "Why? | kenapa? | 2023? | Apa katanya? | When? | ¿Quién lo acompañó?"
ALONE = """
Siapa yang mendampingi Haniyeh ke Rusia? | harga beras | Apa itu Hamas? | apa itu inflasi? | berapa harga beras di pasar itu?
Who is Lavrov? | Wer ist Lawrow? | Что такое ХАМАС? | ما هي حماس؟
What temperature should sourdough bread be baked at? | Lalu lintas di Jakarta macet di mana? | Is there a ceasefire in Gaza? | Lavrov? | siapa lavrov?
Is it true that Russia met Hamas? | How long does it take to fly to Moscow? | Kalau banjir datang, apa yang harus dilakukan warga Jakarta?
¿Qué día fue la visita a Rusia? | Did Haniyeh say he would visit Moscow? | Apa penyebabnya banjir Jakarta? | Dan berapa harga beras di Surabaya?
kapan haniyeh berkunjung ke rusia saat dia sakit | "seorang juru bicara" dia | What did Russia say? | Where was Haniyeh when the talks took place there?
Siapa saja yang menemani Ismail Haniyeh dalam kunjungan tersebut? | Siapa presiden Indonesia pada 2022? | Ismail Haniyeh said he would come, to whom?
"""
LINKS = {Link.CONNECTED: CONNECTED, Link.POINTS_BACK: POINTING, Link.SAYS_LITTLE: LITTLE, Link.ALONE: ALONE}


def split(text: str) -> list[str]:
    return [one.strip() for one in text.replace("\n", "|").split("|") if one.strip()]


@pytest.mark.parametrize(("question", "link"), [(question, link) for link, text in LINKS.items() for question in split(text)])
def test_how_a_question_hangs_on_the_one_before(question: str, link: Link) -> None:
    assert read(question, ("id",)).link is link


TOPIC = ("kunjungan", "Haniyeh", "10", "September", "2022")


@pytest.mark.parametrize(
    ("question", "carried"),
    [
        ("Siapa yang mendampinginya?", TOPIC),
        ("dan pada 2023?", ("kunjungan", "Haniyeh")),
        ("dan pada 12 Oktober 2023?", ("kunjungan", "Haniyeh")),
        ("dan pada Oktober?", ("kunjungan", "Haniyeh", "2022")),
        ("bagaimana dengan kunjungan Haniyeh?", ("10", "September", "2022")),
        ("Siapa yang mendampingi Lavrov?", ()),
    ],
)
def test_what_is_carried(question: str, carried: tuple[str, ...]) -> None:
    assert carried_over(read(question, ("id",)), TOPIC) == carried
