"""What was typed into a form that cannot be shown again: each text by itself, to be copied.

Forms of the admin are drawn by the package, from what is stored, so they are not filled in anew.
"""

import re
from dataclasses import dataclass

from django.shortcuts import render

from engagement.forms import plain_text
from governance.admin.typed import TYPED

# What nobody typed, or nobody is to read over a shoulder.
LEFT_OUT = re.compile(
    r"_.*|initial-.*|.*-(?:TOTAL|INITIAL|MIN_NUM|MAX_NUM)_FORMS|(?:.*-)?(?:id|DELETE)|action|index"
    r"|select_across|seen|step|next|.*(?:csrf|password|secret|token).*",
    re.DOTALL | re.IGNORECASE,
)
TICKED = {"on", "true", "false"}
# A field of a row on the page, by what its rows are called and its number.
OF_ROW = re.compile(r".+-(\d+)-(.+)", re.DOTALL)
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


def words_typed(request):
    """What somebody typed into a form for staff who may not send it any more, by whatever ended.

    A choice from a list cannot be told from a text there: what has several words is one.
    """
    match = request.resolver_match
    if request.method != "POST" or not hasattr(match and match.func, "shows_again"):
        return []
    return [each for each in typed_in(request) if len(each.text.split()) > 1]


def typed_in(request):
    if {"password", "old_password"} & set(request.POST):
        return []  # in haste a password is typed where the name belongs
    model_admin = getattr(request.resolver_match.func, "model_admin", None)
    of_page = fields_of([model_admin] if model_admin else [])
    of_rows = fields_of(model_admin.inlines if model_admin else [])
    found = []
    for name, values in request.POST.lists():
        row = OF_ROW.fullmatch(name)
        fields, its_name = (of_rows, row[2]) if row else (of_page, name)
        field = fields.get(its_name) or fields.get(OF_TWO.sub("", its_name))
        if LEFT_OUT.fullmatch(name):
            continue
        label = str(field.verbose_name) if field else its_name.replace("_", " ")
        label = plain_text(label[:1].upper() + label[1:LONGEST_LABEL]).strip() or "Text"
        if row:
            label = f"{label}, row {int(row[1][:6]) + 1}"
        texts = [plain_text(value) for value in values if not is_chosen(value, field)]
        found += [Typed(label, text) for text in texts if text.strip() and text not in TICKED]
    return found


def fields_of(admins):
    """The fields of the models of a page of the admin, or of the rows on it."""
    return {
        field.name: field
        for each in admins
        for field in (*each.model._meta.fields, *each.model._meta.many_to_many)
    }


def is_chosen(value, field):
    """Whether it is chosen from a list, or ticked: there is nothing in it to copy."""
    if field is None:
        return False
    if field.is_relation:  # by its name, where there are too many for a list
        return field.related_model not in TYPED or value.isdecimal()
    return bool(field.choices) or field.get_internal_type() == "BooleanField"
