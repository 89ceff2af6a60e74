# The portal, its worker and its commands, for docker-compose.yml or any other way to run containers.
# The image holds no secrets: all settings come from the environment.

FROM python:3.11-slim-bookworm AS base
WORKDIR /portal
COPY script/packages script/
RUN script/packages && rm -rf /var/lib/apt/lists/* var


FROM base AS build
COPY requirements-build.lock requirements.lock ./
RUN python -m venv .venv \
    && .venv/bin/python -m pip install --no-cache-dir --require-hashes -r requirements-build.lock \
    && .venv/bin/uv pip sync --require-hashes --python .venv/bin/python requirements-build.lock requirements.lock \
    && python -m venv --without-pip /opt/portal \
    && .venv/bin/uv pip sync --require-hashes --python /opt/portal/bin/python --compile-bytecode requirements.lock
COPY . .
RUN script/assets


FROM base
RUN useradd --system --uid 10001 --no-create-home portal
ENV PATH=/opt/portal/bin:$PATH PYTHONUNBUFFERED=1 XDG_CACHE_HOME=/tmp
COPY --from=build /opt/portal /opt/portal
COPY --from=build /portal/var/static var/static
COPY manage.py gunicorn.conf.py ./
COPY deploy/healthy.py deploy/
COPY assets/print.css assets/
COPY static static
COPY templates templates
COPY licences licences
COPY cas cas
COPY sponsorship_duties sponsorship_duties
COPY bulk_data_transfer bulk_data_transfer
COPY sms sms
RUN python -m compileall -q licences cas sponsorship_duties bulk_data_transfer sms

USER portal
EXPOSE 8000
HEALTHCHECK --start-period=30s CMD ["python", "deploy/healthy.py"]
CMD ["python", "-m", "gunicorn", "--bind", "0.0.0.0:8000"]
