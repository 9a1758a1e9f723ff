"""An engine of the comparison that needs nothing: exact cosines, kept as JSON; `failing` names a method that raises."""

from __future__ import annotations

import json

import numpy as np

from benchmarks.peers.protocol import Unsupported


class Adapter:
    def __init__(self, folder, model, failing="") -> None:
        self.file, self.failing = folder / "store.json", failing

    def prepare(self) -> None:
        pass

    def build(self, ids, passages, vectors) -> None:
        self._fail("build")
        self.file.parent.mkdir(parents=True)
        self.file.write_text(json.dumps(dict(zip(ids, vectors.tolist(), strict=True))), encoding="utf-8")

    def open(self) -> None:
        self._fail("open")
        self.rows = {name: np.array(row) for name, row in json.loads(self.file.read_text(encoding="utf-8")).items()}

    def ask(self, question, k) -> list[str]:
        return self.nearest(question.vector, k)

    def nearest(self, vector, k) -> list[str]:
        self._fail("nearest")
        return sorted(self.rows, key=lambda name: -float(self.rows[name] @ vector))[:k]

    def add(self, name, passage, vector) -> None:
        self.rows[name] = vector

    def delete(self, name) -> None:
        if self.failing == "delete":
            raise Unsupported("no: nothing is ever deleted")
        if self.failing != "forgetting":
            del self.rows[name]

    def close(self) -> None:
        pass

    def _fail(self, method) -> None:
        if self.failing == method:
            raise RuntimeError(f"{method} is broken")
