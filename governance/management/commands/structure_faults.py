"""Say what is wrong with the structure on a day, for people or for programs."""

import json
from itertools import groupby

from django.core.management.base import BaseCommand, CommandError
from django.utils.timezone import localdate, localtime

from governance.as_on import BadDay, as_iso_day, iso_moment
from governance.faults import beside_on, faults_on
from governance.structure import structure_on
from localities.day_field import in_words


class Command(BaseCommand):
    help = "List the faults of the structure: rule by rule, with what was found and in whose words."

    def add_arguments(self, parser):
        parser.add_argument(
            "--as-on",
            metavar="DAY",
            help="The day to judge, such as 2026-11-22; without it, today.",
        )
        parser.add_argument(
            "--known-on",
            metavar="DAY",
            help="Judge what the portal had recorded by the end of this day, or at this moment.",
        )
        parser.add_argument("--body", metavar="SLUG", help="Only the faults of this body.")
        parser.add_argument("--format", choices=["text", "json"], default="text")

    def handle(self, *, as_on, known_on, body, format, **options):
        day = localdate() if as_on is None else as_iso_day(as_on)
        if day is None:
            raise CommandError(f"“{as_on}” is not a day. Write it like 2026-11-22.")
        moment = None
        if known_on is not None:
            try:
                moment, _ = iso_moment(known_on)
            except BadDay as refusal:
                raise CommandError(f"{refusal}.") from None
        structure = structure_on(day, moment)
        if not structure.is_recorded:
            raise CommandError(
                f"The record begins on {in_words(structure.first_day)}: nothing is recorded for "
                f"{in_words(day)}."
                if structure.first_day
                else "No structure has been recorded yet. Run load_structure first."
            )
        if not structure.bodies:
            raise CommandError(f"Nothing {'had been' if moment else 'is'} recorded for this day.")
        found = faults_on(structure, beside_on(structure))
        if body is not None:
            if structure.body_with_slug(body) is None:
                raise CommandError(f"There is no body “{body}” on {in_words(day)}.")
            found = [fault for fault in found if fault.body and fault.body.slug == body]
        self.stdout.write(
            as_json(structure, found) if format == "json" else as_text(structure, found)
        )


def as_json(structure, found):
    """Keys are only ever added: programs may rely on these."""
    said = {
        "as_on": structure.day.isoformat(),
        "known_on": structure.known_on and structure.known_on.isoformat(),
        "count": len(found),
        "faults": [
            {
                "rule": fault.rule.code,
                "says": str(fault.rule.says),
                "body": fault.body and fault.body.slug,
                "body_name": fault.body and fault.body.name,
                "found": fault.found,
                "evidence": fault.proof and fault.proof.evidence,
                "quotation": fault.quotation,
                "source_title": fault.proof.source_title if fault.proof else "",
                "source_url": fault.proof.source_url if fault.proof else "",
                "reasoning": fault.proof.reasoning if fault.proof else "",
                "mend": {
                    "model": fault.mend.model,
                    "pk": fault.mend.pk,
                    "given": dict(fault.mend.given),
                },
            }
            for fault in found
        ],
    }
    return json.dumps(said, ensure_ascii=False, indent=2)


def as_text(structure, found):
    day = in_words(structure.day)
    if structure.known_on is not None:
        day += f", as the portal had recorded it on {in_words(localtime(structure.known_on))}"
    if not found:
        return f"No fault was found in the structure of {day}."
    said = [f"Faults of the structure of {day}: {len(found)}"]
    for rule, its_faults in groupby(found, key=lambda fault: fault.rule):
        its_faults = list(its_faults)
        said += ["", f"{rule.title}: {len(its_faults)}", str(rule.says)]
        for fault in its_faults:
            body = f"{fault.body}: " if fault.body else ""
            said.append(f"- {body}{fault.found}")
            if fault.quotation:
                said.append(f"  {fault.proof.evidence.capitalize()}: “{fault.quotation}”")
    return "\n".join(said)
