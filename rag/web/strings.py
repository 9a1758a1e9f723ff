"""Every word the page says, in each language of the interface: one table, complete for all (a test checks)."""

from __future__ import annotations

LANGUAGES = ("en", "id")
"""The first is spoken to everybody who asked for none of them."""

TEXTS: dict[str, dict[str, str]] = {
    "tagline": {
        "en": "Answers only in the articles' own words.",
        "id": "Menjawab hanya dengan kata-kata artikel itu sendiri.",
    },
    "chat": {"en": "Questions and quotes", "id": "Pertanyaan dan kutipan"},
    "question": {"en": "Question", "id": "Pertanyaan"},
    "placeholder": {"en": "Ask the articles, in any language", "id": "Tanyakan kepada artikel, dalam bahasa apa pun"},
    "ask": {"en": "Ask", "id": "Tanya"},
    "source": {"en": "Article", "id": "Artikel"},
    "welcome": {"en": "## What would you like to check?", "id": "## Apa yang ingin Anda periksa?"},
    "reader.open": {"en": "Read in the article", "id": "Baca di artikel"},
    "reader.close": {"en": "Close", "id": "Tutup"},
    "reader.original": {"en": "Open the original", "id": "Buka aslinya"},
    "reader.changed": {
        "en": "This article was changed since the quote was made: nothing is marked. Below is its present text.",
        "id": "Artikel ini sudah berubah sejak dikutip: tidak ada yang ditandai. Di bawah ini teksnya yang sekarang.",
    },
    "reader.removed": {
        "en": "This article is not in the collection, or no longer.",
        "id": "Artikel ini tidak ada, atau tidak lagi ada, dalam koleksi.",
    },
    "reader.beyond": {
        "en": "This reference points outside the article: nothing is marked.",
        "id": "Rujukan ini menunjuk ke luar artikel: tidak ada yang ditandai.",
    },
    "reader.malformed": {
        "en": "This reference cannot be read. Open the article from a citation of an answer instead.",
        "id": "Rujukan ini tidak dapat dibaca. Bukalah artikel lewat kutipan pada sebuah jawaban.",
    },
    "untitled": {"en": "untitled", "id": "tanpa judul"},
    "dateline": {"en": "from the dateline", "id": "dari baris tanggal"},
    "strength.strong": {"en": "strong match", "id": "cocok kuat"},
    "strength.related": {"en": "related", "id": "terkait"},
    "strength.weak": {"en": "weak match", "id": "cocok lemah"},
    "also_in.one": {"en": "The same text stands in {n} other article: {ids}", "id": "Teks yang sama ada di {n} artikel lain: {ids}"},
    "also_in.many": {"en": "The same text stands in {n} other articles: {ids}", "id": "Teks yang sama ada di {n} artikel lain: {ids}"},
    "no.nothing_close": {"en": "The articles do not answer this.", "id": "Artikel-artikel ini tidak menjawabnya."},
    "no.phrase_not_found": {
        "en": "The words in quotation marks stand in no article.",
        "id": "Kata-kata dalam tanda kutip itu tidak ada di artikel mana pun.",
    },
    "no.empty_collection": {"en": "There are no articles to search yet.", "id": "Belum ada artikel untuk dicari."},
    "add": {
        "en": "Add a folder of articles in a terminal: {command}",
        "id": "Tambahkan satu folder artikel lewat terminal: {command}",
    },
    "searched": {"en": "Searched: {what}.", "id": "Yang dicari: {what}."},
    "near": {"en": "Closest passages. They are not an answer:", "id": "Bagian yang paling dekat. Ini bukan jawaban:"},
    "articles.one": {"en": "{n} article", "id": "{n} artikel"},
    "articles.many": {"en": "{n} articles", "id": "{n} artikel"},
    "passages.one": {"en": "{n} passage", "id": "{n} bagian"},
    "passages.many": {"en": "{n} passages", "id": "{n} bagian"},
    "from_to": {"en": "{first} to {last}", "id": "{first} sampai {last}"},
    "state.opening": {"en": "Preparing: opening the collection …", "id": "Menyiapkan: membuka koleksi …"},
    "state.adding": {"en": "Preparing: adding articles, {how_far} …", "id": "Menyiapkan: menambahkan artikel, {how_far} …"},
    "state.loading": {"en": "Preparing: loading the language model …", "id": "Menyiapkan: memuat model bahasa …"},
    "state.wait": {"en": "You can already ask.", "id": "Anda sudah bisa bertanya."},
    "answer.waits": {
        "en": "The collection is being prepared. The answer comes here as soon as it is ready.",
        "id": "Koleksi sedang disiapkan. Jawaban muncul di sini begitu siap.",
    },
    "state.failed": {"en": "The collection could not be opened: {problem}", "id": "Koleksi tidak dapat dibuka: {problem}"},
    "error": {"en": "This question was not answered: {problem}", "id": "Pertanyaan ini tidak dijawab: {problem}"},
    "error.unexpected": {
        "en": "Something went wrong while answering. The terminal that runs Kutip says what.",
        "id": "Terjadi kesalahan saat menjawab. Penyebabnya tertulis di terminal yang menjalankan Kutip.",
    },
    "error.question": {"en": "Please ask differently: {problem}", "id": "Mohon bertanya dengan cara lain: {problem}"},
}

EXAMPLES = (
    "Siapa yang mendampingi Haniyeh ke Rusia?",
    "Di mana cabang politik Hamas beroperasi menurut Lavrov?",
    "Why did Netanyahu call Putin?",
    "What did Lavrov say about the ceasefire in Gaza?",
    "Berapa harga beras di Jakarta hari ini?",
)
"""Two in Indonesian, two in English, and one that the first articles cannot answer."""


def say(key: str, language: str, **values: object) -> str:
    """The text of `key`, its places filled with `values` as they are: escaping is the caller's."""
    return TEXTS[key][language].format(**values)


def say_count(key: str, n: int, language: str, **values: object) -> str:
    """`say` for a number of things: `1 article`, `5,000 articles`, `5.000 artikel`."""
    number = f"{n:,}" if language == "en" else f"{n:,}".replace(",", ".")
    return say(f"{key}.one" if n == 1 else f"{key}.many", language, n=number, **values)


def language_of(accept_language: str | None) -> str:
    """The interface language that an Accept-Language header asks for most, e.g. `id-ID,id;q=0.9,en;q=0.8`."""
    wanted: list[tuple[float, str]] = []
    for item in (accept_language or "")[:1000].split(","):
        tag, _, weight = item.strip().partition(";")
        primary = tag.split("-")[0].strip().lower()
        try:
            share = float(weight.strip().removeprefix("q=")) if weight else 1.0
        except ValueError:
            continue
        if primary in LANGUAGES and share > 0:
            wanted.append((share, primary))
    return max(wanted, key=lambda one: one[0])[1] if wanted else LANGUAGES[0]
