"""What was typed into a form that cannot be shown again: each text by itself, to be copied.

Forms of the admin are drawn by the package, from what is stored, so they are not filled in anew.
"""

import re
from dataclasses import dataclass

from django.shortcuts import render

from engagement.forms import plain_text

# What nobody typed, or nobody is to read over a shoulder.
LEFT_OUT = re.compile(
    r"_.*|initial-.*|.*-(?:TOTAL|INITIAL|MIN_NUM|MAX_NUM)_FORMS|(?:.*-)?(?:id|DELETE)|action|index"
    r"|select_across|seen|step|next|.*(?:csrf|password|secret|token).*",
    re.DOTALL | re.IGNORECASE,
)
TICKED = {"on", "true", "false"}
# The two boxes of a day and a time.
OF_TWO = re.compile(r"_[01]$")
LONGEST_LABEL = 80
LONGEST_LINE = 60  # characters that one sees at once; what is longer gets a higher box


@dataclass(frozen=True, slots=True)
class Typed:
    label: str
    text: str

    @property
    def rows(self):
        lines = sum(1 + len(line) // LONGEST_LINE for line in self.text.split("\n"))
        return min(lines, 12)


def typed_page(request, *, was_signed_out=False):
    """The page to copy from; None where nothing was typed that it could give back."""
    typed = typed_in(request)
    if not typed:
        return None
    context = {
        "typed": typed,
        "form_address": request.get_full_path(),
        "has_files": bool(request.FILES),
        "was_signed_out": was_signed_out,
    }
    return render(request, "typed_kept.html", context, status=403)


def typed_in(request):
    match = request.resolver_match
    if match.view_name in {"login", "password_change"}:
        return []  # in haste a password is typed where the name belongs
    fields = fields_of(getattr(match.func, "model_admin", None))
    found = []
    for name, values in request.POST.lists():
        its_name = name.rpartition("-")[2]
        field = fields.get(its_name) or fields.get(OF_TWO.sub("", its_name))
        if LEFT_OUT.fullmatch(name) or (field and is_chosen(field)):
            continue
        label = str(field.verbose_name) if field else its_name.replace("_", " ")
        label = plain_text(label[:1].upper() + label[1:LONGEST_LABEL]).strip() or "Text"
        texts = (plain_text(value) for value in values)
        found += [Typed(label, text) for text in texts if text.strip() and text not in TICKED]
    return found


def fields_of(model_admin):
    """The fields of a model of the admin, and of those whose rows stand on the same page."""
    if model_admin is None:
        return {}
    models = [*(inline.model for inline in model_admin.inlines), model_admin.model]
    return {field.name: field for model in models for field in model._meta.get_fields()}


def is_chosen(field):
    """Whether it is chosen from a list, or ticked: there is nothing in it to copy."""
    return field.is_relation or bool(field.choices) or field.get_internal_type() == "BooleanField"
