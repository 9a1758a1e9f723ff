"""The articles of the page tests: two like the first ones, under their ids, and some written to do harm."""

from __future__ import annotations

from rag.types import Article

VISIT = Article(
    "seeds/000_85d61c4b71691643.txt",
    "Pemimpin Hamas Kunjungi Rusia",
    "Hamas Ismail Haniyeh melakukan kunjungan ke Rusia, Sabtu (10/9/2022).\n\n"
    + "\n\n".join(f"Paragraf {n} membicarakan hubungan bilateral dan perundingan panjang yang belum selesai." * 3 for n in range(12))
    + "\n\nKunjungan itu panjang. Haniyeh didampingi Saleh al-Arouri dan Maher Saleh. Mereka bertemu Lavrov.\n\n"
    + "\n\n".join(f"Penutup {n} mengulang kembali pokok-pokok pembicaraan sebelumnya." * 3 for n in range(12)),
    source="Harakatuna",
    published="2022-09-10",
    published_from="dateline",
    url="https://example.org/kunjungan",
    language="id",
)
DOHA = Article(
    "seeds/003_254a55fc44b6ca34.txt",
    "",
    "Menteri Luar Negeri Rusia Sergei Lavrov berkomunikasi dengan perwakilan Hamas di Doha, Qatar.\nNetanyahu menelepon Putin.",
    source="TRIBUNNEWS.COM",
    published="2023-12-10",
    published_from="dateline",
    language="id",
)
ARABIC = Article("عربي/مقال (1).txt", "زيارة موسكو", "وصل وفد حماس إلى موسكو يوم السبت (10/9). قال المتحدث إن الزيارة مهمة.", language="ar")

ATTACKS = (
    "<script>window.harm = 1</script>",
    "<img src=x onerror='window.harm = 2'>",
    '<svg onload="window.harm = 3"><circle r="9"/></svg>',
    '<iframe srcdoc="<script>parent.harm = 4</script>"></iframe>',
    "</div></article></section><h1>outside</h1>",
    "${window.harm = 5} `${window.harm = 6}` {{window.harm}} {{#each x}}",
    "![picture](http://198.51.100.7/a.png) [link](javascript:window.harm=7) [cite](#cite=a/0123456789abcdef/1-2)",
    '<a href="javascript:window.harm=8">click</a> <a href="data:text/html,x">data</a>',
    '<form action="http://198.51.100.7/"><input name="password"><button>Send</button></form>',
    '<div style="position:fixed;inset:0;background:red">cover</div> <style>*{display:none}</style>',
    "%%%LATEX_BLOCK_0%%% $$x^2$$ \\(y\\) https://198.51.100.7/ www.example.org mail@example.org",
    "<details open ontoggle='window.harm = 9'>x</details> <!-- comment --> <math><mtext></mtext></math>",
    "<link rel=stylesheet href=//198.51.100.7/x> <object data=//198.51.100.7/y></object>",
    "\u202egnp.exe\u202c \u2066isolated\u2069 &lt;b&gt; &amp;amp; **bold** _under_ ~~gone~~ # heading | cell |",
    "```mermaid graph TD; A-->B``` <button class='close' id='x'>Close</button> <meta http-equiv=refresh content='0;url=http://198.51.100.7'>",
)


def hostile(number: int, attack: str) -> Article:
    """An article whose every field is `attack`."""
    return Article(
        f"{number} {attack}",
        title=attack,
        text=f"Serangan nomor {number}. {attack} Selesai.\n{attack}",
        source=attack,
        author=attack,
        published=attack,
        url=f"javascript:window.harm=10//{attack}",
        language=attack,
    )


HOSTILE = tuple(hostile(number, attack) for number, attack in enumerate(ATTACKS, 1000))
