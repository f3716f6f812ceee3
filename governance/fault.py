"""A fault of the structure, the row that mends it, and the rule by which it is one."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import NamedTuple

from governance.on_day import BodyOnDay, Proof


class Mend(NamedTuple):
    """The row that mends a fault; without a key one is missing, and `given` is known of it.

    A model of an app above is written with its app: “engagement.signpost”.
    """

    model: str
    pk: int | None = None
    given: tuple[tuple[str, object], ...] = ()


@dataclass(frozen=True)
class Fault:
    """One thing that is wrong: with which body, by which rule, what was found, where to mend it.

    `proof` is how the fact is known that it rests on, where it rests on one. `name` is what is
    listed where several faults of a rule are told in one sentence.
    """

    rule: "Rule"
    body: BodyOnDay | None
    found: str
    mend: Mend
    proof: Proof | None = None
    name: str = ""

    @property
    def quotation(self):
        return self.proof.quotation if self.proof else ""


@dataclass(frozen=True)
class Rule:
    """One rule of the structure. `code` is stable, for exports; `title` names what breaks it.

    A rule of an app above says with `read` what it needs to know of a structure's day beside it.
    """

    code: str
    title: str
    says: str
    find: Callable = field(repr=False, compare=False)
    read: Callable | None = field(default=None, repr=False, compare=False)
