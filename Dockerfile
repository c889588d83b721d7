# One image for every process; docker-compose.yml says which command each service runs.
FROM python:3.13-slim

ENV PYTHONUNBUFFERED=1 \
    DJANGO_SETTINGS_MODULE=config.settings.production \
    FR_STATE_DIR=/var/lib/first-rung

RUN useradd --system --create-home --home-dir /var/lib/first-rung first-rung
WORKDIR /srv/first-rung
ARG REQUIREMENTS=requirements.txt
COPY requirements*.txt ./
RUN pip install --no-cache-dir --require-hashes --requirement "$REQUIREMENTS"
COPY . .
# Static files are the same everywhere, so they are made here, under settings that ask for no secrets.
RUN DJANGO_SETTINGS_MODULE=config.settings.embedded python manage.py collectstatic --no-input -v0 \
    && chown -R first-rung /var/lib/first-rung
USER first-rung
EXPOSE 8000
