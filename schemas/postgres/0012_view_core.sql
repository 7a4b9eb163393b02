-- The documents' names and units, read-only: document 002. TIMESTAMPTZ, exact decimals, enums; run_id is the hourly cycle.

CREATE SCHEMA IF NOT EXISTS core;

CREATE OR REPLACE VIEW core.run_context AS
SELECT cycle_id AS run_id, CAST(account_id AS SMALLINT) AS account_id, run_mode, ts_utc(hour_ts) AS hour_ts_utc, cycle_seq, code_version_sha, config_hash, data_snapshot_hash, random_seed, backtest_run_id,
       ts_utc(event_ts) AS started_at_utc, ts_utc(completed_ts) AS completed_at_utc, status FROM run_context;

CREATE OR REPLACE VIEW core.order_book_snapshot AS
SELECT instrument_id AS asset_id, ts_utc(event_ts) AS snapshot_ts_utc, ts_utc(hour_ts) AS hour_ts_utc, best_bid_price, best_ask_price, best_bid_size, best_ask_size,
       spread_abs, spread_bps, source_venue, run_id AS ingest_run_id FROM order_book_snapshot;

CREATE OR REPLACE VIEW core.market_ohlcv_hourly AS
SELECT instrument_id AS asset_id, ts_utc(hour_ts) AS hour_ts_utc, open_price, high_price, low_price, close_price, volume_base, volume_quote, trade_count,
       source_venue, run_id AS ingest_run_id FROM market_ohlcv_hourly;

CREATE OR REPLACE VIEW core.feature_snapshot AS
SELECT cycle_id AS run_id, run_mode, ts_utc(hour_ts) AS hour_ts_utc, instrument_id AS asset_id, feature_schema_version,
       ts_utc(window_start_ts) AS window_start_ts_utc, ts_utc(window_end_ts) AS window_end_ts_utc, features_json, features_sha256 FROM feature_snapshot;

CREATE OR REPLACE VIEW core.model_version AS
SELECT model_version_id, model_name, model_role, version_tag, artifact_sha256, ts_utc(train_start_ts) AS train_start_ts_utc, ts_utc(train_end_ts) AS train_end_ts_utc,
       is_active, ts_utc(created_ts) AS created_at_utc FROM model_version;

CREATE OR REPLACE VIEW core.regime_output AS
SELECT cycle_id AS run_id, run_mode, ts_utc(hour_ts) AS hour_ts_utc, instrument_id AS asset_id, model_version_id, regime_label, regime_probability, detail FROM regime_output;

CREATE OR REPLACE VIEW core.model_prediction AS
SELECT cycle_id AS run_id, run_mode, ts_utc(hour_ts) AS hour_ts_utc, instrument_id AS asset_id, CAST(horizon AS horizon_enum) AS horizon, model_version_id, model_name,
       probability, expected_return, fair_price FROM model_prediction WHERE cycle_id IS NOT NULL;

CREATE OR REPLACE VIEW core.meta_learner_component AS
SELECT cycle_id AS run_id, run_mode, ts_utc(hour_ts) AS hour_ts_utc, instrument_id AS asset_id, CAST(horizon AS horizon_enum) AS horizon, meta_model_version_id,
       base_model_version_id, weight, base_probability FROM meta_learner_component;

CREATE OR REPLACE VIEW core.trade_signal AS
SELECT signal_id, cycle_id AS run_id, run_mode, ts_utc(hour_ts) AS hour_ts_utc, instrument_id AS asset_id, CAST(horizon AS horizon_enum) AS horizon, action, side,
       probability, confidence, market_price, fair_price, expected_value, target_notional FROM trade_signal WHERE cycle_id IS NOT NULL;

CREATE OR REPLACE VIEW core.order_request AS
SELECT order_id, client_order_id, cycle_id AS run_id, run_mode, ts_utc(hour_ts) AS hour_ts_utc, CAST(account_id AS SMALLINT) AS account_id, signal_id, instrument_id AS asset_id, side AS order_side, order_type,
       CAST(CASE status WHEN 'OPEN' THEN 'ACK' WHEN 'EXPIRED' THEN 'CANCELLED' WHEN 'UNKNOWN' THEN 'NEW' WHEN 'FAILED' THEN 'REJECTED' ELSE status END AS order_status_enum) AS status,
       limit_price, qty AS requested_qty, requested_notional, pre_order_cash_available, ts_utc(event_ts) AS submitted_at_utc, ts_utc(acked_ts) AS acked_at_utc, ts_utc(final_ts) AS final_at_utc
FROM order_request WHERE book = 'MAIN';

CREATE OR REPLACE VIEW core.order_fill AS
SELECT fill_id, order_id, exchange_trade_id, ts_utc(event_ts) AS fill_ts_utc, ts_utc(event_ts - event_ts % 3600000000000) AS hour_ts_utc, instrument_id AS asset_id, side AS order_side,
       price AS fill_price, qty AS fill_qty, fee, liquidity, run_id AS ingest_run_id FROM order_fill WHERE book = 'MAIN';

CREATE OR REPLACE VIEW core.executed_trade AS
SELECT trade_id, cycle_id AS run_id, CAST(account_id AS SMALLINT) AS account_id, fill_id, leg, ts_utc(event_ts) AS trade_ts_utc, ts_utc(event_ts - event_ts % 3600000000000) AS hour_ts_utc, instrument_id AS asset_id,
       side AS order_side, qty, entry_price, exit_price, is_closed, fee, borrow_cost, realized_pnl, position_after FROM executed_trade WHERE book = 'MAIN';

