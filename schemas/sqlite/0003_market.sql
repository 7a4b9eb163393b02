-- Written by schemas/translate.py from schemas/postgres/0003_market.sql; edit that file.

CREATE TABLE IF NOT EXISTS run (
  run_id TEXT NOT NULL PRIMARY KEY,
  schema_version INTEGER NOT NULL DEFAULT 1,
  source TEXT NOT NULL,
  ingest_ts INTEGER NOT NULL,
  event_ts INTEGER NOT NULL,
  journal_seq INTEGER NOT NULL,
  run_number INTEGER NOT NULL CHECK (run_number >= 0),
  continues_number INTEGER NOT NULL DEFAULT 0,
  run_kind TEXT NOT NULL CHECK (run_kind IN ('HOST', 'BACKTEST', 'REPLAY')),
  run_mode TEXT NOT NULL CHECK (run_mode IN ('BACKTEST', 'PAPER', 'LIVE')),
  account_id INTEGER REFERENCES account (account_id),
  status TEXT NOT NULL DEFAULT 'PENDING' CHECK (status IN ('PENDING', 'STARTED', 'COMPLETED', 'FAILED', 'KILLED')),
  updated_ts INTEGER NOT NULL,
  completed_ts INTEGER,
  host TEXT NOT NULL DEFAULT '',
  notes TEXT NOT NULL DEFAULT '',
  git_sha TEXT CHECK (length(git_sha) = 40),
  config_hash TEXT CHECK (length(config_hash) = 64),
  run_hash TEXT CHECK (length(run_hash) = 64),
  data_hash TEXT CHECK (length(data_hash) = 64),
  config_json TEXT NOT NULL DEFAULT '{}' CHECK (json_valid(config_json)),
  manifest_json TEXT NOT NULL DEFAULT '{}' CHECK (json_valid(manifest_json)),
  walk_forward_spec_json TEXT CHECK (walk_forward_spec_json IS NULL OR json_valid(walk_forward_spec_json)),
  seed_root INTEGER NOT NULL DEFAULT 0 CHECK (seed_root BETWEEN 0 AND 4294967295),
  bootstrap_seed INTEGER NOT NULL DEFAULT 0 CHECK (bootstrap_seed BETWEEN 0 AND 4294967295),
  origin_run_id TEXT REFERENCES run (run_id),
  CONSTRAINT ck_run_kind_mode CHECK ((run_kind = 'HOST') = (run_mode <> 'BACKTEST')),
  CONSTRAINT ck_run_research_hashes CHECK (run_kind = 'HOST' OR (run_hash IS NOT NULL AND data_hash IS NOT NULL)),
  CONSTRAINT ck_run_replay_origin CHECK ((run_kind = 'REPLAY') = (origin_run_id IS NOT NULL)),
  CONSTRAINT ck_run_completed_after_started CHECK (completed_ts IS NULL OR completed_ts >= event_ts)
) STRICT;

CREATE UNIQUE INDEX IF NOT EXISTS uqix_run_backtest_hash ON run (run_hash) WHERE run_kind = 'BACKTEST';

CREATE TABLE IF NOT EXISTS run_context (
  cycle_id TEXT NOT NULL,
  schema_version INTEGER NOT NULL DEFAULT 1,
  source TEXT NOT NULL,
  ingest_ts INTEGER NOT NULL,
  event_ts INTEGER NOT NULL,
  run_id TEXT NOT NULL REFERENCES run (run_id),
  journal_seq INTEGER NOT NULL,
  account_id INTEGER NOT NULL REFERENCES account (account_id),
  run_mode TEXT NOT NULL CHECK (run_mode IN ('BACKTEST', 'PAPER', 'LIVE')),
  hour_ts INTEGER NOT NULL,
  cycle_seq INTEGER NOT NULL,
  code_version_sha TEXT NOT NULL CHECK (length(code_version_sha) = 40),
  config_hash TEXT NOT NULL CHECK (length(config_hash) = 64),
  data_snapshot_hash TEXT NOT NULL CHECK (length(data_snapshot_hash) = 64),
  random_seed INTEGER NOT NULL,
  backtest_run_id TEXT REFERENCES run (run_id),
  completed_ts INTEGER,
  status TEXT NOT NULL DEFAULT 'STARTED',
  CONSTRAINT pk_run_context PRIMARY KEY (cycle_id),
  CONSTRAINT uq_run_context_account_mode_hour UNIQUE (account_id, run_mode, hour_ts),
  CONSTRAINT uq_run_context_run_mode_hour UNIQUE (cycle_id, run_mode, hour_ts),
  CONSTRAINT ck_run_context_hour_aligned CHECK (hour_ts % 3600000000000 = 0),
  CONSTRAINT ck_run_context_cycle_seq_pos CHECK (cycle_seq >= 0),
  CONSTRAINT ck_run_context_status CHECK (status IN ('STARTED', 'COMPLETED', 'FAILED', 'SKIPPED')),
  CONSTRAINT ck_run_context_completed_after_started CHECK (completed_ts IS NULL OR completed_ts >= event_ts),
  CONSTRAINT ck_run_context_backtest_link CHECK ( (run_mode = 'BACKTEST' AND backtest_run_id IS NOT NULL) OR (run_mode IN ('PAPER', 'LIVE') AND backtest_run_id IS NULL))
) STRICT;

