-- Written by schemas/translate.py from schemas/postgres/0013_view_arb.sql; edit that file.

CREATE VIEW IF NOT EXISTS arb_rate_snapshots AS
SELECT MIN(f.funding_snapshot_id) AS id, f.event_ts / 1000000000 AS ts,
       MAX(CASE WHEN i.symbol = 'BTCUSDT' THEN CAST(f.funding_rate AS REAL) END) AS btc_rate, MAX(CASE WHEN i.symbol = 'ETHUSDT' THEN CAST(f.funding_rate AS REAL) END) AS eth_rate,
       MAX(CASE WHEN i.symbol = 'BTCUSDT' THEN CAST(f.mark_price AS REAL) END) AS btc_price, MAX(CASE WHEN i.symbol = 'ETHUSDT' THEN CAST(f.mark_price AS REAL) END) AS eth_price,
       MAX(CASE WHEN i.symbol = 'BTCUSDT' THEN CAST(f.index_price AS REAL) END) AS btc_index_price, MAX(CASE WHEN i.symbol = 'ETHUSDT' THEN CAST(f.index_price AS REAL) END) AS eth_index_price
FROM funding_snapshot f JOIN instrument i ON i.instrument_id = f.instrument_id WHERE i.symbol IN ('BTCUSDT', 'ETHUSDT') GROUP BY f.run_id, f.event_ts;

CREATE VIEW IF NOT EXISTS arb_agg_trades AS
SELECT t.agg_id, i.symbol, CAST(t.price AS REAL) AS price, CAST(t.qty AS REAL) AS qty, t.event_ts / 1000000 AS time_ms, t.is_buyer_maker
FROM agg_trade t JOIN instrument i ON i.instrument_id = t.instrument_id;

CREATE VIEW IF NOT EXISTS arb_agg_trades_meta AS
SELECT i.symbol, m.last_agg_id, m.last_ts / 1000000 AS last_time_ms, m.earliest_agg_id, m.earliest_ts / 1000000 AS earliest_time_ms, strftime('%Y-%m-%dT%H:%M:%SZ', (m.updated_ts) / 1000000000, 'unixepoch') AS updated_at
FROM agg_trade_meta m JOIN instrument i ON i.instrument_id = m.instrument_id;

CREATE VIEW IF NOT EXISTS arb_signal_indicators AS
SELECT s.indicator_id AS id, s.event_ts / 1000000000 AS ts, i.symbol, s.cvd_fast, s.cvd_mid, s.cvd_day, s.cvd_fast_slope, s.atr_5m, s.atr_percentile, s.vwap_30m,
       CAST(s.price AS REAL) AS price, s.p95_qty, s.p99_qty, s.buy_vol_1m, s.sell_vol_1m, s.score, s.signal
FROM signal_indicator s JOIN instrument i ON i.instrument_id = s.instrument_id WHERE s.cadence_s = 15;

CREATE VIEW IF NOT EXISTS arb_signal_indicators_1m AS
SELECT s.indicator_id AS id, s.event_ts / 1000000000 AS ts, i.symbol, s.cvd_fast, s.cvd_mid, s.cvd_day, s.atr_5m, s.vwap_30m, CAST(s.price AS REAL) AS price, s.score, s.signal
FROM signal_indicator s JOIN instrument i ON i.instrument_id = s.instrument_id WHERE s.cadence_s = 60;

CREATE VIEW IF NOT EXISTS arb_signal_trades AS
SELECT b.bracket_id AS id, b.event_ts / 1000000000 AS ts_open, b.exit_ts / 1000000000 AS ts_close, i.symbol, b.direction,
       CAST(b.entry_price AS REAL) AS entry_price, CAST(b.exit_price AS REAL) AS exit_price, CAST(b.qty AS REAL) AS qty, b.score,
       CAST(b.pnl AS REAL) AS pnl, CAST(b.sl_price AS REAL) AS sl_price, CAST(b.tp1_price AS REAL) AS tp1_price, CAST(b.tp2_price AS REAL) AS tp2_price,
       CASE WHEN b.status = 'sl' THEN 'stopped' WHEN b.exit_ts IS NULL THEN 'open' ELSE 'closed' END AS status
FROM bracket_trade b JOIN instrument i ON i.instrument_id = b.instrument_id WHERE b.book = 'SIGNAL';

CREATE VIEW IF NOT EXISTS arb_paper_trades AS
SELECT b.bracket_id AS id, i.symbol, b.direction, b.score, b.tier, CAST(b.entry_price AS REAL) AS entry_price, b.event_ts / 1000000 AS entry_ts,
       CAST(b.exit_price AS REAL) AS exit_price, b.exit_ts / 1000000 AS exit_ts, CAST(b.tp1_price AS REAL) AS tp1_price, CAST(b.tp2_price AS REAL) AS tp2_price,
       CAST(b.sl_price AS REAL) AS sl_price, b.tp1_hit, b.status, b.pnl_r, b.atr_at_entry, b.score_factors, b.strategy, strftime('%Y-%m-%d %H:%M:%S', (b.ingest_ts) / 1000000000, 'unixepoch') || printf('.%06d', (b.ingest_ts) % 1000000000 / 1000) AS created_at
