"""The thread that follows: calls in order and in one thread, through errors, interruption, a fork, and the end of its owner."""

import gc
import os
import subprocess
import sys
import threading
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rag.retrieval.worker import Worker


@given(st.lists(st.integers(-3, 3), max_size=30))
def test_calls_are_done_in_order_in_one_thread_and_give_what_they_give(numbers):
    done, threads = [], set()

    def call(number):
        done.append(number)
        threads.add(threading.current_thread())
        return 6 // number

    worker = Worker("test")
    futures = [worker.submit(call, number) for number in numbers]
    worker.close()
    assert done == numbers and len(threads) == (1 if numbers else 0)
    for number, future in zip(numbers, futures, strict=True):
        assert isinstance(future.exception(), ZeroDivisionError) if number == 0 else future.result() == 6 // number


def test_who_asks_gets_the_error_itself():
    worker = Worker("test")
    with pytest.raises(KeyError, match="x"):
        worker.do({}.__getitem__, "x")
    assert worker.do(len, "abc") == 3
    worker.close()


def test_after_closing_whoever_asks_does_it():
    worker = Worker("test")
    assert worker.do(threading.get_ident) != threading.get_ident()
    worker.close()
    worker.close()
    assert worker.do(threading.get_ident) == threading.get_ident()


def test_who_is_interrupted_waits_until_the_call_is_done():
    code = """
import signal, time
from rag.retrieval.worker import Worker
signal.signal(signal.SIGALRM, signal.default_int_handler)
ended = []
def call():
    time.sleep(0.6)
    ended.append(1)
signal.setitimer(signal.ITIMER_REAL, 0.2)
try:
    Worker("test").do(call)
except KeyboardInterrupt:
    print("interrupted", len(ended))
"""
    assert subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=30).stdout == "interrupted 1\n"


def test_the_end_of_the_process_waits_for_no_call():
    code = "import time; from rag.retrieval.worker import Worker; w = Worker('test'); w.submit(time.sleep, 60); print('over')"
    assert subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=20).stdout == "over\n"


@pytest.mark.skipif(not hasattr(os, "fork"), reason="no fork here")
def test_a_forked_process_has_a_thread_of_its_own():
    code = """
import os
from rag.retrieval.worker import Worker
worker = Worker("test")
assert worker.do(os.getpid) == os.getpid()
child = os.fork()
if not child:
    os._exit(0 if worker.do(os.getpid) == os.getpid() else 1)
print(os.waitpid(child, 0)[1])
"""
    assert subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=20).stdout == "0\n"


def test_the_thread_ends_with_its_owner():
    worker = Worker("kutip-owned")
    worker.do(int)
    assert any(thread.name == "kutip-owned" for thread in threading.enumerate())
    del worker
    gc.collect()
    end = time.monotonic() + 10
    while any(thread.name == "kutip-owned" for thread in threading.enumerate()) and time.monotonic() < end:
        time.sleep(0.01)
    assert not any(thread.name == "kutip-owned" for thread in threading.enumerate())