CREATE TABLE IF NOT EXISTS raw_event (
  raw_event_id INTEGER PRIMARY KEY,
  schema_version INTEGER NOT NULL DEFAULT 1,
  source TEXT NOT NULL,
  ingest_ts INTEGER NOT NULL,
  event_ts INTEGER NOT NULL,
  run_id TEXT NOT NULL REFERENCES run (run_id),
  journal_seq INTEGER NOT NULL,
  seq INTEGER NOT NULL CHECK (seq >= 0),
  topic TEXT NOT NULL,
  instrument_id INTEGER REFERENCES instrument (instrument_id),
  payload BLOB NOT NULL,
  CONSTRAINT uq_raw_event_run_source_seq UNIQUE (run_id, source, seq)
) STRICT;

CREATE INDEX IF NOT EXISTS idx_raw_events_run_ts ON raw_event (run_id, event_ts);

CREATE INDEX IF NOT EXISTS idx_raw_events_market_ts ON raw_event (instrument_id, event_ts);

CREATE INDEX IF NOT EXISTS idx_raw_events_source_topic_ts ON raw_event (source, topic, event_ts);

CREATE TABLE IF NOT EXISTS market_event (
  event_id TEXT NOT NULL PRIMARY KEY,
  schema_version INTEGER NOT NULL DEFAULT 1,
  source TEXT NOT NULL,
  ingest_ts INTEGER NOT NULL,
  event_ts INTEGER NOT NULL,
  run_id TEXT NOT NULL REFERENCES run (run_id),
  journal_seq INTEGER NOT NULL,
  instrument_id INTEGER REFERENCES instrument (instrument_id),
  event_type TEXT NOT NULL,
  raw_seq INTEGER,
  payload TEXT NOT NULL CHECK (json_valid(payload))
) STRICT;

CREATE INDEX IF NOT EXISTS idx_market_event_run_ts ON market_event (run_id, event_ts);

CREATE TABLE IF NOT EXISTS book_level (
  run_id TEXT NOT NULL REFERENCES run (run_id),
  instrument_id INTEGER NOT NULL REFERENCES instrument (instrument_id),
  side TEXT NOT NULL CHECK (side IN ('BUY', 'SELL')),
  level INTEGER NOT NULL CHECK (level >= 0),
  event_ts INTEGER NOT NULL,
  schema_version INTEGER NOT NULL DEFAULT 1,
  source TEXT NOT NULL,
  ingest_ts INTEGER NOT NULL,
  journal_seq INTEGER NOT NULL,
  price TEXT NOT NULL CHECK (CAST(price AS REAL) > 0) CHECK (price NOT GLOB '*[^-0-9.]*' AND price NOT GLOB '*.*.*' AND price GLOB '*[0-9]' AND price NOT GLOB '?*-*'),
  size TEXT NOT NULL CHECK (CAST(size AS REAL) >= 0) CHECK (size NOT GLOB '*[^-0-9.]*' AND size NOT GLOB '*.*.*' AND size GLOB '*[0-9]' AND size NOT GLOB '?*-*'),
  CONSTRAINT pk_book_level PRIMARY KEY (run_id, instrument_id, side, level, event_ts)
) STRICT;

