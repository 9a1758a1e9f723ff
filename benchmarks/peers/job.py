"""What the driver tells a worker, in a file.  Needs nothing but Python."""

from __future__ import annotations

import json
import time
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

PATHS = ("material", "folder", "model", "result")


@dataclass(frozen=True, slots=True)
class Job:
    """`phase` of the engine of the module `adapter` with `options`: it lives in `folder`, encodes with `model` or gets vectors.

    `budget` are the seconds that one kind of question may take; `started` is the time at which the process was started.
    """

    adapter: str
    phase: str
    material: Path
    folder: Path
    result: Path
    model: Path | None = None
    options: dict[str, Any] = field(default_factory=dict)
    budget: float = 30.0
    started: float = field(default_factory=time.time)

    def write(self, path: Path) -> None:
        values = asdict(self)
        path.write_text(json.dumps(values | {name: values[name] and str(values[name]) for name in PATHS}), encoding="utf-8")

    @classmethod
    def read(cls, path: Path) -> Job:
        values = json.loads(path.read_text(encoding="utf-8"))
        return cls(**values | {name: values[name] and Path(values[name]) for name in PATHS})
