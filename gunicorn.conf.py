"""How gunicorn serves the portal; what its command line says comes before this."""

import gc

# Whom to believe about the visitor is for TRUSTED_PROXIES to say, and the server adds nobody.
forwarded_allow_ips = ""
forwarder_headers = ""
secure_scheme_headers = {}

# Loaded once, before the processes that answer are made of it: whichever takes the place of one
# that died is there at once.
preload_app = True


def when_ready(server):
    if server.app.app_uri.startswith("tht_portal."):
        from tht_portal.warming import warm_up

        warm_up(server.app.wsgi())
        # What is there now stays for good: looking through it for garbage costs, and it is
        # shared by all processes for as long as none touches it.
        gc.collect()
        gc.freeze()
