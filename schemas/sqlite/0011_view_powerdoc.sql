-- Written by schemas/translate.py from schemas/postgres/0011_view_powerdoc.sql; edit that file.

CREATE VIEW IF NOT EXISTS powerdoc_schema_meta AS
SELECT key, value FROM config_kv WHERE scope = 'schema';

CREATE VIEW IF NOT EXISTS powerdoc_runs AS
SELECT run_id, event_ts / 1000000 AS started_at_ms, git_sha, config_hash, host, notes FROM run;

CREATE VIEW IF NOT EXISTS powerdoc_raw_events AS
SELECT raw_event_id AS id, run_id, event_ts / 1000000 AS ts_ms, source,
       CASE topic WHEN 'book_snapshot' THEN 'l2_update' WHEN 'book_delta' THEN 'l2_update' WHEN 'book_top' THEN 'l2_update'
                  WHEN 'report' THEN 'order_update' ELSE topic END AS topic,
       instrument_id AS market_id, CAST(payload AS TEXT) AS payload_json
FROM raw_event;

CREATE VIEW IF NOT EXISTS powerdoc_snapshots AS
SELECT snapshot_id, run_id, event_ts / 1000000 AS ts_ms, instrument_id AS market_id,
       CAST(best_bid_px AS REAL) AS best_bid_px, CAST(best_bid_qty AS REAL) AS best_bid_qty,
       CAST(best_ask_px AS REAL) AS best_ask_px, CAST(best_ask_qty AS REAL) AS best_ask_qty, CAST(spread AS REAL) AS spread,
       CAST(yes_qty AS REAL) AS yes_qty, CAST(no_qty AS REAL) AS no_qty, CAST(net_exposure_usd AS REAL) AS net_exposure_usd,
       CAST(can_trade AS INTEGER) AS can_trade, CAST(drawdown_halt AS INTEGER) AS drawdown_halt,
       crowding_score, toxicity_score, spread_compression, feature_schema_version, features_json
FROM state_snapshot;

CREATE VIEW IF NOT EXISTS powerdoc_strategy_intents AS
SELECT intent_id, run_id, event_ts / 1000000 AS ts_ms, snapshot_id, strategy, instrument_id AS market_id,
       CASE WHEN intent_kind IN ('ReplaceOrder', 'TargetPosition') THEN 'PlaceOrder' ELSE intent_kind END AS intent_kind,
       CASE side WHEN 'BUY' THEN 'Buy' WHEN 'SELL' THEN 'Sell' END || CASE outcome WHEN 'NO' THEN 'No' ELSE 'Yes' END AS side,
       CAST(price AS REAL) AS price, CAST(qty AS REAL) AS size, urgency, ttl_ms,
       CAST(expected_value AS REAL) AS expected_value, CAST(confidence AS REAL) AS confidence, CAST(risk_cost AS REAL) AS risk_cost, tags_json, rationale_json
FROM strategy_intent;

CREATE VIEW IF NOT EXISTS powerdoc_arbiter_approvals AS
SELECT decision_id AS approved_id, run_id, event_ts / 1000000 AS ts_ms, intent_id, CAST(approved AS INTEGER) AS approved, reason, owner_strategy FROM arbiter_decision
WHERE book = 'MAIN';

CREATE VIEW IF NOT EXISTS powerdoc_orders AS
SELECT order_id AS id, run_id, event_ts / 1000000 AS ts_submitted_ms, decision_id AS approved_id, intent_id, strategy, instrument_id AS market_id, venue,
       venue_order_id AS order_id, client_order_id,
       CASE status WHEN 'NEW' THEN 'Submitted' WHEN 'ACK' THEN 'Acked' WHEN 'OPEN' THEN 'Open' WHEN 'PARTIAL' THEN 'PartiallyFilled' WHEN 'FILLED' THEN 'Filled'
                   WHEN 'CANCELLED' THEN 'Canceled' WHEN 'EXPIRED' THEN 'Canceled' WHEN 'UNKNOWN' THEN 'Submitted' WHEN 'REJECTED' THEN 'Rejected' ELSE 'Failed' END AS status,
       CASE side WHEN 'BUY' THEN 'Buy' ELSE 'Sell' END || CASE outcome WHEN 'NO' THEN 'No' ELSE 'Yes' END AS side,
       CAST(limit_price AS REAL) AS limit_price, CAST(qty AS REAL) AS qty,
       acked_ts / 1000000 AS ts_acked_ms, final_ts / 1000000 AS ts_final_ms, acked_ts / 1000000 - event_ts / 1000000 AS submit_latency_ms, notes
