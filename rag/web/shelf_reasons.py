"""Why a file was refused, in Indonesian: what `rag.reading` says in English, sentence by sentence (a test finds any that is missing)."""

from __future__ import annotations

import re

from rag.web.strings import say

_INDONESIAN = {
    "cannot be read: {}": "tidak dapat dibaca: {}",
    "describes the files beside it: add the folder instead": "menjelaskan berkas-berkas di sampingnya: tambahkan foldernya",
    "describes {}, which is not there: correct the name or delete the row": "menjelaskan {}, yang tidak ada: betulkan namanya atau hapus barisnya",
    "has a number with thousands of digits": "memuat bilangan dengan ribuan angka",
    "has more than {} HTML elements: save the article alone": "memiliki lebih dari {} elemen HTML: simpan artikelnya saja",
    "has more than {} characters: split it into articles": "lebih panjang dari {} karakter: pecah menjadi beberapa artikel",
    "has more than {} characters: split it": "lebih panjang dari {} karakter: pecahlah",
    "has more than {} members: unpack it and add the folder": "berisi lebih dari {} berkas: buka arsipnya dan tambahkan foldernya",
    "has no text": "tidak berisi teks",
    "has no words": "tidak berisi kata",
    "has no words to show: is it a page that needs a browser to fill it?": "tidak menampilkan kata: apakah halaman ini baru terisi di peramban?",
    "has the id {} of an earlier row but says something else": "memakai id {} dari baris sebelumnya, tetapi isinya lain",
    "has the name of another file of this upload: rename it, or put the files into a .zip with folders":
        "bernama sama dengan berkas lain yang diunggah: ganti namanya, atau masukkan berkas ke .zip dengan folder",
    "has {} values, the header {}: put quotation marks around values with commas":
        "memiliki {} nilai, sedangkan judul kolomnya {}: beri tanda kutip pada nilai yang memuat koma",
    "holds half a character (a lone surrogate): write it again as UTF-8": "memuat setengah karakter (surrogate tunggal): simpan ulang sebagai UTF-8",
    "holds no object and no list of objects with a `text`": "tidak memuat objek atau daftar objek dengan `text`",
    "holds something that is not text: give Unicode strings without lone surrogates": "memuat sesuatu yang bukan teks",
    "is UTF-8 but for byte {}, where it is damaged: save it as UTF-8": "adalah UTF-8 kecuali pada bita {}, yang rusak: simpan ulang sebagai UTF-8",
    "is a binary file, not text": "adalah berkas biner, bukan teks",
    "is a broken zip archive: make it again": "adalah arsip zip yang rusak: buat ulang",
    "is a link that leads nowhere": "adalah tautan yang tidak menuju ke mana pun",
    "is a link that leads out of the folder: add what it leads to by its own path": "adalah tautan ke luar folder: tambahkan tujuannya secara langsung",
    "is a link: it is not followed": "adalah tautan: tidak diikuti",
    "is a page of more than {} characters: save the article alone": "adalah halaman dengan lebih dari {} karakter: simpan artikelnya saja",
    "is a zip in a zip: unpack the outer one and add the folder": "adalah zip di dalam zip: buka yang luar dan tambahkan foldernya",
    "is damaged in its archive: make the zip again": "rusak di dalam arsipnya: buat ulang zip itu",
    "is empty or no HTML": "kosong atau bukan HTML",
    "is encrypted: unpack it with its password and add the folder": "terenkripsi: buka dengan kata sandinya dan tambahkan foldernya",
    "is in the archive twice: only the first is read": "ada dua kali di dalam arsip: hanya yang pertama dibaca",
    "is larger than {} MiB": "lebih besar dari {} MiB",
    "is larger than {} MiB: split it into smaller files": "lebih besar dari {} MiB: pecah menjadi berkas yang lebih kecil",
    "is no object with a `text`": "bukan objek dengan `text`",
    "is no regular file": "bukan berkas biasa",
    "is no regular file but a pipe, a device or a socket": "bukan berkas biasa, melainkan pipa, perangkat, atau soket",
    "is no valid JSON": "bukan JSON yang sah",
    "is no valid JSON: {} in line {}, column {}": "bukan JSON yang sah: {} di baris {}, kolom {}",
    "is of a type that is not read: use .txt, .md, .html, .json, .jsonl, .csv or a .zip of these":
        "berjenis yang tidak dibaca: gunakan .txt, .md, .html, .json, .jsonl, .csv, atau .zip berisi berkas itu",
    "is packed in a way that cannot be unpacked here: make the zip again with plain settings":
        "dikemas dengan cara yang tidak dapat dibuka di sini: buat ulang zip dengan pengaturan biasa",
    "is {}, not text: save it as plain text first": "adalah {}, bukan teks: simpan dulu sebagai teks biasa",
    "its HTML is nested more than 256 levels deep: save it as plain text": "HTML-nya bersarang lebih dari 256 tingkat: simpan sebagai teks biasa",
    "its JSON is nested too deeply": "JSON-nya bersarang terlalu dalam",
    "its Markdown is nested too deeply or broken: save it as plain text": "Markdown-nya bersarang terlalu dalam atau rusak: simpan sebagai teks biasa",
    "its Markdown is nested too deeply: save it as plain text": "Markdown-nya bersarang terlalu dalam: simpan sebagai teks biasa",
    "its archive unpacks to more than {} GiB: unpack it and add the folder": "isi arsipnya lebih dari {} GiB: buka arsipnya dan tambahkan foldernya",
    "its character encoding is not known: save it as UTF-8": "pengodean karakternya tidak dikenal: simpan ulang sebagai UTF-8",
    "its first row cannot be read ({}): check its quotation marks": "baris pertamanya tidak dapat dibaca ({}): periksa tanda kutipnya",
    "its first row names no column `text` (it has {}): add a header": "baris pertamanya tidak menyebut kolom `text` (yang ada: {}): tambahkan judul kolom",
    "its front matter cannot be read: correct the YAML between the --- lines": "bagian depannya tidak dapat dibaca: betulkan YAML di antara garis ---",
    "its front matter is broken in line {} ({}): correct the YAML": "bagian depannya rusak di baris {} ({}): betulkan YAML-nya",
    "its front matter is no list of `name: value` lines: correct the YAML between the --- lines":
        "bagian depannya bukan daftar `nama: nilai`: betulkan YAML di antara garis ---",
    "its id already belongs to {}: give it another id, or remove that one first": "id-nya sudah dipakai {}: beri id lain, atau hapus dulu yang itu",
    "its name leads out of the archive: it is not read": "namanya menunjuk ke luar arsip: tidak dibaca",
    "its {} is longer than {} characters: is it the text?": "{}-nya lebih panjang dari {} karakter: apakah itu teksnya?",
    "names no file": "tidak menyebut berkas",
    "names {} again: only the first row counts": "menyebut {} lagi: hanya baris pertama yang berlaku",
    "published is {}: give an ISO date such as 2022-09-10, or leave it empty": "tanggalnya {}: beri tanggal ISO seperti 2022-09-10, atau kosongkan",
    "row {} cannot be read ({}); the rows after it are not read: check its quotation marks":
        "baris {} tidak dapat dibaca ({}); baris sesudahnya tidak dibaca: periksa tanda kutipnya",
    "says that it is {}, but byte {} is not: save it as UTF-8": "mengaku {}, tetapi bita {} bukan: simpan ulang sebagai UTF-8",
}  # fmt: skip
_READ_MAX = 1000
"""Characters of the longest reason that is looked at; a file name can make one longer."""

