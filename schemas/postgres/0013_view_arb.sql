-- The documents' names and units, read-only: document 003. Seconds in ts, ms in *_ms/entry_ts/exit_ts, DOUBLE PRECISION, ISO text.

CREATE SCHEMA IF NOT EXISTS arb;

CREATE OR REPLACE VIEW arb.rate_snapshots AS
SELECT MIN(f.funding_snapshot_id) AS id, f.event_ts / 1000000000 AS ts,
       MAX(CASE WHEN i.symbol = 'BTCUSDT' THEN CAST(f.funding_rate AS DOUBLE PRECISION) END) AS btc_rate, MAX(CASE WHEN i.symbol = 'ETHUSDT' THEN CAST(f.funding_rate AS DOUBLE PRECISION) END) AS eth_rate,
       MAX(CASE WHEN i.symbol = 'BTCUSDT' THEN CAST(f.mark_price AS DOUBLE PRECISION) END) AS btc_price, MAX(CASE WHEN i.symbol = 'ETHUSDT' THEN CAST(f.mark_price AS DOUBLE PRECISION) END) AS eth_price,
       MAX(CASE WHEN i.symbol = 'BTCUSDT' THEN CAST(f.index_price AS DOUBLE PRECISION) END) AS btc_index_price, MAX(CASE WHEN i.symbol = 'ETHUSDT' THEN CAST(f.index_price AS DOUBLE PRECISION) END) AS eth_index_price
FROM funding_snapshot f JOIN instrument i ON i.instrument_id = f.instrument_id WHERE i.symbol IN ('BTCUSDT', 'ETHUSDT') GROUP BY f.run_id, f.event_ts;

CREATE OR REPLACE VIEW arb.agg_trades AS
SELECT t.agg_id, i.symbol, CAST(t.price AS DOUBLE PRECISION) AS price, CAST(t.qty AS DOUBLE PRECISION) AS qty, t.event_ts / 1000000 AS time_ms, t.is_buyer_maker
FROM agg_trade t JOIN instrument i ON i.instrument_id = t.instrument_id;

CREATE OR REPLACE VIEW arb.agg_trades_meta AS
SELECT i.symbol, m.last_agg_id, m.last_ts / 1000000 AS last_time_ms, m.earliest_agg_id, m.earliest_ts / 1000000 AS earliest_time_ms, ts_iso(m.updated_ts) AS updated_at
FROM agg_trade_meta m JOIN instrument i ON i.instrument_id = m.instrument_id;

CREATE OR REPLACE VIEW arb.signal_indicators AS
SELECT s.indicator_id AS id, s.event_ts / 1000000000 AS ts, i.symbol, s.cvd_fast, s.cvd_mid, s.cvd_day, s.cvd_fast_slope, s.atr_5m, s.atr_percentile, s.vwap_30m,
       CAST(s.price AS DOUBLE PRECISION) AS price, s.p95_qty, s.p99_qty, s.buy_vol_1m, s.sell_vol_1m, s.score, s.signal
FROM signal_indicator s JOIN instrument i ON i.instrument_id = s.instrument_id WHERE s.cadence_s = 15;

CREATE OR REPLACE VIEW arb.signal_indicators_1m AS
SELECT s.indicator_id AS id, s.event_ts / 1000000000 AS ts, i.symbol, s.cvd_fast, s.cvd_mid, s.cvd_day, s.atr_5m, s.vwap_30m, CAST(s.price AS DOUBLE PRECISION) AS price, s.score, s.signal
FROM signal_indicator s JOIN instrument i ON i.instrument_id = s.instrument_id WHERE s.cadence_s = 60;

CREATE OR REPLACE VIEW arb.signal_trades AS
SELECT b.bracket_id AS id, b.event_ts / 1000000000 AS ts_open, b.exit_ts / 1000000000 AS ts_close, i.symbol, b.direction,
       CAST(b.entry_price AS DOUBLE PRECISION) AS entry_price, CAST(b.exit_price AS DOUBLE PRECISION) AS exit_price, CAST(b.qty AS DOUBLE PRECISION) AS qty, b.score,
       CAST(b.pnl AS DOUBLE PRECISION) AS pnl, CAST(b.sl_price AS DOUBLE PRECISION) AS sl_price, CAST(b.tp1_price AS DOUBLE PRECISION) AS tp1_price, CAST(b.tp2_price AS DOUBLE PRECISION) AS tp2_price,
       CASE WHEN b.status = 'sl' THEN 'stopped' WHEN b.exit_ts IS NULL THEN 'open' ELSE 'closed' END AS status
FROM bracket_trade b JOIN instrument i ON i.instrument_id = b.instrument_id WHERE b.book = 'SIGNAL';