FROM order_request WHERE book = 'MAIN';

CREATE VIEW IF NOT EXISTS powerdoc_fills AS
SELECT fill_id AS id, run_id, event_ts / 1000000 AS ts_ms, venue, exchange_trade_id AS fill_id, venue_order_id AS order_id, client_order_id, instrument_id AS market_id, strategy,
       CASE side WHEN 'BUY' THEN 'Buy' ELSE 'Sell' END || CASE outcome WHEN 'NO' THEN 'No' ELSE 'Yes' END AS side,
       CAST(price AS REAL) AS price, CAST(qty AS REAL) AS qty, CAST(fee AS REAL) AS fee_usd,
       lower(NULLIF(liquidity, '')) AS liquidity, raw_json
FROM order_fill WHERE book = 'MAIN';

CREATE VIEW IF NOT EXISTS powerdoc_pnl_ledger AS
SELECT ledger_seq AS id, run_id, event_ts / 1000000 AS ts_ms, instrument_id AS market_id, strategy, event_type AS kind, ref, CAST(amount AS REAL) AS pnl_usd, notes
FROM ledger_event WHERE book = 'PNL' AND chain_book = 'MAIN';

CREATE VIEW IF NOT EXISTS powerdoc_portfolio_snapshots AS
SELECT portfolio_snapshot_id AS id, run_id, event_ts / 1000000 AS ts_ms, CAST(equity AS REAL) AS equity_usd,
       CAST(realized_pnl AS REAL) AS realized_pnl_usd, CAST(unrealized_pnl AS REAL) AS unrealized_pnl_usd,
       CAST(gross_exposure AS REAL) AS gross_exposure_usd, CAST(net_exposure AS REAL) AS net_exposure_usd,
       CAST(drawdown AS REAL) AS drawdown_usd, CAST(drawdown_pct AS REAL) AS drawdown_pct, open_orders_count
FROM portfolio_snapshot WHERE book = 'MAIN';

CREATE VIEW IF NOT EXISTS powerdoc_plugin_signals AS
SELECT plugin_signal_id AS id, run_id, event_ts / 1000000 AS ts_ms, plugin, scope, instrument_id AS market_id, CAST(payload AS TEXT) AS payload_json FROM plugin_signal;

CREATE VIEW IF NOT EXISTS powerdoc_incidents AS
SELECT ops_event_id AS id, run_id, event_ts / 1000000 AS ts_ms, severity, kind, message, CAST(detail AS TEXT) AS payload_json FROM ops_event;

CREATE VIEW IF NOT EXISTS powerdoc_feature_schemas AS
SELECT feature_schema_version, created_ts / 1000000 AS created_at_ms, description, features_json FROM feature_schema;

CREATE VIEW IF NOT EXISTS powerdoc_order_rollups AS
SELECT COALESCE(o.venue_order_id, o.client_order_id) AS order_id, o.run_id, o.instrument_id AS market_id, o.strategy, CAST(o.qty AS REAL) AS qty_submitted,
       COALESCE(SUM(CAST(f.qty AS REAL)), 0) AS qty_filled,
       SUM(CAST(f.price AS REAL) * CAST(f.qty AS REAL)) / SUM(CAST(f.qty AS REAL)) AS vwap,
       SUM(CAST(f.fee AS REAL)) AS fee_usd, MIN(f.event_ts) / 1000000 AS ts_first_fill_ms, MAX(f.event_ts) / 1000000 AS ts_last_fill_ms
FROM order_request o LEFT JOIN order_fill f ON f.client_order_id = o.client_order_id WHERE o.book = 'MAIN'
GROUP BY o.order_id, o.venue_order_id, o.client_order_id, o.run_id, o.instrument_id, o.strategy, o.qty;
