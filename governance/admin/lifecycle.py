"""Pages on which administrators rename, close, merge or split bodies, move lines, change partners.

What is asked for is rehearsed, and shown with all that it touches. Only then can it be confirmed,
with a reason; if something has changed meanwhile, it is shown anew instead.
"""

from django import forms
from django.contrib import messages
from django.contrib.admin.widgets import AdminTextareaWidget
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import Http404, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import path, reverse
from django.utils import timezone

from governance.actions import lifecycle
from governance.models import Body, BodyKind, Organisation
from localities.admin_base import REASON_LENGTH
from localities.day_field import in_words

NEW = "new"
SHOWN = 20  # items of a part; the rest is folded away


class Day(forms.DateField):
    """A day, which browsers let one choose."""

    widget = forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")

    def __init__(self, **options):
        errors = {
            "required": "Enter a day.",
            "invalid": "Enter a day such as 2026-11-22 or 22/11/2026.",
        }
        super().__init__(
            input_formats=["%Y-%m-%d", "%d/%m/%Y"],
            error_messages=errors,
            **options,
        )


class Bodies(forms.ModelChoiceField):
    """One of the bodies that are there, or are to be."""

    def __init__(self, **options):
        super().__init__(queryset=Body.objects.none(), **options)

    def offer(self, bodies):
        self.queryset = bodies


class ManyBodies(forms.ModelMultipleChoiceField):
    widget = forms.CheckboxSelectMultiple

    def __init__(self, **options):
        super().__init__(queryset=Body.objects.none(), **options)

    def offer(self, bodies):
        self.queryset = bodies


class DeedForm(forms.Form):
    """What is asked for: the first step. `given` is what the deed takes."""

    def __init__(self, *args, row, **kwargs):
        super().__init__(*args, **kwargs)
        self.row = row
        others = Body.objects.named().exclude(end_date__lt=timezone.localdate()).order_by("name")
        for field in self.fields.values():
            if isinstance(field, Bodies | ManyBodies):
                field.offer(others.exclude(pk=self.left_out))

    @property
    def left_out(self):
        """The body that is not offered: the one that closes."""
        return self.row.pk


class RenameForm(DeedForm):
    start_date = Day(label="First day of the new name")
    name = forms.CharField(
        label="New name", max_length=160, error_messages={"required": "Enter the new name."}
    )
    short_name = forms.CharField(
        label="Short name, for charts and lists", required=False, max_length=60
    )

    @property
    def given(self):
        asked = self.cleaned_data
        return {
            "body": self.row,
            "name": asked["name"],
            "short_name": asked["short_name"],
            "from_day": asked["start_date"],
        }


class CloseForm(DeedForm):
    last_day = Day(label="Last day", help_text="The body is there until this day is over.")
    successor = Bodies(
        label="Successor",
        required=False,
        empty_label="No body follows it",
        help_text="What lies before the body lies before its successor from the day after.",
    )

    @property
    def given(self):
        asked = self.cleaned_data
        return {"body": self.row, "last_day": asked["last_day"], "successor": asked["successor"]}


class NewBodyFields(DeedForm):
    """Fields for new bodies, which are of the kind of the old one unless another is chosen."""

    kind = forms.ModelChoiceField(
        label="Kind of the new body", queryset=BodyKind.objects.all(), required=False
    )

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["kind"].initial = self.row.kind_id

    def new_body(self, name, mailbox=""):
        asked = self.cleaned_data
        return lifecycle.NewBody(
            name=name,
            kind=asked["kind"] or self.row.kind,
            locality=self.row.locality,
            mailbox=mailbox,
        )


