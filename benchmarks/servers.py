"""Pages in processes of their own: Kutip's over a folder, and the barest that Gradio can serve with a chat and a box."""

from __future__ import annotations

import os
import queue
import socket
import subprocess
import sys
import threading
import time
from pathlib import Path

ROOT = Path(__file__).parents[1]
WAITING_MAX = 64

BARE = f"""
import gradio
with gradio.Blocks() as page:
    gradio.Chatbot()
    box = gradio.Textbox()
    box.submit(lambda words: words + "~", box, box, api_name="ask")
page.queue(max_size={WAITING_MAX})
print(page.launch(quiet=True, prevent_thread_lock=True)[1], flush=True)
input()
"""


class Server:
    """A process that serves a page at `address`; it is ended with the block."""

    def __init__(self, *arguments: str) -> None:
        own = {"GRADIO_ANALYTICS_ENABLED": "False", "HF_HUB_OFFLINE": "1", "NO_PROXY": "127.0.0.1,localhost", "GRADIO_SERVER_PORT": str(_free_port())}
        self._started = time.perf_counter()
        pipe = subprocess.PIPE
        self._process = subprocess.Popen([sys.executable, *arguments], cwd=ROOT, stdin=pipe, stdout=pipe, text=True, env=os.environ | own)
        self._lines: queue.Queue[str] = queue.Queue()
        threading.Thread(target=self._read, daemon=True).start()
        [self.address] = [word.rstrip("/") for word in self.line().split() if word.startswith("http")]

    @classmethod
    def kutip(cls, folder: Path) -> Server:
        return cls("app.py", "--index", str(folder))

    @classmethod
    def bare(cls) -> Server:
        return cls("-c", BARE)

    def __enter__(self) -> Server:
        return self

    def __exit__(self, *_: object) -> None:
        self._process.kill()
        self._process.wait()

    def line(self) -> str:
        """The next line that it prints; RuntimeError where it ended without one."""
        line = self._lines.get(timeout=120)
        if not line:
            raise RuntimeError(f"The server ended with {self._process.wait()}.")
        return line

    def wait_until_ready(self) -> None:
        """Until Kutip's page has its collection."""
        while "offline" not in self.line():
            pass

    @property
    def since_start(self) -> float:
        """Seconds."""
        return time.perf_counter() - self._started

    @property
    def resident(self) -> float:
        """MiB of memory that the process has on the machine; as Linux tells it."""
        status = Path(f"/proc/{self._process.pid}/status").read_text(encoding="ascii")
        return next(int(line.split()[1]) for line in status.splitlines() if line.startswith("VmRSS:")) / 1024

    def _read(self) -> None:
        for line in self._process.stdout:
            self._lines.put(line)
        self._lines.put("")


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]
