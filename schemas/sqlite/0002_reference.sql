-- Written by schemas/translate.py from schemas/postgres/0002_reference.sql; edit that file.

CREATE TABLE IF NOT EXISTS schema_migration (
  filename TEXT NOT NULL,
  dialect TEXT NOT NULL CHECK (dialect IN ('postgres', 'sqlite', 'duckdb')),
  sha256 TEXT NOT NULL CHECK (length(sha256) = 64),
  applied_ts INTEGER NOT NULL,
  status TEXT NOT NULL CHECK (status IN ('APPLIED', 'FAILED')),
  CONSTRAINT pk_schema_migration PRIMARY KEY (filename, dialect)
) STRICT;

CREATE TABLE IF NOT EXISTS config_kv (
  scope TEXT NOT NULL,
  key TEXT NOT NULL,
  value TEXT NOT NULL,
  label TEXT NOT NULL DEFAULT '',
  updated_ts INTEGER NOT NULL DEFAULT 0,
  CONSTRAINT pk_config_kv PRIMARY KEY (scope, key)
) STRICT;

INSERT INTO config_kv (scope, key, value, label) VALUES
  ('schema', 'schema_version', '1', 'schema version'),
  ('live', 'risk_per_trade_usd', '100', 'risk per trade, USD'),
  ('live', 'max_positions', '4', 'maximum open positions'),
  ('live', 'circuit_break', '0', '1 stops new entries')
ON CONFLICT DO NOTHING;

CREATE TABLE IF NOT EXISTS account (
  account_id INTEGER PRIMARY KEY,
  name TEXT NOT NULL,
  run_mode TEXT NOT NULL CHECK (run_mode IN ('BACKTEST', 'PAPER', 'LIVE')),
  base_ccy TEXT NOT NULL DEFAULT 'USD',
  initial_cash TEXT NOT NULL CHECK (CAST(initial_cash AS REAL) >= 0) CHECK (initial_cash NOT GLOB '*[^-0-9.]*' AND initial_cash NOT GLOB '*.*.*' AND initial_cash GLOB '*[0-9]' AND initial_cash NOT GLOB '?*-*'),
  CONSTRAINT uq_account_name_mode UNIQUE (name, run_mode)
) STRICT;

