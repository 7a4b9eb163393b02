-- Written by schemas/translate.py from schemas/postgres/0005_execution.sql; edit that file.

CREATE TABLE IF NOT EXISTS order_request (
  order_id INTEGER PRIMARY KEY,
  schema_version INTEGER NOT NULL DEFAULT 1,
  source TEXT NOT NULL,
  ingest_ts INTEGER NOT NULL,
  event_ts INTEGER NOT NULL,
  run_id TEXT NOT NULL REFERENCES run (run_id),
  journal_seq INTEGER NOT NULL,
  client_order_id TEXT NOT NULL,
  venue_order_id TEXT,
  cycle_id TEXT,
  run_mode TEXT NOT NULL CHECK (run_mode IN ('BACKTEST', 'PAPER', 'LIVE')),
  hour_ts INTEGER NOT NULL,
  account_id INTEGER NOT NULL REFERENCES account (account_id),
  book TEXT NOT NULL DEFAULT 'MAIN' CHECK (book IN ('MAIN', 'SHADOW')),
  decision_id INTEGER REFERENCES arbiter_decision (decision_id),
  intent_id INTEGER REFERENCES strategy_intent (intent_id),
  leg INTEGER NOT NULL DEFAULT 0,
  attempt INTEGER NOT NULL DEFAULT 0,
  signal_id INTEGER,
  strategy TEXT NOT NULL,
  venue TEXT NOT NULL,
  instrument_id INTEGER NOT NULL REFERENCES instrument (instrument_id),
  side TEXT NOT NULL CHECK (side IN ('BUY', 'SELL')),
  outcome TEXT NOT NULL DEFAULT '' CHECK (outcome IN ('', 'YES', 'NO')),
  order_type TEXT NOT NULL CHECK (order_type IN ('LIMIT', 'MARKET')),
  tif TEXT CHECK (tif IN ('GTC', 'IOC', 'FOK', 'GTD')),
  post_only INTEGER NOT NULL DEFAULT FALSE CHECK (post_only IN (0, 1)),
  reduce_only INTEGER NOT NULL DEFAULT FALSE CHECK (reduce_only IN (0, 1)),
  expiry_ts INTEGER,
  status TEXT NOT NULL DEFAULT 'NEW' CHECK (status IN ('NEW', 'ACK', 'OPEN', 'PARTIAL', 'FILLED', 'CANCELLED', 'EXPIRED', 'REJECTED', 'UNKNOWN', 'FAILED')),
  limit_price TEXT NOT NULL CHECK (CAST(limit_price AS REAL) >= 0) CHECK (limit_price NOT GLOB '*[^-0-9.]*' AND limit_price NOT GLOB '*.*.*' AND limit_price GLOB '*[0-9]' AND limit_price NOT GLOB '?*-*'),
  qty TEXT NOT NULL CHECK (CAST(qty AS REAL) >= 0) CHECK (qty NOT GLOB '*[^-0-9.]*' AND qty NOT GLOB '*.*.*' AND qty GLOB '*[0-9]' AND qty NOT GLOB '?*-*'),
  requested_notional TEXT NOT NULL CHECK (CAST(requested_notional AS REAL) >= 0) CHECK (requested_notional NOT GLOB '*[^-0-9.]*' AND requested_notional NOT GLOB '*.*.*' AND requested_notional GLOB '*[0-9]' AND requested_notional NOT GLOB '?*-*'),
  pre_order_cash_available TEXT NOT NULL CHECK (pre_order_cash_available NOT GLOB '*[^-0-9.]*' AND pre_order_cash_available NOT GLOB '*.*.*' AND pre_order_cash_available GLOB '*[0-9]' AND pre_order_cash_available NOT GLOB '?*-*'),
  acked_ts INTEGER,
  final_ts INTEGER,
  notes TEXT NOT NULL DEFAULT '',
  CONSTRAINT fk_order_request_signal_identity FOREIGN KEY (signal_id) REFERENCES trade_signal (signal_id) ON UPDATE RESTRICT ON DELETE RESTRICT,
  CONSTRAINT fk_order_request_context FOREIGN KEY (cycle_id, run_mode, hour_ts) REFERENCES run_context (cycle_id, run_mode, hour_ts),
  CONSTRAINT ck_order_request_hour_aligned CHECK (hour_ts % 3600000000000 = 0),
  CONSTRAINT ck_order_request_no_leverage CHECK (CAST(requested_notional AS REAL) <= 0 OR decision_id IS NULL OR reduce_only OR CAST(requested_notional AS REAL) <= CAST(pre_order_cash_available AS REAL)),
  CONSTRAINT ck_order_request_core_signal CHECK (cycle_id IS NULL OR signal_id IS NOT NULL)
) STRICT;

CREATE UNIQUE INDEX IF NOT EXISTS idx_orders_client_oid ON order_request (client_order_id);

CREATE INDEX IF NOT EXISTS idx_orders_order_id ON order_request (venue_order_id);

CREATE INDEX IF NOT EXISTS idx_orders_intent ON order_request (intent_id);

