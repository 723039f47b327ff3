#!/bin/sh
# Whether the manager in this container answers. It starts no second Node, which would take longer than the answer. Whoever runs it has a
# time-out of its own.
exec wget -q -O /dev/null "http://127.0.0.1:${TELEMETRY_PORT:-9252}/health/live"