class MergeForm(NewBodyFields):
    from_day = Day(label="First day of the merged body")
    others = ManyBodies(label="Bodies that merge with it")
    into = forms.ChoiceField(label="What they become")
    name = forms.CharField(label="Name of the new body", required=False, max_length=160)
    mailbox = forms.EmailField(label="Its mailbox", required=False)
    field_order = ["from_day", "others", "into", "name", "kind", "mailbox"]

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        others = [(body.pk, body.name) for body in self.fields["others"].queryset]
        self.fields["into"].choices = [
            (NEW, "A new body, named below"),
            (self.row.pk, f"{self.row}, which stays"),
            *others,
        ]

    def clean(self):
        asked = super().clean()
        if asked.get("into") == NEW and not asked.get("name"):
            self.add_error("name", "Enter the name of the new body.")
        return asked

    @property
    def given(self):
        asked = self.cleaned_data
        into = self.new_body(asked["name"], asked["mailbox"])
        if asked["into"] != NEW:
            into = Body.objects.get(pk=asked["into"])
        return {
            "bodies": [self.row, *asked["others"]],
            "into": into,
            "from_day": asked["from_day"],
        }


class SplitForm(NewBodyFields):
    from_day = Day(label="First day of the new bodies")
    first = forms.CharField(label="Name of the first new body", max_length=160)
    second = forms.CharField(label="Name of the second", max_length=160)
    third = forms.CharField(
        label="Name of the third, if there is one", required=False, max_length=160
    )
    successor = forms.ChoiceField(
        label="Which has what lies before the old body",
        choices=[("0", "The first"), ("1", "The second"), ("2", "The third")],
        widget=forms.RadioSelect,
        initial="0",
    )
    field_order = ["from_day", "first", "second", "third", "kind", "successor"]

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["kind"].label = "Kind of the new bodies"

    def clean(self):
        asked = super().clean()
        if asked.get("successor") == "2" and not asked.get("third"):
            self.add_error("successor", "There is no third body. Choose another.")
        return asked

    @property
    def given(self):
        asked = self.cleaned_data
        names = [asked[box] for box in ("first", "second", "third") if asked[box]]
        into = [self.new_body(name) for name in names]
        return {
            "body": self.row,
            "into": into,
            "from_day": asked["from_day"],
            "successor_of_open_matters": into[int(asked["successor"])],
        }


class MoveLineForm(DeedForm):
    from_day = Day(label="First day of the new line")
    to_body = Bodies(label="The body it leads to from then on")

    @property
    def left_out(self):
        return self.row.from_body_id

    @property
    def given(self):
        asked = self.cleaned_data
        return {"line": self.row, "to_body": asked["to_body"], "from_day": asked["from_day"]}


class ChangePartnerForm(DeedForm):
    from_day = Day(label="First day of the successor as a partner")
    successor = forms.ModelChoiceField(label="Successor", queryset=Organisation.objects.none())
    organisation_ends = forms.BooleanField(
        label="The organisation itself ends the day before", required=False
    )

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        others = Organisation.objects.exclude(end_date__lt=timezone.localdate())
        self.fields["successor"].queryset = others.exclude(pk=self.row.pk)

    @property
    def given(self):
        return {"organisation": self.row, **self.cleaned_data}


class ConfirmForm(forms.Form):
    """The second step: what becomes of each thing, why some of it is left, and the reason."""

    reason = forms.CharField(
        label="Reason",
        max_length=REASON_LENGTH,
        widget=AdminTextareaWidget(attrs={"rows": 2}),
        help_text="Why this is done, and who decided it. Kept in the history.",
        error_messages={"required": "Enter the reason for this change."},
    )

    def __init__(self, *args, sections, **kwargs):
        super().__init__(*args, **kwargs)
        for section in sections:
            for item in section.items:
                if len(item.becomes) > 1:
                    self.initial[item.key] = item.choice
                    self.fields[item.key] = forms.ChoiceField(
                        label=item.what,
                        choices=list(item.becomes.items()),
                        widget=forms.RadioSelect,
                        required=False,
                    )
            if may_need_reason(section):
                self.fields[left(section.part)] = forms.CharField(
                    label=f"{section.part.title}: why something is left",
                    max_length=REASON_LENGTH,
                    widget=AdminTextareaWidget(attrs={"rows": 2}),
                    required=False,
                )
        self.order_fields([name for name in self.fields if name != "reason"])