CREATE INDEX IF NOT EXISTS idx_orders_market_ts ON order_request (instrument_id, event_ts);

CREATE INDEX IF NOT EXISTS idx_orders_strategy_ts ON order_request (strategy, event_ts);

CREATE TABLE IF NOT EXISTS order_fill (
  fill_id INTEGER PRIMARY KEY,
  schema_version INTEGER NOT NULL DEFAULT 1,
  source TEXT NOT NULL,
  ingest_ts INTEGER NOT NULL,
  event_ts INTEGER NOT NULL,
  run_id TEXT NOT NULL REFERENCES run (run_id),
  journal_seq INTEGER NOT NULL,
  order_id INTEGER NOT NULL REFERENCES order_request (order_id),
  client_order_id TEXT NOT NULL REFERENCES order_request (client_order_id),
  exchange_trade_id TEXT NOT NULL,
  venue_order_id TEXT,
  venue TEXT NOT NULL,
  account_id INTEGER NOT NULL REFERENCES account (account_id),
  book TEXT NOT NULL DEFAULT 'MAIN' CHECK (book IN ('MAIN', 'SHADOW')),
  instrument_id INTEGER NOT NULL REFERENCES instrument (instrument_id),
  strategy TEXT NOT NULL,
  side TEXT NOT NULL CHECK (side IN ('BUY', 'SELL')),
  outcome TEXT NOT NULL DEFAULT '' CHECK (outcome IN ('', 'YES', 'NO')),
  price TEXT NOT NULL CHECK (CAST(price AS REAL) >= 0) CHECK (price NOT GLOB '*[^-0-9.]*' AND price NOT GLOB '*.*.*' AND price GLOB '*[0-9]' AND price NOT GLOB '?*-*'),
  qty TEXT NOT NULL CHECK (CAST(qty AS REAL) > 0) CHECK (qty NOT GLOB '*[^-0-9.]*' AND qty NOT GLOB '*.*.*' AND qty GLOB '*[0-9]' AND qty NOT GLOB '?*-*'),
  asset TEXT NOT NULL,
  fee TEXT NOT NULL DEFAULT 0 CHECK (fee NOT GLOB '*[^-0-9.]*' AND fee NOT GLOB '*.*.*' AND fee GLOB '*[0-9]' AND fee NOT GLOB '?*-*'),
  fee_asset TEXT NOT NULL DEFAULT '',
  fee_asset_qty TEXT NOT NULL DEFAULT 0 CHECK (fee_asset_qty NOT GLOB '*[^-0-9.]*' AND fee_asset_qty NOT GLOB '*.*.*' AND fee_asset_qty GLOB '*[0-9]' AND fee_asset_qty NOT GLOB '?*-*'),
  liquidity TEXT NOT NULL DEFAULT '' CHECK (liquidity IN ('', 'MAKER', 'TAKER')),
  raw_json TEXT,
  CONSTRAINT uq_order_fill_order_exchange_trade UNIQUE (order_id, exchange_trade_id)
) STRICT;

CREATE INDEX IF NOT EXISTS idx_fills_order_id ON order_fill (venue_order_id);

CREATE INDEX IF NOT EXISTS idx_fills_client_oid ON order_fill (client_order_id);

CREATE INDEX IF NOT EXISTS idx_fills_market_ts ON order_fill (instrument_id, event_ts);

CREATE INDEX IF NOT EXISTS idx_fills_strategy_ts ON order_fill (strategy, event_ts);

