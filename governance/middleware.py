from django.utils.functional import SimpleLazyObject

from governance import record
from governance.permissions import standing_at_hand


class StandingMiddleware:
    """Gives each request `request.standing`: what the person signed in may act for today.

    Pages read it to show what is offered; actions never do, they read standing afresh.
    """

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        request.standing = SimpleLazyObject(
            lambda: standing_at_hand(request.user, record.at_hand())
        )
        return self.get_response(request)
