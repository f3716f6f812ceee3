"""What is wrong with the structure of a day, and where each fault is mended."""

from dataclasses import dataclass

from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from governance.as_on import on_the_day_asked, shortened
from governance.fault import Rule
from governance.faults import beside_on, faults_on, rules
from governance.mending import mending_address
from governance.structure import structure_on

SHOWN = 100  # faults of one rule
BODIES_TO_CHOOSE = 200


@dataclass(frozen=True)
class Broken:
    """A rule with what breaks it, body by body."""

    rule: Rule
    number: int
    more: int  # that are not shown
    bodies: list  # of (body, [(proof, [(fault, where it is mended)])])


@require_safe
@on_the_day_asked
def faults(request, as_on):
    """The faults of a day, rule by rule; of one body if the address names one."""
    structure = structure_on(as_on.day, as_on.known_on)
    slug = request.GET.get("body", "").replace("\x00", "\ufffd").strip()
    context = {"as_on": as_on, "structure": structure, "slug": slug}
    context["title"] = _("Faults of the structure")
    if not structure.is_recorded:
        return render(request, "governance/fault_list.html", context)

    body = structure.body_with_slug(slug) if slug else None
    if slug and body is None:
        context["unknown"] = shortened(slug)
        return render(request, "governance/fault_list.html", context, status=404)
    found = faults_on(structure, beside_on(structure))
    if body is not None:
        found = [fault for fault in found if fault.body == body]
    may_mend = request.standing.is_governance_administrator
    broken = [
        broken_by(rule, its_faults, may_mend)
        for rule in rules()
        if (its_faults := [fault for fault in found if fault.rule is rule])
    ]
    broken_rules = {each.rule.code for each in broken}
    context |= {
        "body": body,
        "title": _("Faults of %(body)s") % {"body": body} if body else context["title"],
        "number": len(found),
        "broken": broken,
        "kept_rules": [rule for rule in rules() if rule.code not in broken_rules],
        "bodies": structure.bodies if len(structure.bodies) <= BODIES_TO_CHOOSE else (),
    }
    return render(request, "governance/fault_list.html", context)


def broken_by(rule, faults, may_mend):
    """The faults of a rule under their bodies, and under the words that several rest on."""
    bodies = {}
    for fault in faults[:SHOWN]:
        address = mending_address(fault) if may_mend else None
        proofs = bodies.setdefault(fault.body, {})
        proofs.setdefault(fault.proof, []).append((fault, address))
    return Broken(
        rule,
        number=len(faults),
        more=max(len(faults) - SHOWN, 0),
        bodies=[(body, list(proofs.items())) for body, proofs in bodies.items()],
    )
