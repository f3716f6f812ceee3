"""Turn a form field into the NHS.UK component for its widget.

A form says what its fields cannot say by themselves in a plain dictionary, so that no app needs to
import this pack; a template may say the same as arguments of `{% nhsuk_field %}`:

    class FeedbackForm(forms.Form):
        nhsuk = {
            "*": {"optional": False},                     # every field: no "(optional)"
            "topic": {"page_heading": True, "size": "l"},  # the legend is the page's <h1>
            "reply": {
                "hints": {"email": "We write once"},      # under one choice
                "reveals": {"email": ["email_address"]},  # fields shown once it is chosen
                "dividers": {"no": "or"},                 # before a choice
            },
        }

Options: `size` (s, m, l, xl), `page_heading`, `caption` (above the label), `optional` (False leaves
out "(optional)"), `hint` (instead of the help text), `hints`, `reveals`, `dividers`, `exclusive` (a
choice that unticks the others), `inline`, `small`, `width` (2, 3, 4, 5, 10, 20, 30 characters),
`rows`, `prefix`, `suffix`, `classes` (of the element), `group_classes` (of the whole group),
`quotes` (its label or hint says what someone typed, and so is not kept for the next reader).
"""

from django import forms
from django.utils.formats import number_format
from django.utils.html import format_html
from django.utils.safestring import mark_safe
from django.utils.translation import get_language, gettext_lazy, ngettext
from django.utils.translation import gettext as _

from localities.day_field import DayInput
from tht_portal.languages import is_english
from tht_portal.nhsuk.components import component, kept_component, text

# Attributes of a widget that the macros have parameters of their own for.
NAMED_ATTRIBUTES = ("autocomplete", "inputmode", "autocapitalize", "pattern", "spellcheck")
# Attributes left out: the browser's own checks, since the server's are kinder; what the pack says
# itself; and the focus, which belongs to the top of the page or to the error summary.
DROPPED_ATTRIBUTES = {
    *("required", "minlength", "maxlength"),
    *("class", "id", "aria-describedby", "rows", "cols"),
    "autofocus",
}


def render(field, **options):
    """The HTML of a bound field, by the first family its widget belongs to."""
    if field.is_hidden:
        return str(field)
    return drawn_as(field, **options).html()


def drawn_as(field, **options):
    return family_of(field)(field, options_of(field) | options)


def render_all(form):
    """Every field of a form in order, those revealed by a choice in their place under it."""
    elsewhere = revealed(form)
    return mark_safe("\n".join(render(field) for field in form if field.name not in elsewhere))


def options_of(field):
    """What the form says about a field."""
    said = getattr(field.form, "nhsuk", {})
    return said.get("*", {}) | said.get(field.name, {})


def revealed(form):
    """The names of the fields that stand under a choice of another field."""
    said = getattr(form, "nhsuk", {})
    return {
        name
        for options in said.values()
        for names in options.get("reveals", {}).values()
        for name in names
    }


def element_id(field):
    """The id of the element an error about this field should take the reader to."""
    return family_of(field).target(field)


def family_of(field):
    """The class below that draws this field's kind of widget."""
    kinds = (family for kind, family in FAMILIES if isinstance(field.field.widget, kind))
    return next(kinds, Group)


def base_id(field):
    return field.auto_id or field.html_name


def visible(value):
    """A value as it may stand in HTML, which has no NUL character."""
    return "" if value is None else str(value).replace("\x00", "")


