"""What the rules would do with messages of a file, line by line: nothing is stored or sent."""

import json

from engagement.catalogue import catalogue_today
from engagement.explanation import sentences
from engagement.judging import NOT_SURE, judge
from engagement.models import About, Kind
from engagement.routing import Outcome

OFFERED_ABOUT = frozenset(About.values) - {About.MATERNITY}


class BadLine(Exception):
    """A line that cannot be read as a message; says what is wrong with it."""


class EveryBody:
    """The rules alone are judged: every body receives."""

    def keys(self):
        return None


def rehearsed(line, catalogue):
    """What became of one line, as it is written out."""
    case = read_case(line, {topic.slug for topic in catalogue.topics})
    answers = {
        "message": case["message"],
        "topic": case["topic"] or NOT_SURE,
        "about": case.get("about") or "",
        "kind": Kind.FEEDBACK.value,
        "place": case["place"],
        "nearest": "",
    }
    judged = judge(answers, catalogue, receivers=EveryBody())
    route = judged.route
    is_open = judged.topic == NOT_SURE and judged.reading.topic
    return {
        "id": case["id"],
        "outcome": route.outcome.value,
        "lead": route.lead.slug if route.lead else None,
        "copies": [body.slug for body in route.copies],
        # Where a person is to look, the likeliest topic is what they are shown first.
        "topic": judged.reading.topic if is_open else judged.topic,
        "place_status": judged.where.status,
        "flags": list(judged.reading.flags),
        "because": sentences(route.because),
    }


def read_case(line, topics):
    try:
        case = json.loads(line)
        # What is escaped may be half a character, which no file holds.
        json.dumps(case, ensure_ascii=False).encode()
    except UnicodeEncodeError:
        raise BadLine("It holds half a character, such as \\ud800 alone.") from None
    except (ValueError, RecursionError) as error:
        raise BadLine(f"This is not JSON: {error}") from None
    if not isinstance(case, dict):
        raise BadLine("This is not an object with id, message, topic and place.")
    missing = [name for name in ("id", "message") if case.get(name) in (None, "")]
    if missing:
        raise BadLine(f"{' and '.join(missing)} missing.")
    case = {
        "topic": "",
        "place": "",
        **{name: value for name, value in case.items() if value is not None},
    }
    for name in ("message", "topic", "place", "about"):
        if not isinstance(case.get(name, ""), str):
            raise BadLine(f"{name} is not a text.")
    if case["topic"] and case["topic"] not in topics:
        raise BadLine(f"There is no topic “{case['topic']}”.")
    if case.get("about") and case["about"] not in OFFERED_ABOUT:
        raise BadLine(f"“{case['about']}” is not one of {', '.join(sorted(OFFERED_ABOUT))}.")
    return case


def rehearse_file(lines, write):
    """Write a line for each line; gives how many of each outcome there are, and the errors."""
    catalogue = catalogue_today()
    counted, errors = dict.fromkeys([outcome.value for outcome in Outcome], 0), []
    for number, line in enumerate(lines, start=1):
        if not line.strip():
            continue
        try:
            answer = rehearsed(line, catalogue)
        except BadLine as error:
            errors.append(f"Line {number}: {error}")
            write(json.dumps({"line": number, "error": str(error)}, ensure_ascii=False))
            continue
        counted[answer["outcome"]] += 1
        write(json.dumps(answer, ensure_ascii=False))
    return counted, errors