FROM bracket_trade b JOIN instrument i ON i.instrument_id = b.instrument_id WHERE b.book = 'PAPER';

CREATE VIEW IF NOT EXISTS arb_live_trades AS
SELECT b.bracket_id AS id, i.symbol, b.strategy, b.direction, b.status, CAST(b.entry_price AS REAL) AS entry_price, CAST(b.exit_price AS REAL) AS exit_price,
       b.event_ts / 1000000 AS entry_ts, b.exit_ts / 1000000 AS exit_ts, CAST(b.sl_price AS REAL) AS sl_price, CAST(b.tp1_price AS REAL) AS tp1_price,
       CAST(b.tp2_price AS REAL) AS tp2_price, b.tp1_hit, CAST(b.score AS REAL) AS score, b.tier, b.pnl_r, CAST(b.fee AS REAL) AS fee_usdt,
       CAST(b.funding_fee AS REAL) AS funding_fee_usdt, CAST(b.risk_distance AS REAL) AS risk_distance, b.atr_at_entry, b.score_factors, b.indicator_id AS signal_id,
       o.venue_order_id AS binance_order_id, CAST(b.fill_price AS REAL) AS fill_price, b.slippage_bps, b.protection_gap_ms, b.signal_to_order_ms, b.order_to_fill_ms,
       CAST(b.qty AS REAL) AS qty, strftime('%Y-%m-%d %H:%M:%S', (b.ingest_ts) / 1000000000, 'unixepoch') || printf('.%06d', (b.ingest_ts) % 1000000000 / 1000) AS created_at
FROM bracket_trade b JOIN instrument i ON i.instrument_id = b.instrument_id LEFT JOIN order_request o ON o.order_id = b.entry_order_id WHERE b.book = 'LIVE';

CREATE VIEW IF NOT EXISTS arb_live_config AS
SELECT key, value, label, strftime('%Y-%m-%d %H:%M:%S', (updated_ts) / 1000000000, 'unixepoch') || printf('.%06d', (updated_ts) % 1000000000 / 1000) AS updated_at FROM config_kv WHERE scope = 'live';

CREATE VIEW IF NOT EXISTS arb_live_events AS
SELECT e.ops_event_id AS id, e.event_ts / 1000000 AS ts, CASE e.severity WHEN 'INFO' THEN 'info' WHEN 'WARN' THEN 'warning' ELSE 'error' END AS level, e.kind AS category,
       i.symbol, e.message, e.detail
FROM ops_event e LEFT JOIN instrument i ON i.instrument_id = e.instrument_id WHERE e.category = 'TRADE';

CREATE VIEW IF NOT EXISTS arb_signal_logs AS
SELECT s.plugin_signal_id AS id, i.symbol, CAST(s.payload ->> 'rate' AS REAL) AS rate, CAST(s.payload ->> 'annualized' AS REAL) AS annualized,
       strftime('%Y-%m-%dT%H:%M:%SZ', (s.event_ts) / 1000000000, 'unixepoch') AS sent_at, s.payload ->> 'message' AS message
FROM plugin_signal s LEFT JOIN instrument i ON i.instrument_id = s.instrument_id WHERE s.plugin = 'funding_alert';

CREATE VIEW IF NOT EXISTS arb_market_indicators AS
SELECT i.symbol, s.kind AS indicator_type, s.event_ts / 1000000 AS timestamp_ms, s.payload AS value
FROM plugin_signal s JOIN instrument i ON i.instrument_id = s.instrument_id WHERE s.plugin = 'market_data';

CREATE VIEW IF NOT EXISTS arb_users AS
SELECT user_id AS id, email, password_hash, discord_id, role, CAST(banned AS INTEGER) AS banned, strftime('%Y-%m-%dT%H:%M:%SZ', (created_ts) / 1000000000, 'unixepoch') AS created_at FROM app_user;

CREATE VIEW IF NOT EXISTS arb_subscriptions AS
SELECT user_id, subscription_tier AS tier, strftime('%Y-%m-%dT%H:%M:%SZ', (subscription_expires_ts) / 1000000000, 'unixepoch') AS expires_at FROM app_user;

CREATE VIEW IF NOT EXISTS arb_invite_codes AS
SELECT code_id AS id, code, created_by, max_uses, used_count, status, strftime('%Y-%m-%dT%H:%M:%SZ', (expires_ts) / 1000000000, 'unixepoch') AS expires_at FROM invite_code;

CREATE VIEW IF NOT EXISTS arb_invite_usage AS
SELECT usage_id AS id, code_id, user_id, strftime('%Y-%m-%dT%H:%M:%SZ', (used_ts) / 1000000000, 'unixepoch') AS used_at FROM invite_usage;

CREATE VIEW IF NOT EXISTS arb_refresh_tokens AS
SELECT refresh_token_id AS id, user_id, token_hash AS token, strftime('%Y-%m-%dT%H:%M:%SZ', (expires_ts) / 1000000000, 'unixepoch') AS expires_at, CAST(revoked AS INTEGER) AS revoked FROM refresh_token;
