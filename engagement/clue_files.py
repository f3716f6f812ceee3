"""Files of learned clues: one for each topic and one for “urgent”, with what tells most first."""

import csv
from decimal import Decimal
from typing import NamedTuple

from engagement.clues import URGENT
from engagement.models import Clue
from governance.loading import Tally

TO_URGENT = "urgent"  # the name of their file
BATCH = 1000


def read_clues(folder):
    """The weight of each clue as `{(text, topic): weight}`."""
    return {
        (row["text"], URGENT if path.stem == TO_URGENT else path.stem): Decimal(row["weight"])
        for path in sorted(folder.glob("*.csv"))
        for row in rows_of(path)
    }


def rows_of(path):
    with path.open(encoding="utf-8", newline="") as rows:
        yield from csv.DictReader(rows)


def write_clues(clues, folder):
    """Write `{topic: [(text, weight), …]}`; gives how many there are in each file."""
    folder.mkdir(parents=True, exist_ok=True)
    numbers = {}
    for topic, its_clues in clues.items():
        name = topic or TO_URGENT
        with (folder / f"{name}.csv").open("w", encoding="utf-8", newline="") as file:
            rows = csv.writer(file, lineterminator="\n")
            rows.writerow(["text", "weight"])
            rows.writerows(sorted(its_clues, key=lambda clue: (-clue[1], clue[0])))
        numbers[name] = len(its_clues)
    return numbers


def load_clues(learned):
    """Make the learned clues those that were read from files, thousands at once.

    What people have edited, added or removed is theirs. A clue that is learned no more is not used
    any more, but stays where messages were counted against it.
    """
    tally = Tally(label=Clue._meta.verbose_name_plural)
    known = {(text, topic or URGENT): Known(*rest) for text, topic, *rest in stored()}
    removed = removed_by_people()
    new, changed = [], []
    for (text, topic), weight in learned.items():
        row = known.get((text, topic))
        if row is None and (text, topic) in removed:
            tally.removed.append(f"{text} ({topic or TO_URGENT})")
        elif row is None:
            new.append(Clue(text=text, topic_id=topic or None, weight=weight, is_learned=True))
        elif not row.is_learned:
            tally.edited.append(f"{text} ({topic or TO_URGENT})")
        elif (row.weight, row.is_used) == (weight, True):
            tally.unchanged += 1
        else:
            changed.append(Clue(pk=row.pk, weight=weight, is_used=True))
    for key, row in known.items():
        if row.is_learned and row.is_used and key not in learned:
            changed.append(Clue(pk=row.pk, weight=row.weight, is_used=False))
    Clue.objects.bulk_create(new, batch_size=BATCH)
    Clue.objects.bulk_update(changed, ["weight", "is_used"], batch_size=BATCH)
    tally.added, tally.changed = len(new), len(changed)
    return tally


class Known(NamedTuple):
    """A clue as it is stored; tens of thousands of them are read each time."""

    pk: int
    weight: Decimal
    is_used: bool
    is_learned: bool


def stored():
    return Clue.objects.order_by().values_list("text", "topic", *Known._fields)


def removed_by_people():
    removals = Clue.history.filter(history_type="-").values_list("text", "topic_id")
    return {(text, topic or URGENT) for text, topic in removals}