CREATE TABLE IF NOT EXISTS order_book_snapshot (
  instrument_id INTEGER NOT NULL REFERENCES instrument (instrument_id),
  event_ts INTEGER NOT NULL,
  hour_ts INTEGER NOT NULL,
  schema_version INTEGER NOT NULL DEFAULT 1,
  source TEXT NOT NULL,
  ingest_ts INTEGER NOT NULL,
  run_id TEXT NOT NULL REFERENCES run (run_id),
  journal_seq INTEGER NOT NULL,
  best_bid_price TEXT NOT NULL CHECK (CAST(best_bid_price AS REAL) >= 0) CHECK (best_bid_price NOT GLOB '*[^-0-9.]*' AND best_bid_price NOT GLOB '*.*.*' AND best_bid_price GLOB '*[0-9]' AND best_bid_price NOT GLOB '?*-*'),
  best_ask_price TEXT NOT NULL CHECK (CAST(best_ask_price AS REAL) >= 0) CHECK (best_ask_price NOT GLOB '*[^-0-9.]*' AND best_ask_price NOT GLOB '*.*.*' AND best_ask_price GLOB '*[0-9]' AND best_ask_price NOT GLOB '?*-*'),
  best_bid_size TEXT NOT NULL CHECK (CAST(best_bid_size AS REAL) >= 0) CHECK (best_bid_size NOT GLOB '*[^-0-9.]*' AND best_bid_size NOT GLOB '*.*.*' AND best_bid_size GLOB '*[0-9]' AND best_bid_size NOT GLOB '?*-*'),
  best_ask_size TEXT NOT NULL CHECK (CAST(best_ask_size AS REAL) >= 0) CHECK (best_ask_size NOT GLOB '*[^-0-9.]*' AND best_ask_size NOT GLOB '*.*.*' AND best_ask_size GLOB '*[0-9]' AND best_ask_size NOT GLOB '?*-*'),
  spread_abs REAL GENERATED ALWAYS AS (CAST(best_ask_price AS REAL) - CAST(best_bid_price AS REAL)) STORED,
  spread_bps REAL GENERATED ALWAYS AS (((CAST(best_ask_price AS REAL) - CAST(best_bid_price AS REAL)) / NULLIF(CAST(best_bid_price AS REAL), 0)) * 10000) STORED,
  source_venue TEXT NOT NULL,
  CONSTRAINT pk_order_book_snapshot PRIMARY KEY (instrument_id, event_ts, source_venue),
  CONSTRAINT ck_order_book_snapshot_hour_aligned CHECK (hour_ts % 3600000000000 = 0),
  CONSTRAINT ck_order_book_snapshot_bucket_match CHECK (hour_ts = event_ts - event_ts % 3600000000000),
  CONSTRAINT ck_order_book_snapshot_ask_ge_bid CHECK (CAST(best_ask_price AS REAL) >= CAST(best_bid_price AS REAL))
) STRICT;