def left(part):
    return f"left-{part.key}"


def may_need_reason(section):
    choices = any(item.needs_reason & item.becomes.keys() for item in section.items)
    return section.needs_reason or choices


class Shown:
    """A section of the preview with its fields."""

    def __init__(self, section, form):
        self.part = section.part
        self.without_holder = section.without_holder
        items = [
            (item, form[item.key] if item.key in form.fields else None) for item in section.items
        ]
        self.items, self.more = items[:SHOWN], items[SHOWN:]
        self.count = len(items)
        name = left(section.part)
        self.why_left = form[name] if name in form.fields else None


class DeedPage:
    """One deed in the admin: asked for, shown, confirmed."""

    def __init__(self, deed, form_class, *, address, title, button, done, takes_choices=True):
        self.deed, self.form_class, self.takes_choices = deed, form_class, takes_choices
        self.address, self.title, self.button, self.done = address, title, button, done

    def view(self, model_admin):
        def answer(request, object_id):
            if not model_admin.has_change_permission(request):
                raise PermissionDenied("Only governance administrators may change the structure.")
            row = model_admin.get_object(request, object_id)
            if row is None:
                raise Http404("There is no such row.")
            return Step(self, model_admin, request, row).answer()

        return answer

    def name(self, opts):
        return f"{opts.app_label}_{opts.model_name}_{self.address.replace('-', '_')}"


class Step:
    """One request to the pages of a deed."""

    def __init__(self, page, model_admin, request, row):
        self.page, self.model_admin, self.request, self.row = page, model_admin, request, row
        posted = request.POST if request.method == "POST" else None
        self.form = page.form_class(posted, row=row)

    def answer(self):
        if not (self.form.is_bound and self.form.is_valid()):
            return self.show()
        try:
            impact = self.rehearse()
        except ValidationError as refusal:
            self.add_refusal(self.form, refusal)
            return self.show()
        if "confirm" in self.request.POST:
            return self.confirm(impact)
        return self.show_preview(impact)

    @property
    def given(self):
        return {**self.form.given, "by": self.request.user}

    @property
    def choices(self):
        """What was chosen for single items, by their keys."""
        posted = self.request.POST
        return {name: posted[name] for name in posted if "-" in name}

    def rehearse(self):
        return lifecycle.rehearse(
            self.page.deed,
            **self.given,
            **self.chosen_for_items(),
            reason=self.request.POST.get("reason", "").strip() or "A rehearsal",
        )

    def chosen_for_items(self):
        return {"choices": self.choices} if self.page.takes_choices else {}

    def confirm(self, impact):
        form = ConfirmForm(self.request.POST, sections=impact.sections)
        if not form.is_valid():
            return self.show_preview(impact, form)
        asked = form.cleaned_data
        why_left = {
            section.part.key: asked.get(left(section.part), "") for section in impact.sections
        }
        try:
            self.page.deed(
                **self.given,
                **self.chosen_for_items(),
                reason=asked["reason"],
                left_because=why_left,
                seen=self.request.POST.get("seen", ""),
            )
        except lifecycle.Stale as stale:
            messages.warning(self.request, f"Nothing was done. {stale}")
            return self.show_preview(stale.impact)
        except ValidationError as refusal:
            self.add_refusal(form, refusal)
            return self.show_preview(impact, form)
        messages.success(self.request, self.page.done.format(self.row))
        opts = self.model_admin.opts
        return HttpResponseRedirect(
            reverse(f"admin:{opts.app_label}_{opts.model_name}_change", args=[self.row.pk])
        )

    def add_refusal(self, form, refusal):
        """The sentences at the fields they name, or above the form."""
        for name, sentences in sorted(by_field(refusal).items()):
            if f"left-{name}" in form.fields:
                name = f"left-{name}"
            form.add_error(name if name in form.fields else None, sentences)

    # --- Pages ------------------------------------------------------------------------------------

    def show(self):
        return self.render("deed_form", {"form": self.form})

    def show_preview(self, impact, form=None):
        """What the deed touches, with what was typed before; `form` is one with errors."""
        form = form or ConfirmForm(initial=self.request.POST.dict(), sections=impact.sections)
        return self.render(
            "deed_preview",
            {
                "form": form,
                "hidden": [(box.name, value) for box in self.form for value in values_of(box)],
                "said": said(self.form),
                "sections": [Shown(section, form) for section in impact.sections],
                "seen": impact.seen,
            },
        )

    def render(self, template, context):
        context = {
            **self.model_admin.admin_site.each_context(self.request),
            "opts": self.model_admin.opts,
            "original": self.row,
            "title": f"{self.page.title}: {self.row}",
            "page": self.page,
            **context,
        }
        return TemplateResponse(self.request, f"admin/governance/{template}.html", context)