CREATE TABLE IF NOT EXISTS executed_trade (
  trade_id INTEGER PRIMARY KEY,
  schema_version INTEGER NOT NULL DEFAULT 1,
  source TEXT NOT NULL,
  ingest_ts INTEGER NOT NULL,
  event_ts INTEGER NOT NULL,
  run_id TEXT NOT NULL REFERENCES run (run_id),
  journal_seq INTEGER NOT NULL,
  fill_id INTEGER NOT NULL REFERENCES order_fill (fill_id),
  leg INTEGER NOT NULL CHECK (leg >= 0),
  cycle_id TEXT REFERENCES run_context (cycle_id),
  account_id INTEGER NOT NULL REFERENCES account (account_id),
  book TEXT NOT NULL DEFAULT 'MAIN' CHECK (book IN ('MAIN', 'SHADOW')),
  instrument_id INTEGER NOT NULL REFERENCES instrument (instrument_id),
  strategy TEXT NOT NULL,
  side TEXT NOT NULL CHECK (side IN ('BUY', 'SELL')),
  outcome TEXT NOT NULL DEFAULT '' CHECK (outcome IN ('', 'YES', 'NO')),
  qty TEXT NOT NULL CHECK (CAST(qty AS REAL) > 0) CHECK (qty NOT GLOB '*[^-0-9.]*' AND qty NOT GLOB '*.*.*' AND qty GLOB '*[0-9]' AND qty NOT GLOB '?*-*'),
  entry_price TEXT NOT NULL CHECK (CAST(entry_price AS REAL) >= 0) CHECK (entry_price NOT GLOB '*[^-0-9.]*' AND entry_price NOT GLOB '*.*.*' AND entry_price GLOB '*[0-9]' AND entry_price NOT GLOB '?*-*'),
  is_closed INTEGER NOT NULL CHECK (is_closed IN (0, 1)),
  exit_price TEXT NOT NULL DEFAULT 0 CHECK (CAST(exit_price AS REAL) >= 0) CHECK (exit_price NOT GLOB '*[^-0-9.]*' AND exit_price NOT GLOB '*.*.*' AND exit_price GLOB '*[0-9]' AND exit_price NOT GLOB '?*-*'),
  asset TEXT NOT NULL,
  fee TEXT NOT NULL DEFAULT 0 CHECK (fee NOT GLOB '*[^-0-9.]*' AND fee NOT GLOB '*.*.*' AND fee GLOB '*[0-9]' AND fee NOT GLOB '?*-*'),
  borrow_cost TEXT NOT NULL DEFAULT 0 CHECK (borrow_cost NOT GLOB '*[^-0-9.]*' AND borrow_cost NOT GLOB '*.*.*' AND borrow_cost GLOB '*[0-9]' AND borrow_cost NOT GLOB '?*-*'),
  cost_bps REAL NOT NULL DEFAULT 0,
  realized_pnl TEXT NOT NULL DEFAULT 0 CHECK (realized_pnl NOT GLOB '*[^-0-9.]*' AND realized_pnl NOT GLOB '*.*.*' AND realized_pnl GLOB '*[0-9]' AND realized_pnl NOT GLOB '?*-*'),
  position_after TEXT NOT NULL CHECK (position_after NOT GLOB '*[^-0-9.]*' AND position_after NOT GLOB '*.*.*' AND position_after GLOB '*[0-9]' AND position_after NOT GLOB '?*-*'),
  CONSTRAINT uq_executed_trade_fill_leg UNIQUE (fill_id, leg),
  CONSTRAINT ck_executed_trade_exit CHECK (is_closed OR CAST(exit_price AS REAL) <= 0)
) STRICT;

CREATE INDEX IF NOT EXISTS idx_executed_trade_run_ts ON executed_trade (run_id, event_ts);

