"""Files -> `Article` values: what the text of an article is, and what its file says about it."""

from rag.reading.articles import read_source
from rag.reading.finding import find_sources
from rag.reading.sources import Root, Source

__all__ = ["Root", "Source", "find_sources", "read_source"]