def by_field(refusal):
    if hasattr(refusal, "error_dict"):
        return refusal.message_dict
    return {"__all__": refusal.messages}


def values_of(field):
    """What a browser would send back for a field that has been filled in."""
    value = field.value()
    if value in (None, "", False):
        return []
    return [str(each) for each in value] if isinstance(value, list | tuple) else [str(value)]


def said(form):
    """What is asked for, as pairs of a label and words."""
    pairs = []
    for field in form:
        value = form.cleaned_data.get(field.name)
        if value in (None, "", False):
            continue
        pairs.append((field.label, words_for(field.field, value)))
    return pairs


def words_for(field, value):
    if isinstance(field, Day):
        return in_words(value)
    if isinstance(field, ManyBodies):
        return ", ".join(map(str, value))
    if isinstance(field, forms.BooleanField):
        return "Yes"
    if isinstance(field, forms.ChoiceField) and not isinstance(field, forms.ModelChoiceField):
        return {str(key): label for key, label in field.choices}[str(value)]
    return str(value)


RENAME = DeedPage(
    lifecycle.rename,
    RenameForm,
    address="rename",
    title="Rename",
    button="Rename the body",
    done="The new name of {} is recorded.",
    takes_choices=False,
)
CLOSE = DeedPage(
    lifecycle.close,
    CloseForm,
    address="close",
    title="Close",
    button="Close the body",
    done="The closing of {} is recorded.",
)
MERGE = DeedPage(
    lifecycle.merge,
    MergeForm,
    address="merge",
    title="Merge",
    button="Merge the bodies",
    done="The merger of {} is recorded.",
)
SPLIT = DeedPage(
    lifecycle.split,
    SplitForm,
    address="split",
    title="Split",
    button="Split the body",
    done="The split of {} is recorded.",
)
MOVE = DeedPage(
    lifecycle.move_line,
    MoveLineForm,
    address="move",
    title="Move",
    button="Move the line",
    done="The new line is recorded. The old one was: {}.",
    takes_choices=False,
)
CHANGE_PARTNER = DeedPage(
    lifecycle.change_partner,
    ChangePartnerForm,
    address="change-partner",
    title="Change of partner",
    button="Change the partner",
    done="The successor of {} as a partner is recorded.",
)


class HasDeeds:
    """Adds the pages of some deeds to the admin of a model, and links to them."""

    deeds = ()
    change_form_template = "admin/governance/deeds_change_form.html"

    def get_urls(self):
        pages = [
            path(
                f"<path:object_id>/{page.address}/",
                self.admin_site.admin_view(page.view(self)),
                name=page.name(self.opts),
            )
            for page in self.deeds
        ]
        return [*pages, *super().get_urls()]

    def change_view(self, request, object_id, form_url="", extra_context=None):
        links = [
            (reverse(f"admin:{page.name(self.opts)}", args=[object_id]), page.title)
            for page in self.deeds
        ]
        return super().change_view(
            request, object_id, form_url, {"deeds": links, **(extra_context or {})}
        )