CREATE TABLE IF NOT EXISTS bracket_trade (
  bracket_id INTEGER PRIMARY KEY,
  schema_version INTEGER NOT NULL DEFAULT 1,
  source TEXT NOT NULL,
  ingest_ts INTEGER NOT NULL,
  event_ts INTEGER NOT NULL,
  run_id TEXT NOT NULL REFERENCES run (run_id),
  journal_seq INTEGER NOT NULL,
  book TEXT NOT NULL CHECK (book IN ('SIGNAL', 'PAPER', 'LIVE')),
  instrument_id INTEGER NOT NULL REFERENCES instrument (instrument_id),
  strategy TEXT NOT NULL DEFAULT 'v51_baseline',
  direction TEXT NOT NULL CHECK (direction IN ('LONG', 'SHORT')),
  status TEXT NOT NULL DEFAULT 'active' CHECK (status IN ('active', 'tp1', 'tp2', 'sl', 'timeout', 'closed')),
  score INTEGER CHECK (score BETWEEN 0 AND 100),
  tier TEXT CHECK (tier IN ('light', 'standard', 'heavy')),
  qty TEXT NOT NULL CHECK (CAST(qty AS REAL) > 0) CHECK (qty NOT GLOB '*[^-0-9.]*' AND qty NOT GLOB '*.*.*' AND qty GLOB '*[0-9]' AND qty NOT GLOB '?*-*'),
  entry_price TEXT NOT NULL CHECK (CAST(entry_price AS REAL) > 0) CHECK (entry_price NOT GLOB '*[^-0-9.]*' AND entry_price NOT GLOB '*.*.*' AND entry_price GLOB '*[0-9]' AND entry_price NOT GLOB '?*-*'),
  exit_price TEXT CHECK (CAST(exit_price AS REAL) > 0) CHECK (exit_price NOT GLOB '*[^-0-9.]*' AND exit_price NOT GLOB '*.*.*' AND exit_price GLOB '*[0-9]' AND exit_price NOT GLOB '?*-*'),
  exit_ts INTEGER,
  sl_price TEXT NOT NULL CHECK (CAST(sl_price AS REAL) > 0) CHECK (sl_price NOT GLOB '*[^-0-9.]*' AND sl_price NOT GLOB '*.*.*' AND sl_price GLOB '*[0-9]' AND sl_price NOT GLOB '?*-*'),
  tp1_price TEXT NOT NULL CHECK (CAST(tp1_price AS REAL) > 0) CHECK (tp1_price NOT GLOB '*[^-0-9.]*' AND tp1_price NOT GLOB '*.*.*' AND tp1_price GLOB '*[0-9]' AND tp1_price NOT GLOB '?*-*'),
  tp2_price TEXT NOT NULL CHECK (CAST(tp2_price AS REAL) > 0) CHECK (tp2_price NOT GLOB '*[^-0-9.]*' AND tp2_price NOT GLOB '*.*.*' AND tp2_price GLOB '*[0-9]' AND tp2_price NOT GLOB '?*-*'),
  tp1_hit INTEGER NOT NULL DEFAULT FALSE CHECK (tp1_hit IN (0, 1)),
  pnl TEXT NOT NULL DEFAULT 0 CHECK (pnl NOT GLOB '*[^-0-9.]*' AND pnl NOT GLOB '*.*.*' AND pnl GLOB '*[0-9]' AND pnl NOT GLOB '?*-*'),
  pnl_r REAL,
  fee TEXT NOT NULL DEFAULT 0 CHECK (fee NOT GLOB '*[^-0-9.]*' AND fee NOT GLOB '*.*.*' AND fee GLOB '*[0-9]' AND fee NOT GLOB '?*-*'),
  funding_fee TEXT NOT NULL DEFAULT 0 CHECK (funding_fee NOT GLOB '*[^-0-9.]*' AND funding_fee NOT GLOB '*.*.*' AND funding_fee GLOB '*[0-9]' AND funding_fee NOT GLOB '?*-*'),
  risk_distance TEXT NOT NULL CHECK (CAST(risk_distance AS REAL) > 0) CHECK (risk_distance NOT GLOB '*[^-0-9.]*' AND risk_distance NOT GLOB '*.*.*' AND risk_distance GLOB '*[0-9]' AND risk_distance NOT GLOB '?*-*'),
  atr_at_entry REAL,
  score_factors TEXT /* JSONB */ NOT NULL DEFAULT '{}' CHECK (json_valid(score_factors)),
  indicator_id INTEGER REFERENCES signal_indicator (indicator_id),
  entry_order_id INTEGER REFERENCES order_request (order_id),
  fill_price TEXT CHECK (CAST(fill_price AS REAL) > 0) CHECK (fill_price NOT GLOB '*[^-0-9.]*' AND fill_price NOT GLOB '*.*.*' AND fill_price GLOB '*[0-9]' AND fill_price NOT GLOB '?*-*'),
  slippage_bps REAL,
  protection_gap_ms INTEGER CHECK (protection_gap_ms >= 0),
  signal_to_order_ms INTEGER CHECK (signal_to_order_ms >= 0),
  order_to_fill_ms INTEGER CHECK (order_to_fill_ms >= 0),
  CONSTRAINT ck_bracket_trade_exit CHECK ((exit_ts IS NULL) = (CAST(exit_price AS REAL) IS NULL)),
  CONSTRAINT ck_bracket_trade_levels CHECK ( (direction = 'LONG' AND CAST(tp1_price AS REAL) > CAST(entry_price AS REAL) AND CAST(tp2_price AS REAL) >= CAST(tp1_price AS REAL)) OR (direction = 'SHORT' AND CAST(tp1_price AS REAL) < CAST(entry_price AS REAL) AND CAST(tp2_price AS REAL) <= CAST(tp1_price AS REAL)))
) STRICT;

CREATE INDEX IF NOT EXISTS idx_bracket_trade_book_status ON bracket_trade (book, status, instrument_id);

CREATE TABLE IF NOT EXISTS ledger_event (
  ledger_seq INTEGER PRIMARY KEY,
  schema_version INTEGER NOT NULL DEFAULT 1,
  source TEXT NOT NULL,
  ingest_ts INTEGER NOT NULL,
  event_ts INTEGER NOT NULL,
  run_id TEXT NOT NULL REFERENCES run (run_id),
  journal_seq INTEGER NOT NULL,
  event_id TEXT NOT NULL UNIQUE,
  book TEXT NOT NULL CHECK (book IN ('CASH', 'PNL', 'ORDER')),
  chain_book TEXT NOT NULL DEFAULT 'MAIN' CHECK (chain_book IN ('MAIN', 'SHADOW')),
  event_type TEXT NOT NULL,
  account_id INTEGER NOT NULL REFERENCES account (account_id),
  cycle_id TEXT REFERENCES run_context (cycle_id),
  instrument_id INTEGER REFERENCES instrument (instrument_id),
  strategy TEXT,
  client_order_id TEXT REFERENCES order_request (client_order_id),
  ref TEXT,
  asset TEXT NOT NULL DEFAULT '',
  amount TEXT NOT NULL CHECK (amount NOT GLOB '*[^-0-9.]*' AND amount NOT GLOB '*.*.*' AND amount GLOB '*[0-9]' AND amount NOT GLOB '?*-*'),
  balance_after TEXT NOT NULL DEFAULT 0 CHECK (balance_after NOT GLOB '*[^-0-9.]*' AND balance_after NOT GLOB '*.*.*' AND balance_after GLOB '*[0-9]' AND balance_after NOT GLOB '?*-*'),
  notes TEXT,
  CONSTRAINT ck_ledger_event_type CHECK ( (book = 'CASH' AND event_type IN ('deposit', 'withdrawal', 'trade', 'fee', 'funding', 'settlement', 'adjustment')) OR (book = 'PNL' AND event_type IN ('realized', 'mtm', 'fee', 'funding', 'adjustment')) OR (book = 'ORDER' AND client_order_id IS NOT NULL)),
  CONSTRAINT ck_ledger_event_asset CHECK (book = 'ORDER' OR asset <> '')
) STRICT;

