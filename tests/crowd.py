"""Many hands at the database in the same moment, each in a thread with a connection of its own."""

import threading
from collections.abc import Callable

from django.db import connection


def at_once(hands: int, work: Callable[[int], None]) -> None:
    """Run work(number) in so many threads that start together; re-raises the first fault."""
    faults: list[Exception] = []
    start = threading.Barrier(hands)

    def run(number: int) -> None:
        try:
            start.wait()
            work(number)
        except Exception as fault:
            faults.append(fault)
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=(number,)) for number in range(hands)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    if faults:
        raise faults[0]
