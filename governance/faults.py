"""What is wrong with the structure on a day, by rules said in plain words.

Each rule says how it finds what breaks it. They read a `Structure` and what stands `Beside` it,
both in memory, so that any fault can be planted in a test and a planned day be judged like a past
one.
"""

from governance import beside
from governance.fault_rules import lines, records, seats, texts

RULES = (*lines.RULES, *seats.RULES, *records.RULES, *texts.RULES)


def beside_on(structure):
    """What stands beside a structure, for every rule."""
    return beside.beside_on(structure, _registered)


def faults_on(structure, beside):
    """Every fault of the day, rule by rule, in the order of the bodies."""
    return tuple(fault for rule in rules() for fault in rule.find(rule, structure, beside))


def rules():
    """The rules of the structure, and after them those that the apps above have registered."""
    return (*RULES, *_registered)


_registered = []


def register(*more):
    _registered.extend(more)