CREATE INDEX IF NOT EXISTS idx_pnl_run_ts ON ledger_event (run_id, book, event_ts);

CREATE INDEX IF NOT EXISTS idx_pnl_market_ts ON ledger_event (instrument_id, event_ts);

CREATE INDEX IF NOT EXISTS idx_pnl_strategy_ts ON ledger_event (strategy, event_ts);

CREATE TABLE IF NOT EXISTS clv_mark (
  run_id TEXT NOT NULL REFERENCES run (run_id),
  client_order_id TEXT NOT NULL REFERENCES order_request (client_order_id),
  event_ts INTEGER NOT NULL,
  schema_version INTEGER NOT NULL DEFAULT 1,
  source TEXT NOT NULL,
  ingest_ts INTEGER NOT NULL,
  journal_seq INTEGER NOT NULL,
  entry_price TEXT NOT NULL CHECK (CAST(entry_price AS REAL) > 0) CHECK (entry_price NOT GLOB '*[^-0-9.]*' AND entry_price NOT GLOB '*.*.*' AND entry_price GLOB '*[0-9]' AND entry_price NOT GLOB '?*-*'),
  mark_price TEXT NOT NULL CHECK (CAST(mark_price AS REAL) > 0) CHECK (mark_price NOT GLOB '*[^-0-9.]*' AND mark_price NOT GLOB '*.*.*' AND mark_price GLOB '*[0-9]' AND mark_price NOT GLOB '?*-*'),
  clv_bps REAL NOT NULL,
  CONSTRAINT pk_clv_mark PRIMARY KEY (run_id, client_order_id, event_ts)
) STRICT;

CREATE TABLE IF NOT EXISTS portfolio_snapshot (
  portfolio_snapshot_id INTEGER PRIMARY KEY,
  schema_version INTEGER NOT NULL DEFAULT 1,
  source TEXT NOT NULL,
  ingest_ts INTEGER NOT NULL,
  event_ts INTEGER NOT NULL,
  run_id TEXT NOT NULL REFERENCES run (run_id),
  journal_seq INTEGER NOT NULL,
  account_id INTEGER NOT NULL REFERENCES account (account_id),
  book TEXT NOT NULL DEFAULT 'MAIN' CHECK (book IN ('MAIN', 'SHADOW')),
  asset TEXT NOT NULL,
  cash TEXT NOT NULL CHECK (cash NOT GLOB '*[^-0-9.]*' AND cash NOT GLOB '*.*.*' AND cash GLOB '*[0-9]' AND cash NOT GLOB '?*-*'),
  position_value TEXT NOT NULL CHECK (position_value NOT GLOB '*[^-0-9.]*' AND position_value NOT GLOB '*.*.*' AND position_value GLOB '*[0-9]' AND position_value NOT GLOB '?*-*'),
  equity TEXT NOT NULL CHECK (equity NOT GLOB '*[^-0-9.]*' AND equity NOT GLOB '*.*.*' AND equity GLOB '*[0-9]' AND equity NOT GLOB '?*-*'),
  initial_value TEXT NOT NULL CHECK (initial_value NOT GLOB '*[^-0-9.]*' AND initial_value NOT GLOB '*.*.*' AND initial_value GLOB '*[0-9]' AND initial_value NOT GLOB '?*-*'),
  realized_pnl TEXT NOT NULL CHECK (realized_pnl NOT GLOB '*[^-0-9.]*' AND realized_pnl NOT GLOB '*.*.*' AND realized_pnl GLOB '*[0-9]' AND realized_pnl NOT GLOB '?*-*'),
  unrealized_pnl TEXT NOT NULL CHECK (unrealized_pnl NOT GLOB '*[^-0-9.]*' AND unrealized_pnl NOT GLOB '*.*.*' AND unrealized_pnl GLOB '*[0-9]' AND unrealized_pnl NOT GLOB '?*-*'),
  fees TEXT NOT NULL DEFAULT 0 CHECK (fees NOT GLOB '*[^-0-9.]*' AND fees NOT GLOB '*.*.*' AND fees GLOB '*[0-9]' AND fees NOT GLOB '?*-*'),
  funding TEXT NOT NULL DEFAULT 0 CHECK (funding NOT GLOB '*[^-0-9.]*' AND funding NOT GLOB '*.*.*' AND funding GLOB '*[0-9]' AND funding NOT GLOB '?*-*'),
  adjustments TEXT NOT NULL DEFAULT 0 CHECK (adjustments NOT GLOB '*[^-0-9.]*' AND adjustments NOT GLOB '*.*.*' AND adjustments GLOB '*[0-9]' AND adjustments NOT GLOB '?*-*'),
  gross_exposure TEXT NOT NULL CHECK (CAST(gross_exposure AS REAL) >= 0) CHECK (gross_exposure NOT GLOB '*[^-0-9.]*' AND gross_exposure NOT GLOB '*.*.*' AND gross_exposure GLOB '*[0-9]' AND gross_exposure NOT GLOB '?*-*'),
  net_exposure TEXT NOT NULL CHECK (net_exposure NOT GLOB '*[^-0-9.]*' AND net_exposure NOT GLOB '*.*.*' AND net_exposure GLOB '*[0-9]' AND net_exposure NOT GLOB '?*-*'),
  max_loss TEXT NOT NULL CHECK (CAST(max_loss AS REAL) >= 0) CHECK (max_loss NOT GLOB '*[^-0-9.]*' AND max_loss NOT GLOB '*.*.*' AND max_loss GLOB '*[0-9]' AND max_loss NOT GLOB '?*-*'),
  peak_equity TEXT NOT NULL CHECK (peak_equity NOT GLOB '*[^-0-9.]*' AND peak_equity NOT GLOB '*.*.*' AND peak_equity GLOB '*[0-9]' AND peak_equity NOT GLOB '?*-*'),
  drawdown TEXT NOT NULL CHECK (CAST(drawdown AS REAL) >= 0) CHECK (drawdown NOT GLOB '*[^-0-9.]*' AND drawdown NOT GLOB '*.*.*' AND drawdown GLOB '*[0-9]' AND drawdown NOT GLOB '?*-*'),
  drawdown_pct TEXT NOT NULL CHECK (CAST(drawdown_pct AS REAL) >= 0) CHECK (drawdown_pct NOT GLOB '*[^-0-9.]*' AND drawdown_pct NOT GLOB '*.*.*' AND drawdown_pct GLOB '*[0-9]' AND drawdown_pct NOT GLOB '?*-*'),
  drawdown_tier TEXT NOT NULL DEFAULT 'NORMAL' CHECK (drawdown_tier IN ('NORMAL', 'DD10', 'DD15', 'HALT20')),
  cost_drag TEXT NOT NULL DEFAULT 0 CHECK (cost_drag NOT GLOB '*[^-0-9.]*' AND cost_drag NOT GLOB '*.*.*' AND cost_drag GLOB '*[0-9]' AND cost_drag NOT GLOB '?*-*'),
  open_orders_count INTEGER NOT NULL DEFAULT 0 CHECK (open_orders_count >= 0),
  CONSTRAINT uq_portfolio_snapshot UNIQUE (run_id, account_id, book, asset, event_ts, journal_seq)
) STRICT;

