"""From an article's text to passages, sentences and words; every place is a character offset into that text."""
