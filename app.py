"""Serves the Kutip page over the collection beside this file: `python app.py`, then open the address it prints."""

from __future__ import annotations

import argparse
import os
import sys
from pathlib import Path

from rag.errors import RagError
from rag.web.serve import add_arguments, serve

HERE = Path(__file__).resolve().parent


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--index", type=Path, help="the collection's folder; default: $RAG_INDEX, else index/ beside app.py")
    add_arguments(parser)
    args = parser.parse_args()
    index = args.index or Path(os.environ.get("RAG_INDEX") or HERE / "index")
    try:
        # A folder that somebody named is theirs to fill; only the default one starts with the first articles.
        serve(index, host=args.host, port=args.port, seeds=HERE / "seeds" if args.index is None else None)
    except RagError as error:
        print(f"Error: {error}", file=sys.stderr)
        return 2
    return 0


if __name__ == "__main__":
    sys.exit(main())
