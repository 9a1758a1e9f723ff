"""The language of a text: one article's worth of real prose in each language the model is trained on."""

from __future__ import annotations

import subprocess
import sys
import unicodedata
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rag.text.language import _letters, detect_language

SEEDS = sorted((Path(__file__).parent.parent / "seeds").glob("*.txt"))

PROSE = {
    "id": "Pemerintah menyatakan bahwa harga beras naik karena musim kemarau. Menteri mengatakan stok di gudang masih cukup.",
    "ms": "Kerajaan menyatakan bahawa harga beras naik kerana musim kemarau. Menteri berkata stok di gudang masih mencukupi.",
    "jv": "Rega beras mundhak amarga mangsa ketiga sing dawa. Pak lurah ngendika yen panen taun iki ora apik kaya taun kepungkur.",
    "su": "Harga béas naék ku sabab halodo anu panjang. Pa lurah nyarios yén panén taun ieu henteu saé sareng teu sapertos taun kamari.",
    "en": "The government said that the price of rice had risen because of the drought. The minister added that stocks were enough.",
    "de": "Die Regierung teilte mit, dass der Preis für Reis wegen der Dürre gestiegen sei. Der Minister sieht genug Vorräte.",
    "es": "El gobierno dijo que el precio del arroz había subido a causa de la sequía. El ministro añadió que hay reservas.",
    "fr": "Le gouvernement a déclaré que le prix du riz avait augmenté à cause de la sécheresse. Les stocks restent suffisants.",
    "pt": "O governo disse que o preço do arroz subiu por causa da seca. O ministro acrescentou que não faltam reservas.",
    "it": "Il governo ha detto che il prezzo del riso è aumentato a causa della siccità. Le scorte, secondo il ministro, bastano.",
    "nl": "De regering zei dat de prijs van rijst is gestegen door de droogte. De minister vindt dat er genoeg voorraden zijn.",
    "ro": "Guvernul a declarat că prețul orezului a crescut din cauza secetei. Ministrul a adăugat că rezervele sunt suficiente.",
    "pl": "Rząd poinformował, że cena ryżu wzrosła z powodu suszy. Minister dodał, że zapasy są wystarczające.",
    "tr": "Hükümet, kuraklık nedeniyle pirinç fiyatının arttığını açıkladı. Bakan, stokların yeterli olduğunu söyledi.",
    "vi": "Chính phủ cho biết giá gạo tăng vì hạn hán kéo dài. Bộ trưởng nói rằng lượng dự trữ trong kho vẫn đủ.",
    "tl": "Sinabi ng pamahalaan na tumaas ang presyo ng bigas dahil sa tagtuyot. Sapat pa raw ang nakaimbak na bigas.",
    "sw": "Serikali ilisema kwamba bei ya mchele imepanda kwa sababu ya ukame. Waziri aliongeza kuwa akiba bado inatosha.",
    "ru": "Правительство сообщило, что цена на рис выросла из-за засухи. Министр добавил, что запасов достаточно.",
    "uk": "Уряд повідомив, що ціна на рис зросла через посуху. Міністр додав, що запасів іще вистачає.",
    "ar": "قالت الحكومة إن سعر الأرز ارتفع بسبب الجفاف. وأضاف الوزير أن المخزون لا يزال كافيا.",
    "fa": "دولت اعلام کرد که قیمت برنج به دلیل خشکسالی افزایش یافته است. وزیر گفت ذخایر هنوز کافی است.",
    "ur": "حکومت نے کہا کہ خشک سالی کی وجہ سے چاول کی قیمت بڑھ گئی ہے۔ وزیر نے کہا کہ ذخیرہ ابھی کافی ہے۔",
    "hi": "सरकार ने कहा कि सूखे के कारण चावल की कीमत बढ़ गई है। मंत्री ने कहा कि भंडार अभी पर्याप्त है।",
    "bn": "সরকার জানিয়েছে যে খরার কারণে চালের দাম বেড়েছে। মন্ত্রী বলেছেন মজুত এখনও যথেষ্ট।",
    "ta": "வறட்சி காரணமாக அரிசி விலை உயர்ந்துள்ளதாக அரசு தெரிவித்தது.",
    "el": "Η κυβέρνηση ανακοίνωσε ότι η τιμή του ρυζιού αυξήθηκε λόγω της ξηρασίας.",
    "th": "รัฐบาลกล่าวว่าราคาข้าวสูงขึ้นเพราะภัยแล้ง",
    "zh": "政府表示，由于干旱，大米价格上涨。部长补充说，库存仍然充足。",
    "ja": "政府は、干ばつのため米の価格が上がったと発表した。大臣は在庫は十分だと述べた。",
    "ko": "정부는 가뭄 때문에 쌀값이 올랐다고 밝혔다. 장관은 재고가 충분하다고 말했다.",
}


@pytest.mark.parametrize("language", PROSE)
def test_two_sentences_name_their_language(language: str) -> None:
    assert detect_language(PROSE[language]) == language


@pytest.mark.parametrize("seed", SEEDS, ids=lambda path: path.stem)
def test_the_first_articles_are_indonesian(seed: Path) -> None:
    assert detect_language(seed.read_text(encoding="utf-8")) == "id"


@pytest.mark.parametrize("text", ["", "   \n", "12.500 / 7 %", "Ya.", "https://example.org/very/long/address/of/a/page", "ABC 1 (2) [3]"])
def test_too_few_letters_have_no_language(text: str) -> None:
    assert detect_language(text) == ""


def test_a_name_in_another_script_does_not_decide() -> None:
    text = "Lavrov (bahasa Rusia: Сергей Викторович Лавров) tidak hadir karena sakit, kata juru bicaranya kepada wartawan, Senin."
    assert detect_language(text) == "id"


def test_mark_up_before_the_prose_is_skipped() -> None:
    tags = '<div class="article-body"><span id="x">share this</span></div>\n' * 20
    assert detect_language(tags + PROSE["id"]) == "id"


def test_between_malay_and_indonesian_the_marker_words_decide() -> None:
    assert detect_language("Dia tidak datang ke rumah sakit itu bahwa kakaknya yang membawa adiknya.") == "id"
    assert detect_language("Dia tidak datang ke rumah sakit itu bahawa kakaknya yang membawa adiknya.") == "ms"


@given(st.text(max_size=300))
def test_any_text_gives_a_code_or_nothing_and_always_the_same(text: str) -> None:
    language = detect_language(text)
    assert language == detect_language(text)
    assert language == "" or (len(language) == 2 and language.isalpha() and language.islower())


def test_the_model_is_not_loaded_at_import() -> None:
    code = "import sys, rag.text.language; print('py3langid' in sys.modules)"
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, cwd=Path(__file__).parent.parent)
    assert run.stdout.strip() == "False"


@given(st.text(st.sampled_from("abz é ñ ßŁ яЖ αΩ 漢字 かな カナ عرب हिन ไทย 한글 12.,-\n“”\u0301"), max_size=80))
def test_letters_are_counted_script_by_script(text):
    """Against the Unicode name of each letter; the marks of a script belong to it."""
    counts = _letters(text)
    assert all(counts.values())
    names = {"Latin": "LATIN", "Cyrillic": "CYRILLIC", "Greek": "GREEK", "Han": "CJK", "Hiragana": "HIRAGANA", "Katakana": "KATAKANA", "Hangul": "HANGUL"}
    for script, name in names.items():
        assert counts[script] == sum(unicodedata.name(letter, "").startswith(name) for letter in text)
