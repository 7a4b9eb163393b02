-- Written by schemas/translate.py from schemas/postgres/0007_projection.sql; edit that file.

CREATE TABLE IF NOT EXISTS projection_checkpoint (
  run_id TEXT NOT NULL PRIMARY KEY REFERENCES run (run_id),
  run_number INTEGER NOT NULL,
  journal_seq INTEGER NOT NULL,
  records INTEGER NOT NULL CHECK (records >= 0),
  rows_made INTEGER NOT NULL CHECK (rows_made >= 0),
  rejected INTEGER NOT NULL CHECK (rejected >= 0),
  core_ts INTEGER NOT NULL
) STRICT;

CREATE TABLE IF NOT EXISTS projection_reject (
  run_id TEXT NOT NULL,
  journal_seq INTEGER NOT NULL,
  record_type INTEGER NOT NULL,
  table_name TEXT NOT NULL,
  error TEXT NOT NULL,
  ingest_ts INTEGER NOT NULL,
  bytes BLOB NOT NULL,
  CONSTRAINT pk_projection_reject PRIMARY KEY (run_id, journal_seq)
) STRICT;

CREATE TABLE IF NOT EXISTS projection_number (
  run_id TEXT NOT NULL REFERENCES run (run_id),
  kind TEXT NOT NULL CHECK (kind IN ('ASSET', 'ACCOUNT', 'INSTRUMENT', 'STREAM', 'INSTANCE')),
  number INTEGER NOT NULL,
  name TEXT NOT NULL,
  row_id INTEGER,
  CONSTRAINT pk_projection_number PRIMARY KEY (run_id, kind, number)
) STRICT;
