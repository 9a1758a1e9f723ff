"""The vectors and terms of a collection on a Milvus server."""