_KINDS = {
    "a PDF": "PDF", "a zip archive or an office document": "arsip zip atau dokumen perkantoran", "an office document": "dokumen perkantoran",
    "a picture": "gambar", "a program": "program", "a gzip archive": "arsip gzip", "a database": "basis data",
    "a rich-text document": "dokumen RTF",
}  # fmt: skip
_PLACE = re.compile(r"\b(row|line|item) (?=\d+:?$)")
_PLACES = {"row": "baris", "line": "baris", "item": "butir"}
_PATTERNS = [(re.compile("(.+?)".join(map(re.escape, english.split("{}")))), indonesian) for english, indonesian in _INDONESIAN.items()]


def reason_words(reason: str, language: str) -> str:
    """`reason` as a reader of `language` reads it, with the part of the file before it; in English, and saying so, where it is no known one."""
    if language == "en":
        return reason
    known = _PATTERNS if len(reason) <= _READ_MAX else ()
    fits = [(begin, values, indonesian) for pattern, indonesian in known for begin, *values in _places(pattern, reason)]
    if not fits:
        return say("shelf.result.reason", language, reason=reason)
    begin, values, indonesian = min(fits, key=lambda one: len(one[0]))
    before = _PLACE.sub(lambda place: f"{_PLACES[place[1]]} ", begin.rstrip())
    return f"{before} {indonesian.format(*(_KINDS.get(value, value) for value in values))}".strip()


def _places(pattern: re.Pattern[str], reason: str) -> list[tuple[str, ...]]:
    """What stands before a sentence that ends `reason`, and what fills its places; nothing if it does not end with it."""
    starts = [0, *(blank.end() for blank in re.finditer(" ", reason))]
    found = next(((start, match) for start in starts if (match := pattern.fullmatch(reason, start))), None)
    return [(reason[: found[0]], *found[1].groups())] if found else []
