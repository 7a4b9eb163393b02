-- Written by schemas/translate.py from schemas/postgres/0006_operations.sql; edit that file.

CREATE TABLE IF NOT EXISTS ops_event (
  ops_event_id INTEGER PRIMARY KEY,
  schema_version INTEGER NOT NULL DEFAULT 1,
  source TEXT NOT NULL,
  ingest_ts INTEGER NOT NULL,
  event_ts INTEGER NOT NULL,
  run_id TEXT NOT NULL REFERENCES run (run_id),
  journal_seq INTEGER NOT NULL,
  category TEXT NOT NULL CHECK (category IN ('OPS', 'RISK', 'TRADE', 'RUN_ERROR')),
  severity TEXT NOT NULL CHECK (severity IN ('INFO', 'WARN', 'ERROR', 'CRITICAL')),
  kind TEXT NOT NULL,
  message TEXT NOT NULL,
  phase TEXT,
  account_id INTEGER REFERENCES account (account_id),
  cycle_id TEXT REFERENCES run_context (cycle_id),
  instrument_id INTEGER REFERENCES instrument (instrument_id),
  drawdown_tier TEXT CHECK (drawdown_tier IN ('NORMAL', 'DD10', 'DD15', 'HALT20')),
  metric_value TEXT NOT NULL DEFAULT 0 CHECK (metric_value NOT GLOB '*[^-0-9.]*' AND metric_value NOT GLOB '*.*.*' AND metric_value GLOB '*[0-9]' AND metric_value NOT GLOB '?*-*'),
  threshold_value TEXT NOT NULL DEFAULT 0 CHECK (threshold_value NOT GLOB '*[^-0-9.]*' AND threshold_value NOT GLOB '*.*.*' AND threshold_value GLOB '*[0-9]' AND threshold_value NOT GLOB '?*-*'),
  stack_hash TEXT CHECK (length(stack_hash) = 64),
  detail TEXT /* JSONB */ CHECK (detail IS NULL OR json_valid(detail)),
  CONSTRAINT ck_ops_event_risk CHECK (category <> 'RISK' OR (account_id IS NOT NULL AND drawdown_tier IS NOT NULL))
) STRICT;

CREATE INDEX IF NOT EXISTS idx_incidents_run_ts ON ops_event (run_id, event_ts);

CREATE TABLE IF NOT EXISTS plugin_stat (
  plugin_stat_id INTEGER PRIMARY KEY,
  schema_version INTEGER NOT NULL DEFAULT 1,
  source TEXT NOT NULL,
  ingest_ts INTEGER NOT NULL,
  event_ts INTEGER NOT NULL,
  run_id TEXT NOT NULL REFERENCES run (run_id),
  journal_seq INTEGER NOT NULL,
  instance TEXT NOT NULL,
  calls INTEGER NOT NULL CHECK (calls >= 0),
  errors INTEGER NOT NULL DEFAULT 0 CHECK (errors >= 0),
  intents INTEGER NOT NULL DEFAULT 0 CHECK (intents >= 0),
  published INTEGER NOT NULL DEFAULT 0 CHECK (published >= 0),
  conflated INTEGER NOT NULL DEFAULT 0 CHECK (conflated >= 0),
  time_ns INTEGER NOT NULL DEFAULT 0 CHECK (time_ns >= 0),
  time_ns_p50 INTEGER NOT NULL DEFAULT 0 CHECK (time_ns_p50 >= 0),
  time_ns_p99 INTEGER NOT NULL DEFAULT 0 CHECK (time_ns_p99 >= 0),
  time_ns_p999 INTEGER NOT NULL DEFAULT 0 CHECK (time_ns_p999 >= 0),
  time_ns_max INTEGER NOT NULL DEFAULT 0 CHECK (time_ns_max >= 0)
) STRICT;

CREATE INDEX IF NOT EXISTS idx_plugin_stat_run_ts ON plugin_stat (run_id, event_ts);

CREATE TABLE IF NOT EXISTS phase_metric (
  phase_metric_id INTEGER PRIMARY KEY,
  schema_version INTEGER NOT NULL DEFAULT 1,
  source TEXT NOT NULL,
  ingest_ts INTEGER NOT NULL,
  event_ts INTEGER NOT NULL,
  run_id TEXT NOT NULL REFERENCES run (run_id),
  journal_seq INTEGER NOT NULL,
  phase TEXT NOT NULL,
  ended_ts INTEGER CHECK (ended_ts >= 0),
  rows_processed INTEGER CHECK (rows_processed >= 0),
  extra_json TEXT NOT NULL DEFAULT '{}' CHECK (json_valid(extra_json)),
  CONSTRAINT ck_phase_metric_times CHECK (ended_ts IS NULL OR ended_ts >= event_ts)
) STRICT;

CREATE INDEX IF NOT EXISTS idx_phase_metric_run ON phase_metric (run_id);

