"""How gunicorn serves the portal; what its command line says comes before this."""

# Whom to believe about the visitor is for TRUSTED_PROXIES to say, and the server adds nobody.
forwarded_allow_ips = ""
forwarder_headers = ""
secure_scheme_headers = {}
