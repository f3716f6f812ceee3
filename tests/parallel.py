"""People who do something at the same moment, each on a connection of their own."""

import threading

from django.db import connection


def at_once(*deeds):
    """What came of each deed, all begun at the same moment: what it gave, or what it raised."""
    start = threading.Barrier(len(deeds))
    outcomes = [None] * len(deeds)

    def act(number, deed):
        try:
            start.wait()
            outcomes[number] = deed()
        except Exception as refusal:
            outcomes[number] = refusal
        finally:
            connection.close()

    people = [threading.Thread(target=act, args=each) for each in enumerate(deeds)]
    for person in people:
        person.start()
    for person in people:
        person.join()
    return outcomes