CREATE TABLE IF NOT EXISTS portfolio_balance (
  portfolio_snapshot_id INTEGER NOT NULL REFERENCES portfolio_snapshot (portfolio_snapshot_id),
  asset TEXT NOT NULL,
  schema_version INTEGER NOT NULL DEFAULT 1,
  source TEXT NOT NULL,
  ingest_ts INTEGER NOT NULL,
  event_ts INTEGER NOT NULL,
  run_id TEXT NOT NULL REFERENCES run (run_id),
  journal_seq INTEGER NOT NULL,
  amount TEXT NOT NULL CHECK (amount NOT GLOB '*[^-0-9.]*' AND amount NOT GLOB '*.*.*' AND amount GLOB '*[0-9]' AND amount NOT GLOB '?*-*'),
  value TEXT NOT NULL CHECK (value NOT GLOB '*[^-0-9.]*' AND value NOT GLOB '*.*.*' AND value GLOB '*[0-9]' AND value NOT GLOB '?*-*'),
  CONSTRAINT pk_portfolio_balance PRIMARY KEY (portfolio_snapshot_id, asset)
) STRICT;

CREATE TABLE IF NOT EXISTS portfolio_position (
  portfolio_snapshot_id INTEGER NOT NULL REFERENCES portfolio_snapshot (portfolio_snapshot_id),
  instrument_id INTEGER NOT NULL REFERENCES instrument (instrument_id),
  schema_version INTEGER NOT NULL DEFAULT 1,
  source TEXT NOT NULL,
  ingest_ts INTEGER NOT NULL,
  event_ts INTEGER NOT NULL,
  run_id TEXT NOT NULL REFERENCES run (run_id),
  journal_seq INTEGER NOT NULL,
  qty TEXT NOT NULL CHECK (qty NOT GLOB '*[^-0-9.]*' AND qty NOT GLOB '*.*.*' AND qty GLOB '*[0-9]' AND qty NOT GLOB '?*-*'),
  mark_price TEXT CHECK (mark_price NOT GLOB '*[^-0-9.]*' AND mark_price NOT GLOB '*.*.*' AND mark_price GLOB '*[0-9]' AND mark_price NOT GLOB '?*-*'),
  stale INTEGER NOT NULL CHECK (stale IN (0, 1)),
  value TEXT NOT NULL CHECK (value NOT GLOB '*[^-0-9.]*' AND value NOT GLOB '*.*.*' AND value GLOB '*[0-9]' AND value NOT GLOB '?*-*'),
  exposure TEXT NOT NULL CHECK (exposure NOT GLOB '*[^-0-9.]*' AND exposure NOT GLOB '*.*.*' AND exposure GLOB '*[0-9]' AND exposure NOT GLOB '?*-*'),
  CONSTRAINT pk_portfolio_position PRIMARY KEY (portfolio_snapshot_id, instrument_id)
) STRICT;

