# Read by ./run and ./test: sets $python to a Python that can run the portal.

for python in python3 python3.13 python3.12 python3.11 ""; do
    [ -n "$python" ] || break
    "$python" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null && break
done

if [ -z "$python" ]; then
    echo "The portal needs Python 3.11 or newer: apt-get install python3 python3-venv." >&2
    exit 1
fi
