"""Serves the Kutip page over the collection beside this file: `python app.py`, then open the address it prints."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from rag.errors import RagError
from rag.web.serve import add_arguments, engine, folders, serve

HERE = Path(__file__).resolve().parent


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--index", metavar="DIR", help="the collection's folder; default: $RAG_INDEX, else index/ beside app.py")
    parser.add_argument("--engine", metavar="URL", help="a server for vectors and terms, milvus://HOST:PORT/NAME; default: $RAG_ENGINE, else none")
    add_arguments(parser)
    args = parser.parse_args()
    index, seeds = folders(args.index, HERE)
    try:
        serve(index, engine(args.engine), host=args.host, port=args.port, seeds=seeds, allowed=args.allow_host, writable=args.writable)
    except RagError as error:
        print(f"Error: {error}", file=sys.stderr)
        return 2
    return 0


if __name__ == "__main__":
    sys.exit(main())
