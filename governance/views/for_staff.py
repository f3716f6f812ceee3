"""Forms for staff: what was typed in them is not lost when a sign-in or a proof has run out."""

from django.contrib.auth.decorators import login_required


def for_staff(shows_again):
    """Make a view one for staff, which can show its form again with what was posted to it.

    `shows_again(request, sentence, status=…, **parameters)` gives the page that the form was on,
    with what was typed, above it the sentence, and nothing done. It is asked when somebody's
    session had ended (`tht_portal.sign_in.SignInAgain`) and when the form came without its proof.
    """

    def decorate(view):
        guarded = login_required(view)
        guarded.shows_again = shows_again
        return guarded

    return decorate