class Group:
    """A label, hint, error and whatever Django renders for a widget the pack does not know."""

    @staticmethod
    def target(field):
        return field.id_for_label or base_id(field)

    def __init__(self, field, options):
        self.field = field
        self.widget = field.field.widget
        self.options = options
        self.id = base_id(field)

    def html(self):
        described_by = " ".join(
            f"{self.id}-{part}"
            for part, there in (("hint", self.hint), ("error", self.field.errors))
            if there
        )
        attrs = {"aria-describedby": described_by} if described_by else {}
        return format_html(
            '<div class="nhsuk-form-group{}">{}{}{}{}</div>',
            " nhsuk-form-group--error" if self.field.errors else "",
            component("label", **self.label(), **{"for": self.target(self.field)}),
            component("hint", id=f"{self.id}-hint", **text(self.hint)) if self.hint else "",
            component("errorMessage", id=f"{self.id}-error", **self.error())
            if self.field.errors
            else "",
            self.field.as_widget(attrs=attrs),
        )

    def draw(self, name, /, **params):
        """A component; kept for the next who asks, unless something in it was typed."""
        is_typed = self.options.get("quotes") or self.shows_what_was_typed
        return (component if is_typed else kept_component)(name, **params)

    @property
    def shows_what_was_typed(self):
        return bool(self.field.errors or self.value())

    @property
    def hint(self):
        return self.options.get("hint", self.field.help_text)

    def error_text(self):
        return " ".join(str(error) for error in self.field.errors)

    def error(self):
        """What is wrong, and the word that a screen reader says before it."""
        return {"text": self.error_text(), "visuallyHiddenText": _("Error")}

    def label(self):
        """The label or legend; the last words say when a field may be left empty."""
        label = str(self.field.label)
        if not self.field.field.required and self.options.get("optional", True):
            label = format_html(_("{label} (optional)"), label=label)
        params = {**text(label), "size": self.options.get("size", "s")}
        if self.options.get("page_heading"):
            params["isPageHeading"] = True
        if self.options.get("caption"):
            params["caption"] = text(self.options["caption"])
        return params

    def value(self):
        """The value as text: what was typed on a bound form, else the initial value."""
        return visible(self.widget.format_value(self.field.value()))

    def common(self):
        """The parameters that every form component takes."""
        params = {"name": self.field.html_name}
        if self.hint:
            params["hint"] = text(self.hint)
        if self.field.errors:
            params["errorMessage"] = self.error()
        if self.field.field.disabled:
            params["disabled"] = True
        if self.options.get("classes"):
            params["classes"] = self.options["classes"]
        if self.options.get("group_classes"):
            params["formGroup"] = {"classes": self.options["group_classes"]}
        return params

    def element(self):
        """The parameters of a component with one element: its id, label and attributes."""
        attrs = self.widget.attrs
        params = {"id": self.id, "label": self.label(), **self.common()}
        if attrs.get("aria-describedby"):
            params["describedBy"] = attrs["aria-describedby"]
        params |= {name: attrs[name] for name in NAMED_ATTRIBUTES if name in attrs}
        # Django writes an attribute that is True by its name alone, and leaves out a False one.
        rest = {
            name: {"value": value, "optional": True}
            for name, value in attrs.items()
            if name not in DROPPED_ATTRIBUTES and name not in NAMED_ATTRIBUTES
        }
        if rest:
            params["attributes"] = rest
        return params


class Input(Group):
    """One line of text, a number, an e-mail address, a telephone number."""

    def html(self):
        params = self.element()
        params |= {k: self.options[k] for k in ("width", "prefix", "suffix") if k in self.options}
        kind = self.widget.input_type
        if kind in {"number", "date", "time", "datetime-local"}:
            # Plain text boxes: browsers' own number and date boxes lose what they do not understand
            # (GOV.UK and NHS.UK guidance on text input).
            if kind == "number":
                params.setdefault("inputmode", "numeric")
            kind = "text"
        if kind in {"email", "url"}:
            params.setdefault("spellcheck", False)
        return self.draw("input", type=kind, value=self.value(), **params)


class Textarea(Group):
    """Several lines of text, with a count of characters where the field has a limit."""

    def html(self):
        value = self.value()
        # A browser drops the first line break after <textarea>.
        value = f"\n{value}" if value.startswith(("\n", "\r")) else value
        rows = self.options.get("rows", self.widget.attrs.get("rows", 8))
        params = self.element() | {"value": value, "rows": rows}
        if self.field.field.max_length:
            most = self.field.field.max_length
            params |= {"maxlength": most, **words_of_count(most)}
            if not is_english():
                # The script that counts writes its numbers in the digits of this language.
                group = params.setdefault("formGroup", {})
                group["attributes"] = {"lang": f"{get_language()}-u-nu-latn"}
            return self.draw("characterCount", **params)
        return self.draw("textarea", **params)


class Password(Group):
    """A password, with a button to show it; what was typed is never sent back."""

    def value(self):
        return ""

    def html(self):
        return self.draw("passwordInput", **self.element())


class File(Group):
    """A file to send, which browsers never show again."""

    def value(self):
        return ""

    def html(self):
        params = self.element()
        if getattr(self.widget, "allow_multiple_selected", False):
            params["multiple"] = True
        return self.draw("fileUpload", **params)


class Offered(Group):
    """What is chosen from what a form offers; further fields may be revealed under a choice.

    Whatever was sent, it shows nothing but what it offers.
    """

    @property
    def shows_what_was_typed(self):
        under = (self.under(names) for names in self.options.get("reveals", {}).values())
        return bool(self.field.errors) or any(
            drawn_as(field).shows_what_was_typed for fields in under for field in fields
        )

    def under(self, names):
        form = self.field.form
        return [form[name] for name in names if name in form.fields]

    def revealed(self, names):
        return "\n".join(render(field) for field in self.under(names))


class Select(Offered):
    """One of many choices from a list."""

    def html(self):
        items = []
        for group, choices, __ in chosen(self.field):
            if group:
                items.append({"text": str(group), "value": "", "disabled": True, "selected": False})
            for choice in choices:
                items.append(
                    {
                        "value": visible(choice["value"]),
                        "text": str(choice["label"]),
                        "selected": bool(choice["selected"]),
                        "disabled": bool(choice["attrs"].get("disabled")),
                    }
                )
        return self.draw("select", items=items, **self.element())