CREATE TABLE IF NOT EXISTS portfolio_hourly_state (
  account_id INTEGER NOT NULL REFERENCES account (account_id),
  run_mode TEXT NOT NULL CHECK (run_mode IN ('BACKTEST', 'PAPER', 'LIVE')),
  hour_ts INTEGER NOT NULL,
  cycle_id TEXT NOT NULL,
  schema_version INTEGER NOT NULL DEFAULT 1,
  source TEXT NOT NULL,
  ingest_ts INTEGER NOT NULL,
  event_ts INTEGER NOT NULL,
  run_id TEXT NOT NULL REFERENCES run (run_id),
  journal_seq INTEGER NOT NULL,
  cash_balance TEXT NOT NULL CHECK (cash_balance NOT GLOB '*[^-0-9.]*' AND cash_balance NOT GLOB '*.*.*' AND cash_balance GLOB '*[0-9]' AND cash_balance NOT GLOB '?*-*'),
  position_value TEXT NOT NULL CHECK (position_value NOT GLOB '*[^-0-9.]*' AND position_value NOT GLOB '*.*.*' AND position_value GLOB '*[0-9]' AND position_value NOT GLOB '?*-*'),
  equity TEXT NOT NULL CHECK (equity NOT GLOB '*[^-0-9.]*' AND equity NOT GLOB '*.*.*' AND equity GLOB '*[0-9]' AND equity NOT GLOB '?*-*'),
  peak_equity TEXT NOT NULL CHECK (peak_equity NOT GLOB '*[^-0-9.]*' AND peak_equity NOT GLOB '*.*.*' AND peak_equity GLOB '*[0-9]' AND peak_equity NOT GLOB '?*-*'),
  realized_pnl TEXT NOT NULL CHECK (realized_pnl NOT GLOB '*[^-0-9.]*' AND realized_pnl NOT GLOB '*.*.*' AND realized_pnl GLOB '*[0-9]' AND realized_pnl NOT GLOB '?*-*'),
  unrealized_pnl TEXT NOT NULL CHECK (unrealized_pnl NOT GLOB '*[^-0-9.]*' AND unrealized_pnl NOT GLOB '*.*.*' AND unrealized_pnl GLOB '*[0-9]' AND unrealized_pnl NOT GLOB '?*-*'),
  gross_exposure TEXT NOT NULL CHECK (CAST(gross_exposure AS REAL) >= 0) CHECK (gross_exposure NOT GLOB '*[^-0-9.]*' AND gross_exposure NOT GLOB '*.*.*' AND gross_exposure GLOB '*[0-9]' AND gross_exposure NOT GLOB '?*-*'),
  net_exposure TEXT NOT NULL CHECK (net_exposure NOT GLOB '*[^-0-9.]*' AND net_exposure NOT GLOB '*.*.*' AND net_exposure GLOB '*[0-9]' AND net_exposure NOT GLOB '?*-*'),
  CONSTRAINT pk_portfolio_hourly_state PRIMARY KEY (account_id, run_mode, hour_ts),
  CONSTRAINT fk_portfolio_hourly_state_context FOREIGN KEY (cycle_id, run_mode, hour_ts) REFERENCES run_context (cycle_id, run_mode, hour_ts),
  CONSTRAINT ck_portfolio_hourly_state_hour_aligned CHECK (hour_ts % 3600000000000 = 0),
  CONSTRAINT ck_portfolio_hourly_state_peak CHECK (CAST(peak_equity AS REAL) >= CAST(equity AS REAL))
) STRICT;

