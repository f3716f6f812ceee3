"""pytest plug-in: what the parts of forms are drawn with is kept for nobody.

For each template that is drawn, Django's test client copies all that it was drawn with, in case a
test looks into it. For the boxes, labels and options of a form none does, and on a page of the
admin it takes a sixth of the time.
"""

import pytest

PARTS = ("django/forms/", "admin/widgets/")


@pytest.fixture(scope="session", autouse=True)
def drawn_parts_unkept(django_test_environment):
    from django.template import Template

    kept = Template._render

    def render(self, context):
        is_part = (self.name or "").startswith(PARTS)
        return self.nodelist.render(context) if is_part else kept(self, context)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Template, "_render", render)
        yield