CREATE TABLE IF NOT EXISTS run_metric (
  run_id TEXT NOT NULL REFERENCES run (run_id),
  key TEXT NOT NULL,
  phase TEXT NOT NULL DEFAULT '',
  schema_version INTEGER NOT NULL DEFAULT 1,
  source TEXT NOT NULL,
  ingest_ts INTEGER NOT NULL,
  event_ts INTEGER NOT NULL,
  journal_seq INTEGER NOT NULL,
  value TEXT NOT NULL,
  value_type TEXT NOT NULL CHECK (value_type IN ('int', 'float', 'str', 'json')),
  CONSTRAINT pk_run_metric PRIMARY KEY (run_id, key, phase)
) STRICT;

CREATE TABLE IF NOT EXISTS validation (
  run_id TEXT NOT NULL PRIMARY KEY REFERENCES run (run_id),
  schema_version INTEGER NOT NULL DEFAULT 1,
  source TEXT NOT NULL,
  ingest_ts INTEGER NOT NULL,
  event_ts INTEGER NOT NULL,
  journal_seq INTEGER NOT NULL,
  payload_json TEXT NOT NULL CHECK (json_valid(payload_json)),
  permutation_pvalue REAL CHECK (permutation_pvalue BETWEEN 0 AND 1),
  bootstrap_sharpe_low REAL,
  bootstrap_sharpe_high REAL,
  bootstrap_cagr_low REAL,
  bootstrap_cagr_high REAL,
  bootstrap_method TEXT NOT NULL CHECK (bootstrap_method IN ('hadj_bb', 'simple')),
  bootstrap_block_length INTEGER CHECK (bootstrap_block_length > 0),
  bootstrap_jitter INTEGER CHECK (bootstrap_jitter >= 0),
  bootstrap_fallback INTEGER NOT NULL DEFAULT FALSE CHECK (bootstrap_fallback IN (0, 1)),
  CONSTRAINT ck_validation_bootstrap_simple CHECK (bootstrap_method <> 'simple' OR (bootstrap_block_length IS NULL AND bootstrap_jitter IS NULL)),
  CONSTRAINT ck_validation_bootstrap_block CHECK (bootstrap_method <> 'hadj_bb' OR (bootstrap_block_length IS NOT NULL AND bootstrap_jitter IS NOT NULL AND NOT bootstrap_fallback)),
  CONSTRAINT ck_validation_ci_order CHECK (bootstrap_sharpe_low <= bootstrap_sharpe_high AND bootstrap_cagr_low <= bootstrap_cagr_high)
) STRICT;

CREATE TABLE IF NOT EXISTS backtest_fold_result (
  fold_id INTEGER PRIMARY KEY,
  schema_version INTEGER NOT NULL DEFAULT 1,
  source TEXT NOT NULL,
  ingest_ts INTEGER NOT NULL,
  event_ts INTEGER NOT NULL,
  run_id TEXT NOT NULL REFERENCES run (run_id),
  journal_seq INTEGER NOT NULL,
  fold_index INTEGER NOT NULL CHECK (fold_index >= 0),
  train_start_ts INTEGER NOT NULL,
  train_end_ts INTEGER NOT NULL,
  test_start_ts INTEGER NOT NULL,
  test_end_ts INTEGER NOT NULL,
  trade_count INTEGER NOT NULL CHECK (trade_count >= 0),
  gross_pnl TEXT NOT NULL CHECK (gross_pnl NOT GLOB '*[^-0-9.]*' AND gross_pnl NOT GLOB '*.*.*' AND gross_pnl GLOB '*[0-9]' AND gross_pnl NOT GLOB '?*-*'),
  net_pnl TEXT NOT NULL CHECK (net_pnl NOT GLOB '*[^-0-9.]*' AND net_pnl NOT GLOB '*.*.*' AND net_pnl GLOB '*[0-9]' AND net_pnl NOT GLOB '?*-*'),
  total_cost TEXT NOT NULL CHECK (CAST(total_cost AS REAL) >= 0) CHECK (total_cost NOT GLOB '*[^-0-9.]*' AND total_cost NOT GLOB '*.*.*' AND total_cost GLOB '*[0-9]' AND total_cost NOT GLOB '?*-*'),
  max_drawdown_pct TEXT NOT NULL CHECK (CAST(max_drawdown_pct AS REAL) >= 0) CHECK (max_drawdown_pct NOT GLOB '*[^-0-9.]*' AND max_drawdown_pct NOT GLOB '*.*.*' AND max_drawdown_pct GLOB '*[0-9]' AND max_drawdown_pct NOT GLOB '?*-*'),
  sharpe REAL NOT NULL,
  CONSTRAINT uq_backtest_fold_result UNIQUE (run_id, fold_index),
  CONSTRAINT ck_backtest_fold_result_no_lookahead CHECK (train_start_ts < train_end_ts AND train_end_ts <= test_start_ts AND test_start_ts < test_end_ts)
) STRICT;