CREATE TABLE IF NOT EXISTS market_ohlcv_hourly (
  instrument_id INTEGER NOT NULL REFERENCES instrument (instrument_id),
  hour_ts INTEGER NOT NULL,
  source_venue TEXT NOT NULL,
  schema_version INTEGER NOT NULL DEFAULT 1,
  source TEXT NOT NULL,
  ingest_ts INTEGER NOT NULL,
  event_ts INTEGER NOT NULL,
  run_id TEXT NOT NULL REFERENCES run (run_id),
  journal_seq INTEGER NOT NULL,
  open_price TEXT NOT NULL CHECK (CAST(open_price AS REAL) > 0) CHECK (open_price NOT GLOB '*[^-0-9.]*' AND open_price NOT GLOB '*.*.*' AND open_price GLOB '*[0-9]' AND open_price NOT GLOB '?*-*'),
  high_price TEXT NOT NULL CHECK (CAST(high_price AS REAL) > 0) CHECK (high_price NOT GLOB '*[^-0-9.]*' AND high_price NOT GLOB '*.*.*' AND high_price GLOB '*[0-9]' AND high_price NOT GLOB '?*-*'),
  low_price TEXT NOT NULL CHECK (CAST(low_price AS REAL) > 0) CHECK (low_price NOT GLOB '*[^-0-9.]*' AND low_price NOT GLOB '*.*.*' AND low_price GLOB '*[0-9]' AND low_price NOT GLOB '?*-*'),
  close_price TEXT NOT NULL CHECK (CAST(close_price AS REAL) > 0) CHECK (close_price NOT GLOB '*[^-0-9.]*' AND close_price NOT GLOB '*.*.*' AND close_price GLOB '*[0-9]' AND close_price NOT GLOB '?*-*'),
  volume_base TEXT NOT NULL CHECK (CAST(volume_base AS REAL) >= 0) CHECK (volume_base NOT GLOB '*[^-0-9.]*' AND volume_base NOT GLOB '*.*.*' AND volume_base GLOB '*[0-9]' AND volume_base NOT GLOB '?*-*'),
  volume_quote TEXT NOT NULL CHECK (CAST(volume_quote AS REAL) >= 0) CHECK (volume_quote NOT GLOB '*[^-0-9.]*' AND volume_quote NOT GLOB '*.*.*' AND volume_quote GLOB '*[0-9]' AND volume_quote NOT GLOB '?*-*'),
  trade_count INTEGER NOT NULL CHECK (trade_count >= 0),
  CONSTRAINT pk_market_ohlcv_hourly PRIMARY KEY (instrument_id, hour_ts, source_venue),
  CONSTRAINT ck_market_ohlcv_hourly_hour_aligned CHECK (hour_ts % 3600000000000 = 0),
  CONSTRAINT ck_market_ohlcv_hourly_range CHECK (CAST(high_price AS REAL) >= CAST(low_price AS REAL) AND CAST(high_price AS REAL) >= CAST(open_price AS REAL) AND CAST(high_price AS REAL) >= CAST(close_price AS REAL) AND CAST(low_price AS REAL) <= CAST(open_price AS REAL) AND CAST(low_price AS REAL) <= CAST(close_price AS REAL)),
  CONSTRAINT ck_market_ohlcv_hourly_bar_closed CHECK (event_ts >= hour_ts + 3600000000000)
) STRICT;

CREATE TABLE IF NOT EXISTS agg_trade (
  event_ts INTEGER NOT NULL,
  instrument_id INTEGER NOT NULL REFERENCES instrument (instrument_id),
  agg_id INTEGER NOT NULL,
  schema_version INTEGER NOT NULL DEFAULT 1,
  source TEXT NOT NULL,
  ingest_ts INTEGER NOT NULL,
  run_id TEXT NOT NULL REFERENCES run (run_id),
  journal_seq INTEGER NOT NULL,
  price TEXT NOT NULL CHECK (CAST(price AS REAL) > 0) CHECK (price NOT GLOB '*[^-0-9.]*' AND price NOT GLOB '*.*.*' AND price GLOB '*[0-9]' AND price NOT GLOB '?*-*'),
  qty TEXT NOT NULL CHECK (CAST(qty AS REAL) > 0) CHECK (qty NOT GLOB '*[^-0-9.]*' AND qty NOT GLOB '*.*.*' AND qty GLOB '*[0-9]' AND qty NOT GLOB '?*-*'),
  is_buyer_maker INTEGER NOT NULL CHECK (is_buyer_maker IN (0, 1)),
  CONSTRAINT pk_agg_trade PRIMARY KEY (event_ts, instrument_id, agg_id)
) STRICT;

CREATE INDEX IF NOT EXISTS idx_agg_trades_sym_time ON agg_trade (instrument_id, event_ts DESC);

CREATE INDEX IF NOT EXISTS idx_agg_trades_sym_agg ON agg_trade (instrument_id, agg_id);

