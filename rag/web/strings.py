"""Every word the page says, in each language of the interface: one table, complete for all (a test checks)."""

from __future__ import annotations

from dataclasses import dataclass

from rag.web.shelf_strings import SHELF_TEXTS

LANGUAGES = ("en", "id")
"""The first is spoken to everybody who asked for none of them."""

TEXTS: dict[str, dict[str, str]] = {
    "tagline": {
        "en": "Answers only in the articles' own words.",
        "id": "Menjawab hanya dengan kata-kata artikel itu sendiri.",
    },
    "tongue": {"en": "Bahasa Indonesia", "id": "English"},
    "tongue.short": {"en": "ID", "id": "EN"},
    "chat": {"en": "Questions and quotes", "id": "Pertanyaan dan kutipan"},
    "question": {"en": "Question", "id": "Pertanyaan"},
    "placeholder": {"en": "Ask the articles, in any language", "id": "Tanya dalam bahasa apa pun"},
    "ask": {"en": "Ask", "id": "Tanya"},
    "source": {"en": "Article", "id": "Artikel"},
    "welcome": {"en": "## What would you like to check?", "id": "## Apa yang ingin Anda periksa?"},
    "reader.open": {"en": "Read in the article", "id": "Baca di artikel"},
    "reader.close": {"en": "Close", "id": "Tutup"},
    "reader.original": {"en": "Open the original", "id": "Buka aslinya"},
    "copy.quote": {"en": "Copy quote", "id": "Salin kutipan"},
    "copy.link": {"en": "Copy link", "id": "Salin tautan"},
    "copy.done": {"en": "Copied", "id": "Tersalin"},
    "copy.refused": {
        "en": "The browser does not let this page copy. The text is selected here: copy it yourself, with Ctrl+C for example.",
        "id": "Peramban tidak mengizinkan halaman ini menyalin. Teksnya sudah dipilih di sini: salinlah sendiri, misalnya dengan Ctrl+C.",
    },
    "copy.place": {"en": "{id}, characters {start} to {end}, version {version}", "id": "{id}, karakter {start} sampai {end}, versi {version}"},
    "hop.before": {"en": "Previous quote of this answer", "id": "Kutipan sebelumnya dari jawaban ini"},
    "hop.after": {"en": "Next quote of this answer", "id": "Kutipan berikutnya dari jawaban ini"},
    "hop.place": {"en": "{n} of {of}", "id": "{n} dari {of}"},
    "reader.part": {
        "en": "This article is long: {first}% to {last}% of it is shown here.",
        "id": "Artikel ini panjang: yang tampil di sini {first}% sampai {last}% darinya.",
    },
    "reader.before": {"en": "Show what comes before", "id": "Tampilkan bagian sebelumnya"},
    "reader.after": {"en": "Show what comes after", "id": "Tampilkan bagian sesudahnya"},
    "reader.to_quote": {"en": "Back to the quote", "id": "Kembali ke kutipan"},
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
    "why": {"en": "Why this passage", "id": "Mengapa bagian ini"},
    "why.phrase": {"en": "The words in quotation marks stand here.", "id": "Kata-kata dalam tanda kutip ada di sini."},
    "why.matched": {"en": "Shared words: {words}.", "id": "Kata yang sama: {words}."},
    "why.scores": {
        "en": "By meaning {meaning}, by words {words}; 1 is the most.",
        "id": "Menurut makna {meaning}, menurut kata {words}; tertinggi 1.",
    },
    "why.rank": {"en": "{score} (place {rank})", "id": "{score} (urutan {rank})"},
    "also_in.one": {"en": "The same text stands in {n} other article: {ids}", "id": "Teks yang sama ada di {n} artikel lain: {ids}"},
    "also_in.many": {"en": "The same text stands in {n} other articles: {ids}", "id": "Teks yang sama ada di {n} artikel lain: {ids}"},
    "no.no_article_matches": {"en": "No article matches the filter.", "id": "Tidak ada artikel yang cocok dengan penyaring."},
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
    "about": {"en": "Still about:", "id": "Masih tentang:"},
    "part.drop": {"en": "Ask again without this", "id": "Tanya lagi tanpa ini"},
    "part.phrase": {"en": "exactly “{phrase}”", "id": "persis “{phrase}”"},
    "filter": {"en": "Filter:", "id": "Penyaring:"},
    "filter.since": {"en": "from {date} on", "id": "sejak {date}"},
    "filter.until": {"en": "until {date}", "id": "sampai {date}"},
    "filter.sources": {"en": "source {names}", "id": "sumber {names}"},
    "filter.languages": {"en": "language {names}", "id": "bahasa {names}"},
    "filter.articles": {"en": "article {names}", "id": "artikel {names}"},
    "filter.or": {"en": " or ", "id": " atau "},
    "filter.more": {"en": " and {n} more", "id": " dan {n} lagi"},
    "searched": {"en": "Searched: {what}.", "id": "Yang dicari: {what}."},
    "widen": {"en": "Ask all articles", "id": "Tanya semua artikel"},
    "rare": {"en": "The question's words in all articles: {what}.", "id": "Kata-kata pertanyaan di semua artikel: {what}."},
    "rare.none": {"en": "“{word}” in none", "id": "“{word}” tidak ada"},
    "rare.held.one": {"en": "“{word}” in {n} article", "id": "“{word}” di {n} artikel"},
    "rare.held.many": {"en": "“{word}” in {n} articles", "id": "“{word}” di {n} artikel"},
    "lost.changed": {
        "en": "The article was changed since; the quote is not shown.",
        "id": "Artikelnya sudah berubah sejak dikutip; kutipannya tidak ditampilkan.",
    },
    "lost.removed": {
        "en": "The article was removed since; the quote is not shown.",
        "id": "Artikelnya sudah dihapus sejak dikutip; kutipannya tidak ditampilkan.",
    },
    "lost.near": {
        "en": "Asked again, it also shows what came nearest.",
        "id": "Bila ditanyakan lagi, bagian yang paling dekat juga tampil.",
    },
    "set.drop": {"en": "Take this filter off", "id": "Lepas penyaring ini"},
    "bar": {"en": "This conversation", "id": "Percakapan ini"},
    "bar.filter": {"en": "Filter", "id": "Saring"},
    "bar.retry": {"en": "Again", "id": "Ulangi"},
    "bar.edit": {"en": "Edit", "id": "Ubah"},
    "bar.undo": {"en": "Undo", "id": "Urungkan"},
    "bar.new": {"en": "New", "id": "Baru"},
    "bar.export": {"en": "Export", "id": "Ekspor"},
    "bar.keep": {"en": "Leave it", "id": "Biarkan"},
    "does.filter": {"en": "Choose which articles are asked", "id": "Pilih artikel mana yang ditanya"},
    "does.retry": {"en": "Ask the last question again", "id": "Ajukan lagi pertanyaan terakhir"},
    "does.edit": {"en": "Put the last question back into the box", "id": "Kembalikan pertanyaan terakhir ke kotak"},
    "does.undo": {"en": "Take the last question back", "id": "Batalkan pertanyaan terakhir"},
    "does.new": {"en": "Begin a new conversation", "id": "Mulai percakapan baru"},
    "does.keep": {"en": "Leave the last question as it was", "id": "Biarkan pertanyaan terakhir seperti semula"},
    "export.md": {"en": "Markdown, to read", "id": "Markdown, untuk dibaca"},
    "export.csv": {"en": "CSV of the quotes", "id": "CSV berisi kutipan"},
    "export.bib": {"en": "BibTeX of the sources", "id": "BibTeX berisi sumber"},
    "export.ris": {"en": "RIS of the sources", "id": "RIS berisi sumber"},
    "talk.editing": {"en": "The next question takes the place of the last one.", "id": "Pertanyaan berikutnya menggantikan yang terakhir."},
    "talk.new": {
        "en": "A new conversation. Undo brings the last one back.",
        "id": "Percakapan baru. Urungkan mengembalikan yang sebelumnya.",
    },
    "talk.unreadable": {
        "en": "What this browser kept of the conversation cannot be read. A new one begins.",
        "id": "Percakapan yang disimpan peramban ini tidak dapat dibaca. Percakapan baru dimulai.",
    },
    "form": {"en": "Ask only articles", "id": "Tanya hanya artikel"},
    "form.since": {"en": "From", "id": "Sejak"},
    "form.until": {"en": "Until", "id": "Sampai"},
    "form.source": {"en": "Source", "id": "Sumber"},
    "form.language": {"en": "Language", "id": "Bahasa"},
    "form.article": {"en": "Article", "id": "Artikel"},
    "form.any": {"en": "any", "id": "semua"},
    "form.apply": {"en": "Apply", "id": "Terapkan"},
    "form.clear": {"en": "Clear", "id": "Kosongkan"},
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
    "answer.searching": {"en": "Searching the articles …", "id": "Mencari di artikel …"},
    "answer.waits": {
        "en": "The collection is being prepared. The answer comes here as soon as it is ready.",
        "id": "Koleksi sedang disiapkan. Jawaban muncul di sini begitu siap.",
    },
    "state.failed": {"en": "The collection could not be opened.", "id": "Koleksi tidak dapat dibuka."},
    "error.unexpected": {
        "en": "Something went wrong while answering. The terminal that runs Kutip says what.",
        "id": "Terjadi kesalahan saat menjawab. Penyebabnya tertulis di terminal yang menjalankan Kutip.",
    },
    "error.details": {"en": "Details: {problem}", "id": "Rincian (dalam bahasa Inggris): {problem}"},
    "busy": {
        "en": "Kutip is busy: many are asking at the moment. Please ask again in a few seconds.",
        "id": "Kutip sedang sibuk: banyak yang bertanya saat ini. Silakan tanya lagi beberapa detik lagi.",
    },
    "cut_off": {
        "en": "The question did not arrive as a whole. Please ask again.",
        "id": "Pertanyaannya tidak sampai seutuhnya. Silakan tanya lagi.",
    },
    "error.RagError": {"en": "Kutip cannot answer at the moment.", "id": "Kutip tidak dapat menjawab saat ini."},
    "error.QuestionError": {
        "en": "The question is empty or too long, or its filter cannot be read. Please write it differently.",
        "id": "Pertanyaannya kosong atau terlalu panjang, atau penyaringnya tidak dapat dibaca. Mohon tulis dengan cara lain.",
    },
    "error.SourceError": {
        "en": "A file or folder of articles does not exist or cannot be read.",
        "id": "Sebuah berkas atau folder artikel tidak ada atau tidak dapat dibaca.",
    },
    "error.LabelTaken": {
        "en": "Another folder of articles already has this name. Add this one under a name of its own.",
        "id": "Nama ini sudah dipakai folder artikel lain. Tambahkan folder ini dengan nama tersendiri.",
    },
    "error.ArticleNotFound": {"en": "This article is not in the collection.", "id": "Artikel ini tidak ada dalam koleksi."},
    "error.CollectionNotFound": {"en": "There is no collection in this folder.", "id": "Tidak ada koleksi di folder ini."},
    "error.CollectionBusy": {
        "en": "Another program is writing to the collection. Try again when it has finished.",
        "id": "Program lain sedang menulis ke koleksi. Cobalah lagi setelah selesai.",
    },
    "error.CollectionReadOnly": {
        "en": "The folder of the collection cannot be written.",
        "id": "Folder koleksi ini tidak dapat ditulisi.",
    },
    "error.CollectionClosed": {
        "en": "The collection was closed. Start Kutip again.",
        "id": "Koleksi sudah ditutup. Jalankan Kutip lagi.",
    },
    "error.IndexMismatch": {
        "en": "The collection was built with another model or another version of Kutip.",
        "id": "Koleksi ini dibuat dengan model atau versi Kutip yang lain.",
    },
    "error.ConversationError": {
        "en": "The conversation cannot be saved, loaded or taken back.",
        "id": "Percakapan tidak dapat disimpan, dimuat, atau dibatalkan.",
    },
    "error.EngineError": {
        "en": "The server that holds the vectors does not answer as it should.",
        "id": "Server tempat vektor disimpan tidak menjawab semestinya.",
    },
    "error.ModelError": {"en": "The language model cannot be loaded.", "id": "Model bahasa tidak dapat dimuat."},
    "error.StorageError": {
        "en": "The disk is full, or the stored articles are damaged.",
        "id": "Disk penuh, atau simpanan artikel rusak.",
    },
    **SHELF_TEXTS,
}


@dataclass(frozen=True, slots=True)
class Example:
    """A question to begin with; it is offered only while all articles that it is `about` are in the collection."""

    question: str
    about: tuple[str, ...]


_VISIT, _FORUM = "seeds/000_85d61c4b71691643.txt", "seeds/003_254a55fc44b6ca34.txt"

EXAMPLES = (
    Example("Siapa yang mendampingi Haniyeh ke Rusia?", (_VISIT,)),
    Example("Di mana cabang politik Hamas beroperasi menurut Lavrov?", (_FORUM,)),
    Example("Why did Netanyahu call Putin?", (_FORUM,)),
    Example("What did Lavrov say about the ceasefire in Gaza?", (_FORUM,)),
    Example("Berapa harga beras di Jakarta hari ini?", (_VISIT, _FORUM)),
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
