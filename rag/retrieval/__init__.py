"""Finding passages: a dense side (FAISS), a lexical side (tantivy), and their fusion into one score."""
