"""Threads are known by their clocks, and the system tells what they do."""

import hashlib
import socket
import sys
import threading
import time
from collections.abc import Callable, Iterator

import pytest

from aegis_cli.profiling.probe.watched_threads import WatchedThread, WatchedThreads

LONGEST_S = 20.0
pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="only Linux has clocks of threads")


@pytest.fixture
def pair() -> Iterator[tuple[socket.socket, socket.socket]]:
    ours, theirs = socket.socketpair()
    yield ours, theirs
    ours.close()
    theirs.close()


def _wait_for(condition: Callable[[], bool]) -> None:
    deadline = time.monotonic() + LONGEST_S
    while not condition():
        assert time.monotonic() < deadline
        time.sleep(0.001)


def _met(threads: WatchedThreads, thread: threading.Thread) -> WatchedThread:
    threads.follow(sys._current_frames())
    found = threads.get(thread.ident or 0)
    assert found is not None
    return found


def _names(threads: WatchedThreads) -> dict[object, object]:
    return {name: cpu_us for _, cpu_us, name in threads.rows()}


def test_a_thread_is_known_by_name_and_charged_from_its_beginning(
    pair: tuple[socket.socket, socket.socket],
) -> None:
    threads = WatchedThreads()

    def work() -> None:
        end = time.thread_time() + 0.05
        while time.thread_time() < end:
            pass
        pair[0].recv(1)

    thread = threading.Thread(target=work, name="worker-7")
    thread.start()
    clock = time.pthread_getcpuclockid(thread.ident or 0)
    _wait_for(lambda: time.clock_gettime(clock) >= 0.05)
    _met(threads, thread)
    found = _names(threads)
    pair[1].send(b"x")
    thread.join(LONGEST_S)

    cpu_us = found["worker-7"]
    assert isinstance(cpu_us, int)
    assert cpu_us >= 50_000


def test_a_thread_that_was_there_before_is_charged_from_now_on(
    pair: tuple[socket.socket, socket.socket],
) -> None:
    worked = threading.Event()

    def work() -> None:
        end = time.thread_time() + 0.1
        while time.thread_time() < end:
            pass
        worked.set()
        pair[0].recv(1)

    thread = threading.Thread(target=work, name="early")
    thread.start()
    assert worked.wait(LONGEST_S)
    threads = WatchedThreads()
    _met(threads, thread)
    found = _names(threads)
    pair[1].send(b"x")
    thread.join(LONGEST_S)

    cpu_us = found["early"]
    assert isinstance(cpu_us, int)
    assert cpu_us < 100_000


def test_the_system_tells_a_thread_that_waits_for_data_from_one_that_waits_for_a_lock(
    pair: tuple[socket.socket, socket.socket],
) -> None:
    threads, lock = WatchedThreads(), threading.Lock()
    lock.acquire()
    waiting = threading.Thread(target=pair[0].recv, args=(1,))
    locked = threading.Thread(target=lock.acquire)
    waiting.start()
    locked.start()
    for_data, for_lock = _met(threads, waiting), _met(threads, locked)

    if threads.has_left(for_data) is not None:
        _wait_for(lambda: threads.has_left(for_data) is True)
        _wait_for(lambda: threads.has_left(for_lock) is False)
    pair[1].send(b"x")
    lock.release()
    waiting.join(LONGEST_S)
    locked.join(LONGEST_S)


def test_a_thread_that_computes_without_the_interpreter_is_busy() -> None:
    threads, stop = WatchedThreads(), threading.Event()

    def compute() -> None:
        block = bytes(1 << 24)
        while not stop.is_set():
            hashlib.sha256(block).digest()

    thread = threading.Thread(target=compute)
    thread.start()
    found = _met(threads, thread)

    def is_seen_busy() -> bool:
        threads.follow(sys._current_frames())
        return threads.is_busy(found)

    _wait_for(is_seen_busy)
    stop.set()
    thread.join(LONGEST_S)


def test_a_thread_that_waits_stands_still(pair: tuple[socket.socket, socket.socket]) -> None:
    threads = WatchedThreads()
    thread = threading.Thread(target=pair[0].recv, args=(1,))
    thread.start()
    found = _met(threads, thread)

    def stands_still() -> bool:
        threads.follow(sys._current_frames())
        found.node = 1
        return found.is_still

    _wait_for(stands_still)
    pair[1].send(b"x")
    thread.join(LONGEST_S)


def test_a_thread_that_has_ended_is_forgotten() -> None:
    threads = WatchedThreads()
    thread = threading.Thread(target=int)
    thread.start()
    thread.join(LONGEST_S)

    threads.follow(sys._current_frames())

    assert threads.get(thread.ident or 0) is None
    assert len(threads.rows()) >= 1
