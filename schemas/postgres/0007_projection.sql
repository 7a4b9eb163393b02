-- Bookkeeping of the projection itself: how far each journal is in this database, and what it refused.

CREATE TABLE IF NOT EXISTS projection_checkpoint (   -- committed in the transaction of the rows it covers
  run_id      UUID PRIMARY KEY REFERENCES run (run_id),
  run_number  BIGINT NOT NULL,
  journal_seq BIGINT NOT NULL,                  -- last record whose rows are here
  records     BIGINT NOT NULL CHECK (records >= 0),   -- records read of this run, refused ones included
  rows_made   BIGINT NOT NULL CHECK (rows_made >= 0),
  rejected    BIGINT NOT NULL CHECK (rejected >= 0),
  core_ts     BIGINT NOT NULL                   -- ingest_ts of that record: the lag is measured against it
);

CREATE TABLE IF NOT EXISTS projection_reject (  -- a record the database refused; `writ db verify` fails while one is here
  run_id      UUID NOT NULL,
  journal_seq BIGINT NOT NULL,
  record_type INTEGER NOT NULL,
  table_name  TEXT NOT NULL,
  error       TEXT NOT NULL,
  ingest_ts   BIGINT NOT NULL,
  bytes       BYTEA NOT NULL,                   -- the whole record, header first
  CONSTRAINT pk_projection_reject PRIMARY KEY (run_id, journal_seq)
);

CREATE TABLE IF NOT EXISTS projection_number (  -- what a number in a run's journal stands for here
  run_id      UUID NOT NULL REFERENCES run (run_id),
  kind        TEXT NOT NULL CHECK (kind IN ('ASSET', 'ACCOUNT', 'INSTRUMENT', 'STREAM', 'INSTANCE')),
  number      BIGINT NOT NULL,
  name        TEXT NOT NULL,
  row_id      BIGINT,                           -- account_id or instrument_id
  CONSTRAINT pk_projection_number PRIMARY KEY (run_id, kind, number)
);
