"""The sizes and limits that shape an index or bound a request, each named once."""

from __future__ import annotations

FORMAT_VERSION = 1
"""Version of the files in a collection's folder."""

PASSAGE_WORDS_MIN = 60
PASSAGE_WORDS_MAX = 120
"""A passage aims at this many words: long enough to stand alone, short enough for the model's 256 tokens."""

QUOTE_WORDS_MAX = 130
"""The longest quote shown, after neighbouring passages are merged."""

QUESTION_CHARACTERS_MAX = 2000
TOP_K_MAX = 1000
BROWSE_WORDS_MAX = 20
"""So many words of a search in the list of articles are looked at."""

FILE_BYTES_MAX = 64 * 2**20
"""A larger file is rejected: it is a data set, not an article."""

ARTICLE_CHARACTERS_MAX = 5_000_000
ARCHIVE_MEMBERS_MAX = 100_000
ARCHIVE_BYTES_MAX = 4 * 2**30

WRITER_WAIT_SECONDS = 5.0
"""How long a second writer waits for the first."""

CHUNKING = f"{PASSAGE_WORDS_MIN}-{PASSAGE_WORDS_MAX} words, 1"
"""How articles are cut, as stored with a collection; the last number grows when the rules change."""