CREATE TABLE IF NOT EXISTS instrument (
  instrument_id INTEGER PRIMARY KEY,
  venue TEXT NOT NULL,
  market_id TEXT NOT NULL,
  selection_id TEXT NOT NULL DEFAULT '',
  symbol TEXT NOT NULL,
  kind TEXT NOT NULL CHECK (kind IN ('SPOT', 'PERP', 'BINARY', 'RUNNER')),
  outcome TEXT NOT NULL DEFAULT '' CHECK (outcome IN ('', 'YES', 'NO')),
  base_ccy TEXT NOT NULL DEFAULT '',
  quote_ccy TEXT NOT NULL DEFAULT 'USD',
  settle_ccy TEXT NOT NULL DEFAULT '',
  tick_size TEXT NOT NULL CHECK (CAST(tick_size AS REAL) >= 0) CHECK (tick_size NOT GLOB '*[^-0-9.]*' AND tick_size NOT GLOB '*.*.*' AND tick_size GLOB '*[0-9]' AND tick_size NOT GLOB '?*-*'),
  lot_size TEXT NOT NULL CHECK (CAST(lot_size AS REAL) >= 0) CHECK (lot_size NOT GLOB '*[^-0-9.]*' AND lot_size NOT GLOB '*.*.*' AND lot_size GLOB '*[0-9]' AND lot_size NOT GLOB '?*-*'),
  min_price TEXT CHECK (min_price NOT GLOB '*[^-0-9.]*' AND min_price NOT GLOB '*.*.*' AND min_price GLOB '*[0-9]' AND min_price NOT GLOB '?*-*'),
  max_price TEXT CHECK (max_price NOT GLOB '*[^-0-9.]*' AND max_price NOT GLOB '*.*.*' AND max_price GLOB '*[0-9]' AND max_price NOT GLOB '?*-*'),
  min_qty TEXT CHECK (min_qty NOT GLOB '*[^-0-9.]*' AND min_qty NOT GLOB '*.*.*' AND min_qty GLOB '*[0-9]' AND min_qty NOT GLOB '?*-*'),
  max_qty TEXT CHECK (max_qty NOT GLOB '*[^-0-9.]*' AND max_qty NOT GLOB '*.*.*' AND max_qty GLOB '*[0-9]' AND max_qty NOT GLOB '?*-*'),
  min_notional TEXT CHECK (min_notional NOT GLOB '*[^-0-9.]*' AND min_notional NOT GLOB '*.*.*' AND min_notional GLOB '*[0-9]' AND min_notional NOT GLOB '?*-*'),
  max_notional TEXT CHECK (max_notional NOT GLOB '*[^-0-9.]*' AND max_notional NOT GLOB '*.*.*' AND max_notional GLOB '*[0-9]' AND max_notional NOT GLOB '?*-*'),
  qty_unit TEXT NOT NULL DEFAULT 1 CHECK (qty_unit NOT GLOB '*[^-0-9.]*' AND qty_unit NOT GLOB '*.*.*' AND qty_unit GLOB '*[0-9]' AND qty_unit NOT GLOB '?*-*'),
  maker_fee TEXT NOT NULL DEFAULT 0 CHECK (maker_fee NOT GLOB '*[^-0-9.]*' AND maker_fee NOT GLOB '*.*.*' AND maker_fee GLOB '*[0-9]' AND maker_fee NOT GLOB '?*-*'),
  taker_fee TEXT NOT NULL DEFAULT 0 CHECK (taker_fee NOT GLOB '*[^-0-9.]*' AND taker_fee NOT GLOB '*.*.*' AND taker_fee GLOB '*[0-9]' AND taker_fee NOT GLOB '?*-*'),
  winners INTEGER NOT NULL DEFAULT 0 CHECK (winners >= 0),
  runners INTEGER NOT NULL DEFAULT 0 CHECK (runners >= 0),
  each_way_divisor TEXT NOT NULL DEFAULT 0 CHECK (CAST(each_way_divisor AS REAL) >= 0) CHECK (each_way_divisor NOT GLOB '*[^-0-9.]*' AND each_way_divisor NOT GLOB '*.*.*' AND each_way_divisor GLOB '*[0-9]' AND each_way_divisor NOT GLOB '?*-*'),
  expiry_ts INTEGER,
  complement_id INTEGER REFERENCES instrument (instrument_id),
  status TEXT NOT NULL DEFAULT 'ACTIVE' CHECK (status IN ('ACTIVE', 'SUSPENDED', 'CLOSED', 'SETTLED')),
  start_ts INTEGER,
  settlement_value TEXT CHECK (settlement_value NOT GLOB '*[^-0-9.]*' AND settlement_value NOT GLOB '*.*.*' AND settlement_value GLOB '*[0-9]' AND settlement_value NOT GLOB '?*-*'),
  updated_ts INTEGER NOT NULL,
  CONSTRAINT uq_instrument_venue_market UNIQUE (venue, market_id, selection_id)
) STRICT;

CREATE INDEX IF NOT EXISTS idx_instrument_symbol ON instrument (symbol);

CREATE TABLE IF NOT EXISTS feature_schema (
  feature_schema_version INTEGER PRIMARY KEY,
  created_ts INTEGER NOT NULL,
  description TEXT NOT NULL,
  features_json TEXT NOT NULL UNIQUE CHECK (json_valid(features_json))
) STRICT;

CREATE TABLE IF NOT EXISTS feature_cache (
  meta_hash TEXT NOT NULL PRIMARY KEY CHECK (length(meta_hash) = 64),
  spec_json TEXT NOT NULL CHECK (json_valid(spec_json)),
  built_ts INTEGER NOT NULL,
  row_count INTEGER NOT NULL CHECK (row_count >= 0),
  column_count INTEGER NOT NULL CHECK (column_count >= 0),
  digest TEXT NOT NULL CHECK (length(digest) = 64)
) STRICT;

