#!/bin/sh
# Runs once, when the database is made: the three roles that README.md describes.
set -eu
psql --quiet --set ON_ERROR_STOP=1 --username postgres --dbname payvand \
  --set owner="$OWNER_PASSWORD" --set app="$APP_PASSWORD" --set relay="$RELAY_PASSWORD" <<'SQL'
CREATE ROLE payvand_owner LOGIN PASSWORD :'owner';
CREATE ROLE payvand_app LOGIN NOBYPASSRLS PASSWORD :'app';
CREATE ROLE payvand_relay LOGIN NOBYPASSRLS PASSWORD :'relay';
ALTER DATABASE payvand OWNER TO payvand_owner;
ALTER DATABASE payvand SET timezone TO 'UTC';
REVOKE ALL ON DATABASE payvand FROM PUBLIC;
GRANT CONNECT, TEMPORARY ON DATABASE payvand TO payvand_app, payvand_relay;
REVOKE ALL ON SCHEMA public FROM PUBLIC;
GRANT USAGE, CREATE ON SCHEMA public TO payvand_owner;
GRANT USAGE ON SCHEMA public TO payvand_app, payvand_relay;
CREATE EXTENSION IF NOT EXISTS pg_trgm;
CREATE EXTENSION IF NOT EXISTS btree_gin;
CREATE EXTENSION IF NOT EXISTS unaccent;
SQL
