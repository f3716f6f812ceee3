"""The admin as a browser uses it: what its forms send back unchanged, and what their pages say."""

from django.urls import reverse

from tests.factories import REASON

# What rows of the structure say of how they are known.
ASSUMED = {"evidence": "assumed", "reasoning": "Groups of its kind do."}


def page_of(model, name="changelist", *args):
    """The address of a page of the admin for a model of `governance`."""
    return reverse(f"admin:governance_{model._meta.model_name}_{name}", args=args)


def form_of(response):
    """What the browser would send back from a page of the admin, unchanged."""
    data = fields_of(response.context["adminform"].form)
    for inline in response.context["inline_admin_formsets"]:
        data |= fields_of(inline.formset.management_form)
        for form in inline.formset.forms:
            data |= fields_of(form)
    return data


def fields_of(form):
    """The fields of one form as a browser sends them."""
    data = {}
    for field in form:
        value = field.value()
        if value is None or value is False:
            continue
        data[field.html_name] = [str(v) for v in value] if isinstance(value, list) else str(value)
    return data


def added(data, prefix, **fields):
    """What is sent back with one more row of an inline."""
    number = int(data[f"{prefix}-TOTAL_FORMS"])
    data = data | {f"{prefix}-TOTAL_FORMS": str(number + 1)}
    return data | {f"{prefix}-{number}-{name}": str(value) for name, value in fields.items()}


def edit(client, row, rows=(), **fields):
    """Change a row as one would on its page: what is not given stays as it is."""
    return send(client, page_of(type(row), "change", row.pk), rows, fields)


def add(client, model, rows=(), **fields):
    """Add a row as one would on the page for a new one."""
    return send(client, page_of(model, "add"), rows, ASSUMED | fields)


def send(client, address, rows, fields):
    """Fill in a page, with `rows` more of its inlines, each a prefix and its fields."""
    data = form_of(client.get(address)) | {"reason": REASON}
    for prefix, more in rows:
        data = added(data, prefix, **ASSUMED | more)
    return client.post(address, data | {name: str(value) for name, value in fields.items()})


def sentences(response):
    """Every error that the page shows; none means that it was saved."""
    if response.status_code == 302:
        return []
    assert response.status_code == 200
    return [str(sentence) for sentence in response.context["errors"].data for sentence in sentence]
