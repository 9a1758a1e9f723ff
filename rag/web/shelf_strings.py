"""What the collection's card says, in each language of the interface; `rag.web.strings` makes it part of its table."""

from __future__ import annotations

SHELF_TEXTS: dict[str, dict[str, str]] = {
    "shelf": {"en": "Collection", "id": "Koleksi"},
    "shelf.counts": {"en": "What is in the collection", "id": "Isi koleksi"},
    "shelf.years": {"en": "By year", "id": "Per tahun"},
    "shelf.sources": {"en": "By source", "id": "Per sumber"},
    "shelf.languages": {"en": "By language", "id": "Per bahasa"},
    "shelf.no_year": {"en": "no date", "id": "tanpa tanggal"},
    "shelf.no_source": {"en": "no source", "id": "tanpa sumber"},
    "shelf.no_language": {"en": "unknown", "id": "tidak diketahui"},
    "shelf.rest": {"en": "{n} more", "id": "{n} lagi"},
    "shelf.find": {"en": "Find articles by title or source", "id": "Cari artikel menurut judul atau sumber"},
    "shelf.order": {"en": "Order", "id": "Urutan"},
    "shelf.order.newest": {"en": "Newest first", "id": "Terbaru dahulu"},
    "shelf.order.oldest": {"en": "Oldest first", "id": "Terlama dahulu"},
    "shelf.order.title": {"en": "By title", "id": "Menurut judul"},
    "shelf.order.source": {"en": "By source", "id": "Menurut sumber"},
    "shelf.articles": {"en": "Articles", "id": "Artikel"},
    "shelf.title": {"en": "Title", "id": "Judul"},
    "shelf.source": {"en": "Source", "id": "Sumber"},
    "shelf.date": {"en": "Date", "id": "Tanggal"},
    "shelf.language": {"en": "Language", "id": "Bahasa"},
    "shelf.passages": {"en": "Passages", "id": "Bagian"},
    "shelf.shown": {"en": "{first} to {last} of {total}", "id": "{first} sampai {last} dari {total}"},
    "shelf.none": {
        "en": "No article has all of these words in its title or source.",
        "id": "Tidak ada artikel yang judul atau sumbernya memuat semua kata itu.",
    },
    "shelf.before": {"en": "Previous page", "id": "Halaman sebelumnya"},
    "shelf.after": {"en": "Next page", "id": "Halaman berikutnya"},
    "shelf.preparing": {"en": "The collection is being prepared. Its articles appear here.", "id": "Koleksi sedang disiapkan. Artikelnya akan muncul di sini."},
}
