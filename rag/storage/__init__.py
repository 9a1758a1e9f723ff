"""The folder of a collection: SQLite holds the truth, everything else in it can be made again."""
