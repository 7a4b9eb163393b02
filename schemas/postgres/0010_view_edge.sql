-- The documents' names and units, read-only: document 000. Timestamps stay ns; BACK = buy the outcome, LAY = sell it.

CREATE SCHEMA IF NOT EXISTS edge;

CREATE OR REPLACE VIEW edge.raw_stream_frames AS
SELECT run_id, source, seq, topic AS stream_type, event_ts, ingest_ts, 'v' || schema_version AS schema_version, payload FROM raw_event;

CREATE OR REPLACE VIEW edge.canonical_orderbook AS      -- available to BACK = resting sell interest
SELECT b.run_id, i.market_id, i.selection_id, CASE b.side WHEN 'SELL' THEN 'BACK' ELSE 'LAY' END AS side, b.level, b.event_ts AS asof_ts,
       b.price, b.size, 'v' || b.schema_version AS schema_version, b.source, b.ingest_ts, b.event_ts
FROM book_level b JOIN instrument i ON i.instrument_id = b.instrument_id;

CREATE OR REPLACE VIEW edge.canonical_events AS
SELECT e.event_id, e.run_id, i.market_id, i.selection_id, e.event_type, e.payload, 'v' || e.schema_version AS schema_version, e.source, e.ingest_ts, e.event_ts
FROM market_event e LEFT JOIN instrument i ON i.instrument_id = e.instrument_id;

CREATE OR REPLACE VIEW edge.model_outputs AS
SELECT p.run_id, i.market_id, i.selection_id, p.model_name, p.event_ts AS asof_ts, p.probability, p.fair_price, p.detail,
       'v' || p.schema_version AS schema_version, p.source, p.ingest_ts, p.event_ts
FROM model_prediction p JOIN instrument i ON i.instrument_id = p.instrument_id WHERE p.horizon = '';

CREATE OR REPLACE VIEW edge.value_signals AS
SELECT s.run_id, i.market_id, i.selection_id, CASE s.side WHEN 'BUY' THEN 'BACK' ELSE 'LAY' END AS side, s.event_ts AS asof_ts,
       s.signal_id, s.strategy, s.probability, s.market_price, s.fair_price, s.expected_value, s.target_notional,
       'v' || s.schema_version AS schema_version, s.source, s.ingest_ts, s.event_ts
FROM trade_signal s JOIN instrument i ON i.instrument_id = s.instrument_id WHERE s.side <> 'NONE';

CREATE OR REPLACE VIEW edge.decisions AS
SELECT d.decision_id, d.run_id, i.market_id, i.selection_id, CASE n.side WHEN 'BUY' THEN 'BACK' WHEN 'SELL' THEN 'LAY' END AS side,
       d.intent_id, n.signal_id, n.strategy, d.approved, d.reason, d.approved_price AS price, d.approved_qty AS stake,
       'v' || d.schema_version AS schema_version, d.source, d.ingest_ts, d.event_ts
FROM arbiter_decision d JOIN strategy_intent n ON n.intent_id = d.intent_id JOIN instrument i ON i.instrument_id = n.instrument_id
WHERE d.book = 'MAIN';

CREATE OR REPLACE VIEW edge.orders AS
SELECT o.client_order_id, o.run_id, i.market_id, i.selection_id, CASE o.side WHEN 'BUY' THEN 'BACK' ELSE 'LAY' END AS side,
       o.decision_id, o.venue_order_id, o.status, o.limit_price AS price, o.qty AS stake, 'v' || o.schema_version AS schema_version, o.source, o.ingest_ts, o.event_ts
FROM order_request o JOIN instrument i ON i.instrument_id = o.instrument_id WHERE o.book = 'MAIN';

CREATE OR REPLACE VIEW edge.ledger_events AS
SELECT ledger_seq, event_id, event_type, client_order_id, amount, event_ts, run_id, source, ingest_ts, 'v' || schema_version AS schema_version FROM ledger_event
WHERE chain_book = 'MAIN';

CREATE OR REPLACE VIEW edge.clv_marks AS
SELECT run_id, client_order_id, event_ts AS mark_ts, entry_price, mark_price, clv_bps, source, ingest_ts, event_ts, 'v' || schema_version AS schema_version FROM clv_mark;