class Choices(Offered):
    """Radios or checkboxes in a fieldset; the first one has the id that errors link to."""

    def html(self):
        params = {
            "idPrefix": self.id,
            "fieldset": {"legend": self.label()},
            "items": self.items(),
            **self.common(),
        }
        params |= {key: True for key in ("inline", "small") if self.options.get(key)}
        return self.draw(self.component, **params)

    def items(self):
        items = []
        hints, dividers = self.options.get("hints", {}), self.options.get("dividers", {})
        reveals, exclusive = self.options.get("reveals", {}), self.options.get("exclusive")
        for group, choices, __ in chosen(self.field):
            if group:
                items.append({"divider": str(group)})
            for choice in choices:
                value = visible(choice["value"])
                if value == "":  # "---------": to choose nothing, choose nothing
                    continue
                if value in dividers:
                    items.append({"divider": str(dividers[value])})
                item = {"value": value, "checked": bool(choice["selected"])}
                item |= text(choice["label"])
                if choice["attrs"].get("disabled"):
                    item["disabled"] = True
                if value in hints:
                    item["hint"] = text(hints[value])
                if value in reveals:
                    item["conditional"] = {"html": self.revealed(reveals[value])}
                if value == exclusive:
                    item["behaviour"] = "exclusive"
                items.append(item)
        return items


class Radios(Choices):
    """One of a few choices."""

    component = "radios"


class Checkboxes(Choices):
    """Any of a few choices."""

    component = "checkboxes"


class Checkbox(Offered):
    """A single statement to tick; the statement is the label, so nothing says "(optional)"."""

    def html(self):
        checked = self.widget.check_test(self.field.value())
        item = {"id": self.id, "value": "on", "checked": checked, **text(self.field.label)}
        if self.hint:
            item["hint"] = text(self.hint)
        reveals = self.options.get("reveals", {}).get("on")
        if reveals:
            item["conditional"] = {"html": self.revealed(reveals)}
        params = self.common()
        params.pop("hint", None)
        if self.options.get("small"):
            params["small"] = True
        return self.draw("checkboxes", idPrefix=self.id, items=[item], **params)


class Day(Group):
    """A day in three boxes, in one fieldset."""

    @staticmethod
    def target(field):
        return f"{base_id(field)}_day"

    def parts(self):
        value = self.field.value()
        parts = value if isinstance(value, (list, tuple)) else self.widget.decompress(value)
        return [visible(part) for part in [*(parts or []), "", "", ""]]

    def value(self):
        return "".join(self.parts())

    def html(self):
        parts = self.parts()
        params = self.common()
        name = params.pop("name")
        items = [
            {
                "name": f"{name}_{part}",
                "id": f"{self.id}_{part}",
                "label": label,
                "value": parts[index],
                "width": width,
                "error": bool(self.field.errors),
                "inputmode": "text" if part == "month" else "numeric",
            }
            for index, (part, label, width) in enumerate(DAY_PARTS)
        ]
        return self.draw(
            "dateInput", id=self.id, fieldset={"legend": self.label()}, items=items, **params
        )


# The month may be typed as a word, so its box is wider and asks for no number pad.
DAY_PARTS = (
    ("day", gettext_lazy("Day"), 2),
    ("month", gettext_lazy("Month"), 4),
    ("year", gettext_lazy("Year"), 4),
)


def words_of_count(most):
    """What is said beside a box, and while its characters are counted: in English, by the script.

    Without the script the number stands as it writes them, with its thousands apart.
    """
    number = {"number": number_format(most, force_grouping=True)}
    said = {"textareaDescriptionText": _("You can enter up to %(number)s characters") % number}
    if is_english():
        return said

    def left(number):
        return ngettext(
            "You have %(number)s character remaining",
            "You have %(number)s characters remaining",
            number,
        )

    def over(number):
        return ngettext(
            "You have %(number)s character too many",
            "You have %(number)s characters too many",
            number,
        )

    return said | {
        "charactersUnderLimitText": {"one": left(1) % COUNT, "other": left(2) % COUNT},
        "charactersAtLimitText": _("You have 0 characters remaining"),
        "charactersOverLimitText": {"one": over(1) % COUNT, "other": over(2) % COUNT},
    }


COUNT = {"number": "%{count}"}


def chosen(field):
    """Django's own groups of choices, each choice with whether it is selected."""
    widget = field.field.widget
    value = widget.format_value(field.value())
    return widget.optgroups(field.html_name, value if value is not None else [])


# In this order: some widgets of Django are subclasses of others that look different.
FAMILIES = (
    (DayInput, Day),
    (forms.CheckboxSelectMultiple, Checkboxes),
    (forms.RadioSelect, Radios),
    (forms.CheckboxInput, Checkbox),
    (forms.Select, Select),
    (forms.FileInput, File),
    (forms.PasswordInput, Password),
    (forms.Textarea, Textarea),
    (forms.widgets.Input, Input),
)
