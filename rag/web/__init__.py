"""The page: `serve` starts it; everything here only shows what the collection says."""
