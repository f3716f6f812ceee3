"""The pages that belong to no app: home, the two statements, signing in and out."""

from django.contrib.auth import views as auth_views
from django.views.generic import TemplateView

from tht_portal.forms import PasswordChangeForm, SignInForm


class HomeView(TemplateView):
    template_name = "tht_portal/home.html"


class AccessibilityView(TemplateView):
    template_name = "tht_portal/accessibility.html"


class PrivacyView(TemplateView):
    template_name = "tht_portal/privacy.html"


class SignInView(auth_views.LoginView):
    form_class = SignInForm
    redirect_authenticated_user = True


class PasswordChangeView(auth_views.PasswordChangeView):
    form_class = PasswordChangeForm
