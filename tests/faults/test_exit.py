"""A program ends: what it recorded arrives, or it says what did not, and it never hangs."""

from __future__ import annotations

import pytest

from tests.faults.process import arrived, run
from tests.unit.sinks.receiver import receiving


def test_a_program_that_just_ends_has_delivered() -> None:
    """Without flush and without close."""
    with receiving() as receiver:
        ended = run("put('a', 'b', 'c')", receiver.url)
    assert (ended.status, ended.errors) == (0, "")
    assert arrived(receiver) == {"a": 1, "b": 1, "c": 1}


@pytest.mark.parametrize(
    "ending", ["raise ValueError('unhandled')", "sys.exit(3)", "raise KeyboardInterrupt"]
)
def test_a_program_that_fails_has_delivered(ending: str) -> None:
    """What led to the failure is what one wants to see."""
    with receiving() as receiver:
        ended = run(f"put('a', 'b')\n{ending}", receiver.url)
    assert ended.status != 0
    assert arrived(receiver) == {"a": 1, "b": 1}


def test_a_program_ends_although_the_server_never_answers() -> None:
    """After the configured bound, and with one line that says what is lost."""
    with receiving() as receiver:
        receiver.hang.clear()
        ended = run(
            """
            import atexit, time
            # Registered before the first use, so called after delivery has done its part.
            started = time.monotonic()
            def say(): print(time.monotonic() - started)
            from modelmetry.delivery import lifecycle
            atexit.unregister(lifecycle.finish_all)
            atexit.register(say)
            atexit.register(lifecycle.finish_all)
            put('a', 'b', 'c')
            """,
            receiver.url,
        )
        receiver.hang.set()
    assert ended.status == 0
    assert 1.9 < float(ended.out) < 10.0
    assert ended.errors == (
        "the process ends with signals not delivered; 3 created: 0 delivered, 3 pending\n"
    )


def test_a_program_ends_although_nobody_listens() -> None:
    """A connection that is refused is tried again until the bound, then given up and told."""
    with receiving() as receiver:
        url = receiver.url
    ended = run(
        """
        short = Delivery(HttpSink(sys.argv[1]), batch_policy=LAZY, exit_timeout=4.0)
        short.put(EventRecord('a', 't', None, 'seen', 0, {}))
        """,
        url,
    )
    assert ended.status == 0
    assert "failed (connection: " in ended.errors
    assert "1 created: 0 delivered, 1 dropped (deadline 1)" in ended.errors


def test_what_is_recorded_while_the_program_ends_arrives() -> None:
    """By a function that runs at exit, before delivery ends."""
    with receiving() as receiver:
        ended = run("import atexit\natexit.register(put, 'late')", receiver.url)
    assert (ended.status, ended.errors) == (0, "")
    assert arrived(receiver) == {"late": 1}


def test_threads_that_outlive_the_main_one_are_waited_for() -> None:
    """The interpreter waits for them, and what they record arrives."""
    with receiving() as receiver:
        ended = run(
            """
            import threading
            main = threading.main_thread()
            def work():
                main.join()
                put('late')
            threading.Thread(target=work).start()
            put('early')
            """,
            receiver.url,
        )
    assert (ended.status, ended.errors) == (0, "")
    assert arrived(receiver) == {"early": 1, "late": 1}


def test_threads_that_record_to_the_very_end_do_not_hang_it() -> None:
    """Daemon threads go on while the interpreter comes down; what is lost is said."""
    with receiving() as receiver:
        ended = run(
            """
            import itertools, threading
            def work():
                for number in itertools.count():
                    put(f'{threading.get_ident()}-{number}')
            for _ in range(3):
                threading.Thread(target=work, daemon=True).start()
            """,
            receiver.url,
        )
    assert ended.status == 0
    assert "the process ends with signals not delivered" in ended.errors


def test_a_client_that_was_closed_ends_quietly() -> None:
    """There is nothing left to do or to say."""
    with receiving() as receiver:
        ended = run("put('a')\nprint(delivery.close(30))", receiver.url)
    assert (ended.status, ended.errors) == (0, "")
    assert ended.out == "1 created: 1 delivered\n"


def test_blocks_in_finalisers_do_not_crash_the_process() -> None:
    """Up to CPython 3.11 garbage is collected in the middle of setting a context variable."""
    ended = run(
        """
        import contextvars, gc
        from modelmetry.client import current
        # Many of them, so that setting one takes a while.
        others = [contextvars.ContextVar(f"other_{number}") for number in range(40)]
        for other in others: other.set(1)
        class Finalised:
            def __init__(self): self.cycle = self
            def __del__(self):
                for number in range(5): current.replace((number, None))
        gc.set_threshold(3)
        for number in range(100_000):
            Finalised()
            current.replace((number, None))
        """,
        "http://127.0.0.1:1",
    )
    assert (ended.status, ended.errors) == (0, "")


def test_recording_from_finalisers_and_signal_handlers_is_safe() -> None:
    """They run in the middle of anything, in the thread that does it."""
    with receiving() as receiver:
        ended = run(
            """
            import gc, signal
            class Finalised:
                def __init__(self): self.cycle = self
                def __del__(self):
                    put('finalised')
                    delivery.stats()
            def handler(*_): put('handled')
            signal.signal(signal.SIGALRM, handler)
            signal.setitimer(signal.ITIMER_REAL, 0.0005, 0.0005)
            gc.set_threshold(5)
            for number in range(3000):
                Finalised()
                put(str(number))
                delivery.stats()
            signal.setitimer(signal.ITIMER_REAL, 0)
            gc.collect()
            receipt = delivery.close(30)
            print(receipt.ok, receipt.created == receipt.delivered)
            """,
            receiver.url,
        )
    assert (ended.status, ended.out, ended.errors) == (0, "True True\n", "")
    assert sum(number == 1 for number in arrived(receiver).values()) >= 3_000
    assert arrived(receiver)["finalised"] == 3_000
