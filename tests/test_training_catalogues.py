"""Messages of a game: what its catalogues hold, cleaned; nothing where there are none."""

from __future__ import annotations

import polib
import pytest

from training.catalogues import catalogue_pairs
from training.pairs import WESNOTH, Pair, samples


@pytest.fixture
def games(tmp_path):
    def write(folder: str, name: str, messages: dict[str, str]) -> None:
        catalogue = polib.POFile()
        catalogue.extend(polib.POEntry(msgid=english, msgstr=text) for english, text in messages.items())
        path = tmp_path / "1.16" / "locale" / folder / "LC_MESSAGES" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        catalogue.save_as_mofile(str(path))

    write("vi", "b.mo", {"Thank you, Lord Hamel.": "Cảm ơn ngài,\nchủ tướng Hamel.", "unit name^Orc Archer": "Cung thủ người thú", "Two": "Hai"})
    write("vi", "a.mo", {"Two": "Hai", "$name has %d gold": "$name có %d vàng", "<b>Run</b>": "<b>Chạy</b>", "OK": "OK", "Not yet": ""})
    write("zh_TW", "a.mo", {"Two": "兩"})
    write("zh_CN", "a.mo", {"Two men": "两人"})
    return tmp_path


def test_messages_come_once_in_their_order_without_markup_and_context(games):
    said = [("Hai", "Two"), ("Cảm ơn ngài, chủ tướng Hamel.", "Thank you, Lord Hamel."), ("Cung thủ người thú", "Orc Archer")]
    assert catalogue_pairs("vi", games=games) == [Pair(text, english, "vi", WESNOTH) for text, english in said]
    assert catalogue_pairs("vi", 2, games) == catalogue_pairs("vi", games=games)[:2]


def test_a_language_may_have_folders_of_other_names(games):
    assert [pair.text for pair in catalogue_pairs("zh", games=games)] == ["两人"]
    assert catalogue_pairs("de", games=games) == []


def test_neighbours_in_the_alphabet_make_no_passage(games):
    pairs = catalogue_pairs("vi", games=games)
    assert list(samples(pairs, passages=100)) == pairs and len(list(samples([Pair(p.text, p.target, "vi", "book") for p in pairs], 100))) > len(pairs)
