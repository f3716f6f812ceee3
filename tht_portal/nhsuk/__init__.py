"""NHS.UK frontend components and form fields, as a crispy-forms template pack.

Three modules, one above the other: `components` renders one component through NHS England's own
Jinja port; `fields` turns a Django form field into the right component; `summary` lists a form's
errors, each linking to the element it is about. Templates reach them by `{% load nhsuk %}`.
"""