CREATE OR REPLACE VIEW arb.paper_trades AS
SELECT b.bracket_id AS id, i.symbol, b.direction, b.score, b.tier, CAST(b.entry_price AS DOUBLE PRECISION) AS entry_price, b.event_ts / 1000000 AS entry_ts,
       CAST(b.exit_price AS DOUBLE PRECISION) AS exit_price, b.exit_ts / 1000000 AS exit_ts, CAST(b.tp1_price AS DOUBLE PRECISION) AS tp1_price, CAST(b.tp2_price AS DOUBLE PRECISION) AS tp2_price,
       CAST(b.sl_price AS DOUBLE PRECISION) AS sl_price, b.tp1_hit, b.status, b.pnl_r, b.atr_at_entry, b.score_factors, b.strategy, ts_plain(b.ingest_ts) AS created_at
FROM bracket_trade b JOIN instrument i ON i.instrument_id = b.instrument_id WHERE b.book = 'PAPER';

CREATE OR REPLACE VIEW arb.live_trades AS
SELECT b.bracket_id AS id, i.symbol, b.strategy, b.direction, b.status, CAST(b.entry_price AS DOUBLE PRECISION) AS entry_price, CAST(b.exit_price AS DOUBLE PRECISION) AS exit_price,
       b.event_ts / 1000000 AS entry_ts, b.exit_ts / 1000000 AS exit_ts, CAST(b.sl_price AS DOUBLE PRECISION) AS sl_price, CAST(b.tp1_price AS DOUBLE PRECISION) AS tp1_price,
       CAST(b.tp2_price AS DOUBLE PRECISION) AS tp2_price, b.tp1_hit, CAST(b.score AS DOUBLE PRECISION) AS score, b.tier, b.pnl_r, CAST(b.fee AS DOUBLE PRECISION) AS fee_usdt,
       CAST(b.funding_fee AS DOUBLE PRECISION) AS funding_fee_usdt, CAST(b.risk_distance AS DOUBLE PRECISION) AS risk_distance, b.atr_at_entry, b.score_factors, b.indicator_id AS signal_id,
       o.venue_order_id AS binance_order_id, CAST(b.fill_price AS DOUBLE PRECISION) AS fill_price, b.slippage_bps, b.protection_gap_ms, b.signal_to_order_ms, b.order_to_fill_ms,
       CAST(b.qty AS DOUBLE PRECISION) AS qty, ts_plain(b.ingest_ts) AS created_at
FROM bracket_trade b JOIN instrument i ON i.instrument_id = b.instrument_id LEFT JOIN order_request o ON o.order_id = b.entry_order_id WHERE b.book = 'LIVE';

CREATE OR REPLACE VIEW arb.live_config AS SELECT key, value, label, ts_plain(updated_ts) AS updated_at FROM config_kv WHERE scope = 'live';

CREATE OR REPLACE VIEW arb.live_events AS
SELECT e.ops_event_id AS id, e.event_ts / 1000000 AS ts, CASE e.severity WHEN 'INFO' THEN 'info' WHEN 'WARN' THEN 'warning' ELSE 'error' END AS level, e.kind AS category,
       i.symbol, e.message, e.detail
FROM ops_event e LEFT JOIN instrument i ON i.instrument_id = e.instrument_id WHERE e.category = 'TRADE';

CREATE OR REPLACE VIEW arb.signal_logs AS
SELECT s.plugin_signal_id AS id, i.symbol, CAST(s.payload ->> 'rate' AS DOUBLE PRECISION) AS rate, CAST(s.payload ->> 'annualized' AS DOUBLE PRECISION) AS annualized,
       ts_iso(s.event_ts) AS sent_at, s.payload ->> 'message' AS message
FROM plugin_signal s LEFT JOIN instrument i ON i.instrument_id = s.instrument_id WHERE s.plugin = 'funding_alert';

CREATE OR REPLACE VIEW arb.market_indicators AS
SELECT i.symbol, s.kind AS indicator_type, s.event_ts / 1000000 AS timestamp_ms, s.payload AS value
FROM plugin_signal s JOIN instrument i ON i.instrument_id = s.instrument_id WHERE s.plugin = 'market_data';

CREATE OR REPLACE VIEW arb.users AS
SELECT user_id AS id, email, password_hash, discord_id, role, CAST(banned AS INTEGER) AS banned, ts_iso(created_ts) AS created_at FROM app_user;

CREATE OR REPLACE VIEW arb.subscriptions AS SELECT user_id, subscription_tier AS tier, ts_iso(subscription_expires_ts) AS expires_at FROM app_user;

CREATE OR REPLACE VIEW arb.invite_codes AS
SELECT code_id AS id, code, created_by, max_uses, used_count, status, ts_iso(expires_ts) AS expires_at FROM invite_code;

CREATE OR REPLACE VIEW arb.invite_usage AS SELECT usage_id AS id, code_id, user_id, ts_iso(used_ts) AS used_at FROM invite_usage;

CREATE OR REPLACE VIEW arb.refresh_tokens AS       -- token shows the hash
SELECT refresh_token_id AS id, user_id, token_hash AS token, ts_iso(expires_ts) AS expires_at, CAST(revoked AS INTEGER) AS revoked FROM refresh_token;