CREATE TABLE IF NOT EXISTS funding_snapshot (
  funding_snapshot_id INTEGER PRIMARY KEY,
  schema_version INTEGER NOT NULL DEFAULT 1,
  source TEXT NOT NULL,
  ingest_ts INTEGER NOT NULL,
  event_ts INTEGER NOT NULL,
  run_id TEXT NOT NULL REFERENCES run (run_id),
  journal_seq INTEGER NOT NULL,
  instrument_id INTEGER NOT NULL REFERENCES instrument (instrument_id),
  funding_rate TEXT NOT NULL CHECK (funding_rate NOT GLOB '*[^-0-9.]*' AND funding_rate NOT GLOB '*.*.*' AND funding_rate GLOB '*[0-9]' AND funding_rate NOT GLOB '?*-*'),
  mark_price TEXT NOT NULL CHECK (CAST(mark_price AS REAL) > 0) CHECK (mark_price NOT GLOB '*[^-0-9.]*' AND mark_price NOT GLOB '*.*.*' AND mark_price GLOB '*[0-9]' AND mark_price NOT GLOB '?*-*'),
  index_price TEXT NOT NULL CHECK (CAST(index_price AS REAL) > 0) CHECK (index_price NOT GLOB '*[^-0-9.]*' AND index_price NOT GLOB '*.*.*' AND index_price GLOB '*[0-9]' AND index_price NOT GLOB '?*-*'),
  CONSTRAINT uq_funding_snapshot UNIQUE (run_id, instrument_id, event_ts)
) STRICT;

CREATE INDEX IF NOT EXISTS idx_rate_snapshots_ts ON funding_snapshot (event_ts);

CREATE TABLE IF NOT EXISTS plugin_signal (
  plugin_signal_id INTEGER PRIMARY KEY,
  schema_version INTEGER NOT NULL DEFAULT 1,
  source TEXT NOT NULL,
  ingest_ts INTEGER NOT NULL,
  event_ts INTEGER NOT NULL,
  run_id TEXT NOT NULL REFERENCES run (run_id),
  journal_seq INTEGER NOT NULL,
  plugin TEXT NOT NULL,
  scope TEXT NOT NULL DEFAULT 'all',
  kind TEXT NOT NULL DEFAULT '',
  instrument_id INTEGER REFERENCES instrument (instrument_id),
  port INTEGER NOT NULL DEFAULT 0,
  value REAL,
  warm INTEGER NOT NULL DEFAULT TRUE CHECK (warm IN (0, 1)),
  seen_seq INTEGER NOT NULL DEFAULT 0,
  payload TEXT /* JSONB */ NOT NULL CHECK (json_valid(payload))
) STRICT;

CREATE INDEX IF NOT EXISTS idx_plugin_run_ts ON plugin_signal (run_id, event_ts);

CREATE INDEX IF NOT EXISTS idx_plugin_market_ts ON plugin_signal (instrument_id, kind, event_ts DESC);

CREATE TABLE IF NOT EXISTS signal_indicator (
  indicator_id INTEGER PRIMARY KEY,
  schema_version INTEGER NOT NULL DEFAULT 1,
  source TEXT NOT NULL,
  ingest_ts INTEGER NOT NULL,
  event_ts INTEGER NOT NULL,
  run_id TEXT NOT NULL REFERENCES run (run_id),
  journal_seq INTEGER NOT NULL,
  cadence_s INTEGER NOT NULL CHECK (cadence_s IN (15, 60)),
  instrument_id INTEGER NOT NULL REFERENCES instrument (instrument_id),
  price TEXT NOT NULL CHECK (CAST(price AS REAL) > 0) CHECK (price NOT GLOB '*[^-0-9.]*' AND price NOT GLOB '*.*.*' AND price GLOB '*[0-9]' AND price NOT GLOB '?*-*'),
  cvd_fast REAL,
  cvd_mid REAL,
  cvd_day REAL,
  cvd_fast_slope REAL,
  atr_5m REAL,
  atr_percentile REAL,
  vwap_30m REAL,
  p95_qty REAL,
  p99_qty REAL,
  buy_vol_1m REAL,
  sell_vol_1m REAL,
  score INTEGER CHECK (score BETWEEN 0 AND 100),
  signal TEXT CHECK (signal IN ('LONG', 'SHORT')),
  score_factors TEXT /* JSONB */ NOT NULL DEFAULT '{}' CHECK (json_valid(score_factors)),
  CONSTRAINT uq_signal_indicator UNIQUE (run_id, instrument_id, cadence_s, event_ts)
) STRICT;

CREATE INDEX IF NOT EXISTS idx_si_ts ON signal_indicator (event_ts);

CREATE INDEX IF NOT EXISTS idx_si_sym_ts ON signal_indicator (instrument_id, event_ts);
