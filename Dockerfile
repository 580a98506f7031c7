# Signpost as a container: docs/operations.md says how to run it, and compose.yaml runs two of it.
FROM python:3.11-slim

ENV PYTHONUNBUFFERED=1 \
    PIP_NO_CACHE_DIR=1 \
    PIP_DISABLE_PIP_VERSION_CHECK=1 \
    PIP_ROOT_USER_ACTION=ignore

WORKDIR /app

# The pinned versions first, so that a change of the bot alone does not install them again.
COPY requirements.txt ./
RUN python -m pip install --requirement requirements.txt

# The sandbox comes along because bot.py offers it; `run` never starts it.
COPY bot.py settings.py logs.py manifest.yml ./
COPY knowledge ./knowledge
COPY helpdesk ./helpdesk
COPY rollout ./rollout
COPY delivery ./delivery
COPY storage ./storage
COPY handlers ./handlers
COPY running ./running
COPY commandline ./commandline
COPY sandbox ./sandbox

# Compiled here, since nothing can be written later: the program belongs to root, and the root file
# system may be read-only. Only /app/data, where STORE_URL=tinydb:data leads, is the bot's own.
RUN python -m compileall -q . \
    && useradd --system --uid 10001 --no-create-home --home-dir /app --shell /usr/sbin/nologin signpost \
    && install --directory --owner=signpost --group=signpost --mode=0700 /app/data
VOLUME /app/data
USER 10001

# On loopback inside the container, so it needs no published port. http.client asks no proxy.
HEALTHCHECK --interval=30s --timeout=15s --start-period=90s --retries=3 \
    CMD ["python", "-c", "import http.client, os, sys; page = http.client.HTTPConnection('127.0.0.1', int(os.environ.get('HEALTH_PORT') or 8080), timeout=12); page.request('GET', '/healthz'); sys.exit(page.getresponse().status != 200)"]

# The exec form makes the bot process 1, so that signals reach it; a stop takes up to ten seconds.
STOPSIGNAL SIGTERM
ENTRYPOINT ["python", "bot.py"]
CMD ["run"]
