-- Written by schemas/translate.py from schemas/postgres/0014_view_forge.sql; edit that file.

CREATE VIEW IF NOT EXISTS forge_runs AS
SELECT run_hash, ingest_ts / 1000000 AS created_at, updated_ts / 1000000 AS updated_at,
       CASE status WHEN 'PENDING' THEN 'pending' WHEN 'STARTED' THEN 'running' WHEN 'COMPLETED' THEN 'completed' ELSE 'failed' END AS status,
       config_json, manifest_json, data_hash, seed_root, schema_version AS db_version, bootstrap_seed, walk_forward_spec_json
FROM run WHERE run_kind = 'BACKTEST';

CREATE VIEW IF NOT EXISTS forge_trades AS
SELECT r.run_hash, t.event_ts AS ts, CASE WHEN CAST(t.position_after AS REAL) = 0 THEN 'flat' WHEN t.side = 'BUY' THEN 'buy' ELSE 'sell' END AS side,
       CASE t.side WHEN 'BUY' THEN CAST(t.qty AS REAL) ELSE -CAST(t.qty AS REAL) END AS qty, CAST(t.entry_price AS REAL) AS entry_price,
       CASE WHEN t.is_closed THEN CAST(t.exit_price AS REAL) END AS exit_price, CAST(t.cost_bps AS REAL) AS cost_bps, CAST(t.borrow_cost AS REAL) AS borrow_cost,
       CAST(t.realized_pnl AS REAL) AS pnl, CAST(t.position_after AS REAL) AS position_after
FROM executed_trade t JOIN run r ON r.run_id = t.run_id WHERE r.run_kind = 'BACKTEST' AND t.book = 'MAIN';

CREATE VIEW IF NOT EXISTS forge_equity AS
SELECT r.run_hash, p.event_ts AS ts, CAST(p.equity AS REAL) AS equity, CAST(p.drawdown_pct AS REAL) AS drawdown, CAST(p.realized_pnl AS REAL) AS realized_pnl,
       CAST(p.unrealized_pnl AS REAL) AS unrealized_pnl, CAST(p.cost_drag AS REAL) AS cost_drag
FROM portfolio_snapshot p JOIN run r ON r.run_id = p.run_id WHERE r.run_kind = 'BACKTEST' AND p.book = 'MAIN';

CREATE VIEW IF NOT EXISTS forge_validation AS
SELECT r.run_hash, v.payload_json, CAST(v.permutation_pvalue AS REAL) AS permutation_pvalue, CAST(v.bootstrap_sharpe_low AS REAL) AS bootstrap_sharpe_low,
       CAST(v.bootstrap_sharpe_high AS REAL) AS bootstrap_sharpe_high, CAST(v.bootstrap_cagr_low AS REAL) AS bootstrap_cagr_low, CAST(v.bootstrap_cagr_high AS REAL) AS bootstrap_cagr_high,
       v.bootstrap_method, v.bootstrap_block_length, v.bootstrap_jitter, CAST(v.bootstrap_fallback AS INTEGER) AS bootstrap_fallback
FROM validation v JOIN run r ON r.run_id = v.run_id WHERE r.run_kind = 'BACKTEST';

CREATE VIEW IF NOT EXISTS forge_metrics AS
SELECT r.run_hash, m.key, m.value, m.value_type, NULLIF(m.phase, '') AS phase FROM run_metric m JOIN run r ON r.run_id = m.run_id WHERE r.run_kind = 'BACKTEST';

CREATE VIEW IF NOT EXISTS forge_features_cache AS
SELECT meta_hash, spec_json, built_ts / 1000000 AS built_at, row_count AS "rows", column_count AS "columns", digest FROM feature_cache;

CREATE VIEW IF NOT EXISTS forge_run_errors AS
SELECT e.ops_event_id AS id, r.run_hash, e.event_ts / 1000000 AS ts, e.phase, e.kind AS error_code, e.message, e.stack_hash
FROM ops_event e JOIN run r ON r.run_id = e.run_id WHERE e.category = 'RUN_ERROR' AND r.run_kind = 'BACKTEST';

CREATE VIEW IF NOT EXISTS forge_phase_metrics AS
SELECT p.phase_metric_id AS id, r.run_hash, p.phase, p.event_ts / 1000000 AS started_at, p.ended_ts / 1000000 AS ended_at, p.ended_ts / 1000000 - p.event_ts / 1000000 AS duration_ms,
       p.rows_processed, p.extra_json
FROM phase_metric p JOIN run r ON r.run_id = p.run_id WHERE r.run_kind = 'BACKTEST';