CREATE TABLE IF NOT EXISTS model_version (
  model_version_id INTEGER PRIMARY KEY,
  model_name TEXT NOT NULL,
  model_role TEXT NOT NULL CHECK (model_role IN ('BASE_TREE', 'BASE_DEEP', 'REGIME', 'META')),
  version_tag TEXT NOT NULL,
  artifact_sha256 TEXT NOT NULL CHECK (length(artifact_sha256) = 64),
  train_start_ts INTEGER NOT NULL,
  train_end_ts INTEGER NOT NULL,
  is_active INTEGER NOT NULL DEFAULT FALSE CHECK (is_active IN (0, 1)),
  created_ts INTEGER NOT NULL,
  CONSTRAINT uq_model_version_name_role_tag UNIQUE (model_name, model_role, version_tag),
  CONSTRAINT ck_model_version_train_window CHECK (train_end_ts > train_start_ts)
) STRICT;

CREATE UNIQUE INDEX IF NOT EXISTS uqix_model_version_one_active_per_name_role ON model_version (model_name, model_role) WHERE is_active = TRUE;

CREATE TABLE IF NOT EXISTS agg_trade_meta (
  instrument_id INTEGER PRIMARY KEY REFERENCES instrument (instrument_id),
  last_agg_id INTEGER NOT NULL,
  last_ts INTEGER NOT NULL,
  earliest_agg_id INTEGER NOT NULL,
  earliest_ts INTEGER NOT NULL,
  updated_ts INTEGER NOT NULL,
  CONSTRAINT ck_agg_trade_meta_order CHECK (last_agg_id >= earliest_agg_id)
) STRICT;

CREATE TABLE IF NOT EXISTS app_user (
  user_id INTEGER PRIMARY KEY,
  email TEXT NOT NULL UNIQUE,
  password_hash TEXT NOT NULL,
  discord_id TEXT,
  role TEXT NOT NULL DEFAULT 'user' CHECK (role IN ('user', 'admin')),
  banned INTEGER NOT NULL DEFAULT FALSE CHECK (banned IN (0, 1)),
  subscription_tier TEXT NOT NULL DEFAULT 'free',
  subscription_expires_ts INTEGER,
  created_ts INTEGER NOT NULL
) STRICT;

CREATE TABLE IF NOT EXISTS invite_code (
  code_id INTEGER PRIMARY KEY,
  code TEXT NOT NULL UNIQUE,
  created_by INTEGER REFERENCES app_user (user_id),
  max_uses INTEGER NOT NULL DEFAULT 1 CHECK (max_uses > 0),
  used_count INTEGER NOT NULL DEFAULT 0,
  status TEXT NOT NULL DEFAULT 'active' CHECK (status IN ('active', 'disabled')),
  expires_ts INTEGER,
  CONSTRAINT ck_invite_code_uses CHECK (used_count >= 0 AND used_count <= max_uses)
) STRICT;

CREATE TABLE IF NOT EXISTS invite_usage (
  usage_id INTEGER PRIMARY KEY,
  code_id INTEGER NOT NULL REFERENCES invite_code (code_id),
  user_id INTEGER NOT NULL REFERENCES app_user (user_id),
  used_ts INTEGER NOT NULL,
  CONSTRAINT uq_invite_usage_code_user UNIQUE (code_id, user_id)
) STRICT;

CREATE TABLE IF NOT EXISTS refresh_token (
  refresh_token_id INTEGER PRIMARY KEY,
  user_id INTEGER NOT NULL REFERENCES app_user (user_id),
  token_hash TEXT NOT NULL UNIQUE CHECK (length(token_hash) = 64),
  expires_ts INTEGER NOT NULL,
  revoked INTEGER NOT NULL DEFAULT FALSE CHECK (revoked IN (0, 1))
) STRICT;
