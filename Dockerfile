# The warehouse with Dagster's webserver and daemon: one image, a command a service, as compose.yaml has them.
# Where images are kept, pin the base by its digest.
FROM python:3.13-slim-bookworm AS build
ENV PIP_DISABLE_PIP_VERSION_CHECK=1
WORKDIR /app
RUN python -m venv /venv
COPY requirements-postgres.lock ./
RUN /venv/bin/python -m pip install --no-cache-dir --require-hashes -r requirements-postgres.lock
COPY . .
# Editable: the models, contracts and suites lie beside the package.
RUN /venv/bin/python -m pip install --no-cache-dir --no-deps --no-build-isolation --editable .

FROM python:3.13-slim-bookworm
LABEL org.opencontainers.image.title="Metropolis activity warehouse" \
      org.opencontainers.image.licenses="Apache-2.0"
ENV PATH=/venv/bin:$PATH \
    PYTHONUNBUFFERED=1 \
    DAGSTER_HOME=/dagster \
    METROPOLIS_HOME=/warehouse \
    METROPOLIS_RAW=/raw \
    DO_NOT_TRACK=1 \
    DAGSTER_DISABLE_TELEMETRY=1 \
    DBT_SEND_ANONYMOUS_USAGE_STATS=false \
    GX_ANALYTICS_ENABLED=false
RUN useradd --create-home --uid 10001 metropolis \
    && mkdir /dagster /warehouse /raw \
    && chown metropolis:metropolis /dagster /warehouse
COPY --from=build /venv /venv
COPY --from=build /app /app
COPY --chown=metropolis:metropolis orchestration/dagster.postgres.yaml /dagster/dagster.yaml
WORKDIR /app
USER metropolis
VOLUME ["/warehouse"]
EXPOSE 3000
HEALTHCHECK --interval=30s --timeout=5s --start-period=60s \
    CMD ["python", "-c", "import urllib.request; urllib.request.urlopen('http://127.0.0.1:3000/server_info', timeout=4)"]
CMD ["dagster-webserver", "--workspace", "workspace.yaml", "--host", "0.0.0.0", "--port", "3000"]