CREATE TABLE IF NOT EXISTS risk_hourly_state (
  account_id INTEGER NOT NULL REFERENCES account (account_id),
  run_mode TEXT NOT NULL CHECK (run_mode IN ('BACKTEST', 'PAPER', 'LIVE')),
  hour_ts INTEGER NOT NULL,
  cycle_id TEXT NOT NULL,
  schema_version INTEGER NOT NULL DEFAULT 1,
  source TEXT NOT NULL,
  ingest_ts INTEGER NOT NULL,
  event_ts INTEGER NOT NULL,
  run_id TEXT NOT NULL REFERENCES run (run_id),
  journal_seq INTEGER NOT NULL,
  drawdown_pct TEXT NOT NULL CHECK (CAST(drawdown_pct AS REAL) >= 0) CHECK (drawdown_pct NOT GLOB '*[^-0-9.]*' AND drawdown_pct NOT GLOB '*.*.*' AND drawdown_pct GLOB '*[0-9]' AND drawdown_pct NOT GLOB '?*-*'),
  drawdown_tier TEXT NOT NULL CHECK (drawdown_tier IN ('NORMAL', 'DD10', 'DD15', 'HALT20')),
  halt_active INTEGER NOT NULL CHECK (halt_active IN (0, 1)),
  gross_exposure TEXT NOT NULL CHECK (CAST(gross_exposure AS REAL) >= 0) CHECK (gross_exposure NOT GLOB '*[^-0-9.]*' AND gross_exposure NOT GLOB '*.*.*' AND gross_exposure GLOB '*[0-9]' AND gross_exposure NOT GLOB '?*-*'),
  exposure_limit TEXT NOT NULL CHECK (CAST(exposure_limit AS REAL) >= 0) CHECK (exposure_limit NOT GLOB '*[^-0-9.]*' AND exposure_limit NOT GLOB '*.*.*' AND exposure_limit GLOB '*[0-9]' AND exposure_limit NOT GLOB '?*-*'),
  open_positions INTEGER NOT NULL CHECK (open_positions >= 0),
  CONSTRAINT pk_risk_hourly_state PRIMARY KEY (account_id, run_mode, hour_ts),
  CONSTRAINT fk_risk_hourly_state_context FOREIGN KEY (cycle_id, run_mode, hour_ts) REFERENCES run_context (cycle_id, run_mode, hour_ts),
  CONSTRAINT ck_risk_hourly_state_hour_aligned CHECK (hour_ts % 3600000000000 = 0),
  CONSTRAINT ck_risk_hourly_state_dd20_halt CHECK (CAST(drawdown_pct AS REAL) < 0.20 OR (drawdown_tier = 'HALT20' AND halt_active)),
  CONSTRAINT ck_risk_hourly_state_halt_tier CHECK (halt_active = (drawdown_tier = 'HALT20')),
  CONSTRAINT ck_risk_hourly_state_tier CHECK (drawdown_tier = 'HALT20' OR (drawdown_tier = 'NORMAL' AND CAST(drawdown_pct AS REAL) < 0.10) OR (drawdown_tier = 'DD10' AND CAST(drawdown_pct AS REAL) < 0.15) OR (drawdown_tier = 'DD15' AND CAST(drawdown_pct AS REAL) < 0.20))
) STRICT;

CREATE TABLE IF NOT EXISTS position_hourly_state (
  account_id INTEGER NOT NULL REFERENCES account (account_id),
  run_mode TEXT NOT NULL CHECK (run_mode IN ('BACKTEST', 'PAPER', 'LIVE')),
  hour_ts INTEGER NOT NULL,
  instrument_id INTEGER NOT NULL REFERENCES instrument (instrument_id),
  outcome TEXT NOT NULL DEFAULT '' CHECK (outcome IN ('', 'YES', 'NO')),
  cycle_id TEXT NOT NULL,
  schema_version INTEGER NOT NULL DEFAULT 1,
  source TEXT NOT NULL,
  ingest_ts INTEGER NOT NULL,
  event_ts INTEGER NOT NULL,
  run_id TEXT NOT NULL REFERENCES run (run_id),
  journal_seq INTEGER NOT NULL,
  qty TEXT NOT NULL CHECK (qty NOT GLOB '*[^-0-9.]*' AND qty NOT GLOB '*.*.*' AND qty GLOB '*[0-9]' AND qty NOT GLOB '?*-*'),
  avg_entry_price TEXT NOT NULL CHECK (CAST(avg_entry_price AS REAL) >= 0) CHECK (avg_entry_price NOT GLOB '*[^-0-9.]*' AND avg_entry_price NOT GLOB '*.*.*' AND avg_entry_price GLOB '*[0-9]' AND avg_entry_price NOT GLOB '?*-*'),
  mark_price TEXT NOT NULL CHECK (CAST(mark_price AS REAL) >= 0) CHECK (mark_price NOT GLOB '*[^-0-9.]*' AND mark_price NOT GLOB '*.*.*' AND mark_price GLOB '*[0-9]' AND mark_price NOT GLOB '?*-*'),
  market_value TEXT NOT NULL CHECK (market_value NOT GLOB '*[^-0-9.]*' AND market_value NOT GLOB '*.*.*' AND market_value GLOB '*[0-9]' AND market_value NOT GLOB '?*-*'),
  realized_pnl TEXT NOT NULL CHECK (realized_pnl NOT GLOB '*[^-0-9.]*' AND realized_pnl NOT GLOB '*.*.*' AND realized_pnl GLOB '*[0-9]' AND realized_pnl NOT GLOB '?*-*'),
  unrealized_pnl TEXT NOT NULL CHECK (unrealized_pnl NOT GLOB '*[^-0-9.]*' AND unrealized_pnl NOT GLOB '*.*.*' AND unrealized_pnl GLOB '*[0-9]' AND unrealized_pnl NOT GLOB '?*-*'),
  CONSTRAINT pk_position_hourly_state PRIMARY KEY (account_id, run_mode, instrument_id, outcome, hour_ts),
  CONSTRAINT fk_position_hourly_state_context FOREIGN KEY (cycle_id, run_mode, hour_ts) REFERENCES run_context (cycle_id, run_mode, hour_ts),
  CONSTRAINT ck_position_hourly_state_hour_aligned CHECK (hour_ts % 3600000000000 = 0)
) STRICT;
