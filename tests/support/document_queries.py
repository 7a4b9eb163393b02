"""The three queries of document 001, section 5, word for word."""

DAILY_PNL = """\
SELECT
  date(ts_ms/1000, 'unixepoch') AS day,
  strategy,
  SUM(pnl_usd) AS pnl_usd
FROM pnl_ledger
WHERE run_id = :run_id
GROUP BY day, strategy
ORDER BY day, pnl_usd DESC;
"""
TRACE = """\
SELECT
  i.intent_id, i.strategy, i.intent_kind, i.side, i.price, i.size, i.expected_value,
  a.approved, a.reason,
  o.order_id, o.client_order_id, o.status, o.ts_submitted_ms, o.ts_acked_ms,
  f.fill_id, f.ts_ms AS fill_ts, f.price AS fill_px, f.qty AS fill_qty, f.fee_usd
FROM strategy_intents i
LEFT JOIN arbiter_approvals a ON a.intent_id = i.intent_id
LEFT JOIN orders o ON o.intent_id = i.intent_id
LEFT JOIN fills f ON f.client_order_id = o.client_order_id
WHERE i.intent_id = :intent_id;
"""
LATENCY = """\
SELECT
  strategy,
  AVG(submit_latency_ms) AS avg_ms,
  MAX(submit_latency_ms) AS max_ms
FROM orders
WHERE run_id = :run_id AND submit_latency_ms IS NOT NULL
GROUP BY strategy;
"""