CREATE OR REPLACE VIEW core.cash_ledger AS
SELECT ledger_seq, CAST(account_id AS SMALLINT) AS account_id, cycle_id AS run_id, ts_utc(event_ts) AS event_ts_utc, ts_utc(event_ts - event_ts % 3600000000000) AS hour_ts_utc, event_type, ref, amount, balance_after
FROM ledger_event WHERE book = 'CASH' AND chain_book = 'MAIN';

CREATE OR REPLACE VIEW core.risk_event AS
SELECT ops_event_id AS risk_event_id, CAST(account_id AS SMALLINT) AS account_id, cycle_id AS run_id, ts_utc(event_ts) AS event_ts_utc, ts_utc(event_ts - event_ts % 3600000000000) AS hour_ts_utc, kind AS event_type, severity,
       drawdown_tier, metric_value, threshold_value, message, detail FROM ops_event WHERE category = 'RISK';

CREATE OR REPLACE VIEW core.backtest_fold_result AS
SELECT fold_id, run_id AS backtest_run_id, fold_index, ts_utc(train_start_ts) AS train_start_ts_utc, ts_utc(train_end_ts) AS train_end_ts_utc, ts_utc(test_start_ts) AS test_start_ts_utc,
       ts_utc(test_end_ts) AS test_end_ts_utc, trade_count, gross_pnl, net_pnl, total_cost, max_drawdown_pct, sharpe FROM backtest_fold_result;

CREATE OR REPLACE VIEW core.portfolio_hourly_state AS
SELECT CAST(account_id AS SMALLINT) AS account_id, run_mode, ts_utc(hour_ts) AS hour_ts_utc, cycle_id AS run_id, cash_balance, position_value, equity, peak_equity, realized_pnl, unrealized_pnl,
       gross_exposure, net_exposure FROM portfolio_hourly_state;

CREATE OR REPLACE VIEW core.risk_hourly_state AS
SELECT CAST(account_id AS SMALLINT) AS account_id, run_mode, ts_utc(hour_ts) AS hour_ts_utc, cycle_id AS run_id, drawdown_pct, drawdown_tier, halt_active, gross_exposure, exposure_limit, open_positions FROM risk_hourly_state;

CREATE OR REPLACE VIEW core.position_hourly_state AS
SELECT CAST(account_id AS SMALLINT) AS account_id, run_mode, ts_utc(hour_ts) AS hour_ts_utc, instrument_id AS asset_id, outcome, cycle_id AS run_id, qty, avg_entry_price, mark_price, market_value,
       realized_pnl, unrealized_pnl FROM position_hourly_state;
-- The locked contract's twelve trigger names and messages, on the contract's own table names.
CREATE OR REPLACE TRIGGER trg_market_ohlcv_hourly_append_only INSTEAD OF UPDATE OR DELETE ON core.market_ohlcv_hourly
  FOR EACH ROW EXECUTE FUNCTION fn_enforce_append_only();
CREATE OR REPLACE TRIGGER trg_order_book_snapshot_append_only INSTEAD OF UPDATE OR DELETE ON core.order_book_snapshot
  FOR EACH ROW EXECUTE FUNCTION fn_enforce_append_only();
CREATE OR REPLACE TRIGGER trg_feature_snapshot_append_only INSTEAD OF UPDATE OR DELETE ON core.feature_snapshot
  FOR EACH ROW EXECUTE FUNCTION fn_enforce_append_only();
CREATE OR REPLACE TRIGGER trg_regime_output_append_only INSTEAD OF UPDATE OR DELETE ON core.regime_output
  FOR EACH ROW EXECUTE FUNCTION fn_enforce_append_only();
CREATE OR REPLACE TRIGGER trg_model_prediction_append_only INSTEAD OF UPDATE OR DELETE ON core.model_prediction
  FOR EACH ROW EXECUTE FUNCTION fn_enforce_append_only();
CREATE OR REPLACE TRIGGER trg_meta_learner_component_append_only INSTEAD OF UPDATE OR DELETE ON core.meta_learner_component
  FOR EACH ROW EXECUTE FUNCTION fn_enforce_append_only();
CREATE OR REPLACE TRIGGER trg_trade_signal_append_only INSTEAD OF UPDATE OR DELETE ON core.trade_signal
  FOR EACH ROW EXECUTE FUNCTION fn_enforce_append_only();
CREATE OR REPLACE TRIGGER trg_order_fill_append_only INSTEAD OF UPDATE OR DELETE ON core.order_fill
  FOR EACH ROW EXECUTE FUNCTION fn_enforce_append_only();
CREATE OR REPLACE TRIGGER trg_executed_trade_append_only INSTEAD OF UPDATE OR DELETE ON core.executed_trade
  FOR EACH ROW EXECUTE FUNCTION fn_enforce_append_only();
CREATE OR REPLACE TRIGGER trg_cash_ledger_append_only INSTEAD OF UPDATE OR DELETE ON core.cash_ledger
  FOR EACH ROW EXECUTE FUNCTION fn_enforce_append_only();
CREATE OR REPLACE TRIGGER trg_risk_event_append_only INSTEAD OF UPDATE OR DELETE ON core.risk_event
  FOR EACH ROW EXECUTE FUNCTION fn_enforce_append_only();
CREATE OR REPLACE TRIGGER trg_backtest_fold_result_append_only INSTEAD OF UPDATE OR DELETE ON core.backtest_fold_result
  FOR EACH ROW EXECUTE FUNCTION fn_enforce_append_only();
