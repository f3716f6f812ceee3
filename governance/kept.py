"""Pages that are the same for every reader without a session, until the structure changes."""

from functools import wraps

from governance import record


def keep_page(*parameters):
    """Mark a view whose pages show the structure, and nothing of the reader, as worth keeping.

    `parameters` are those of the address that the view reads; a page asked for with others is not
    kept, so that nobody can fill the memory by making them up. The version is read before the
    page is made: an edit in between makes it too old, never too new.
    """

    def decorate(view):
        @wraps(view)
        def answer(request, *args, **kwargs):
            if not set(request.GET) <= set(parameters):
                return view(request, *args, **kwargs)
            version = record.version()
            response = view(request, *args, **kwargs)
            response.of_version = version
            return response

        return answer

    return decorate
