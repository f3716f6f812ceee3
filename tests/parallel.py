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


class Meanwhile:
    """What somebody does while a deed has come to a certain point: `begin` it there, once.

    It is given a second, after which it is taken to wait for the deed. `outcome` waits for its end.
    """

    def __init__(self, deed):
        self.deed, self.person, self.outcomes = deed, None, []

    def begin(self):
        if self.person is None:
            self.person = threading.Thread(target=self.act)
            self.person.start()
            self.person.join(timeout=1)

    def act(self):
        self.outcomes += at_once(self.deed)

    @property
    def outcome(self):
        self.person.join()
        [outcome] = self.outcomes
        return outcome


def before(monkeypatch, module, name, other):
    """Let somebody else begin something once this is about to be called."""
    meanwhile, call = Meanwhile(other), getattr(module, name)

    def called(*args, **named):
        meanwhile.begin()
        return call(*args, **named)

    monkeypatch.setattr(module, name, called)
    return meanwhile
