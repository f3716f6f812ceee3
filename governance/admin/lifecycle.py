"""Pages on which administrators rename, close, merge or split bodies, move lines, change partners.

What is asked for is rehearsed, and shown with all that it touches. Only then can it be confirmed,
with a reason; if something has changed meanwhile, it is shown anew instead.
"""

from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import Http404, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import path, reverse
from django.utils.html import format_html, format_html_join

from governance.actions import lifecycle, partners
from governance.admin.lifecycle_forms import (
    ChangePartnerForm,
    CloseForm,
    ConfirmForm,
    MergeForm,
    MoveLineForm,
    RenameForm,
    SplitForm,
    left_field,
    said,
    values_of,
)

SHOWN = 20  # items of a part; the rest is folded away


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
        name = left_field(section.part.key)
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
        try:
            done = self.page.deed(
                **self.given,
                **self.chosen_for_items(),
                reason=form.cleaned_data["reason"],
                left_because=form.why_left,
                seen=self.request.POST.get("seen", ""),
            )
        except lifecycle.Stale as stale:
            messages.warning(self.request, f"Nothing was done. {stale}")
            return self.show_preview(stale.impact)
        except ValidationError as refusal:
            self.add_refusal(form, refusal)
            return self.show_preview(impact, form)
        messages.success(self.request, self.page.done.format(self.row))
        if opened := self.opened(done):
            messages.info(self.request, format_html("Go on with {}.", opened))
        return HttpResponseRedirect(address_of(self.row))

    def opened(self, done):
        """Links to what the deed has made, which may want more to be filled in."""
        made = done if isinstance(done, list) else [done]
        links = [(address_of(each), each) for each in made if isinstance(each, type(self.row))]
        links = [(address, each) for address, each in links if each.pk != self.row.pk]
        return format_html_join(" or ", '<a href="{}">{}</a>', links)

    def add_refusal(self, form, refusal):
        """The sentences at the fields they name, or above the form."""
        for name, sentences in sorted(by_field(refusal).items()):
            places = (left_field(name), name)
            form.add_error(next((each for each in places if each in form.fields), None), sentences)

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


def address_of(row):
    """The page of the admin on which a row is edited."""
    opts = row._meta
    return reverse(f"admin:{opts.app_label}_{opts.model_name}_change", args=[row.pk])


def by_field(refusal):
    if hasattr(refusal, "error_dict"):
        return refusal.message_dict
    return {"__all__": refusal.messages}


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
    partners.change_partner,
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
