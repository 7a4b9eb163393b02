-- Written by schemas/translate.py from schemas/postgres/0012_view_core.sql; edit that file.

CREATE VIEW IF NOT EXISTS core_run_context AS
SELECT cycle_id AS run_id, CAST(account_id AS INTEGER) AS account_id, run_mode, strftime('%Y-%m-%d %H:%M:%S', (hour_ts) / 1000000000, 'unixepoch') || printf('.%06d+00', (hour_ts) % 1000000000 / 1000) AS hour_ts_utc, cycle_seq, code_version_sha, config_hash, data_snapshot_hash, random_seed, backtest_run_id,
       strftime('%Y-%m-%d %H:%M:%S', (event_ts) / 1000000000, 'unixepoch') || printf('.%06d+00', (event_ts) % 1000000000 / 1000) AS started_at_utc, strftime('%Y-%m-%d %H:%M:%S', (completed_ts) / 1000000000, 'unixepoch') || printf('.%06d+00', (completed_ts) % 1000000000 / 1000) AS completed_at_utc, status FROM run_context;

CREATE VIEW IF NOT EXISTS core_order_book_snapshot AS
SELECT instrument_id AS asset_id, strftime('%Y-%m-%d %H:%M:%S', (event_ts) / 1000000000, 'unixepoch') || printf('.%06d+00', (event_ts) % 1000000000 / 1000) AS snapshot_ts_utc, strftime('%Y-%m-%d %H:%M:%S', (hour_ts) / 1000000000, 'unixepoch') || printf('.%06d+00', (hour_ts) % 1000000000 / 1000) AS hour_ts_utc, best_bid_price, best_ask_price, best_bid_size, best_ask_size,
       spread_abs, spread_bps, source_venue, run_id AS ingest_run_id FROM order_book_snapshot;

CREATE VIEW IF NOT EXISTS core_market_ohlcv_hourly AS
SELECT instrument_id AS asset_id, strftime('%Y-%m-%d %H:%M:%S', (hour_ts) / 1000000000, 'unixepoch') || printf('.%06d+00', (hour_ts) % 1000000000 / 1000) AS hour_ts_utc, open_price, high_price, low_price, close_price, volume_base, volume_quote, trade_count,
       source_venue, run_id AS ingest_run_id FROM market_ohlcv_hourly;

CREATE VIEW IF NOT EXISTS core_feature_snapshot AS
SELECT cycle_id AS run_id, run_mode, strftime('%Y-%m-%d %H:%M:%S', (hour_ts) / 1000000000, 'unixepoch') || printf('.%06d+00', (hour_ts) % 1000000000 / 1000) AS hour_ts_utc, instrument_id AS asset_id, feature_schema_version,
       strftime('%Y-%m-%d %H:%M:%S', (window_start_ts) / 1000000000, 'unixepoch') || printf('.%06d+00', (window_start_ts) % 1000000000 / 1000) AS window_start_ts_utc, strftime('%Y-%m-%d %H:%M:%S', (window_end_ts) / 1000000000, 'unixepoch') || printf('.%06d+00', (window_end_ts) % 1000000000 / 1000) AS window_end_ts_utc, features_json, features_sha256 FROM feature_snapshot;

CREATE VIEW IF NOT EXISTS core_model_version AS
SELECT model_version_id, model_name, model_role, version_tag, artifact_sha256, strftime('%Y-%m-%d %H:%M:%S', (train_start_ts) / 1000000000, 'unixepoch') || printf('.%06d+00', (train_start_ts) % 1000000000 / 1000) AS train_start_ts_utc, strftime('%Y-%m-%d %H:%M:%S', (train_end_ts) / 1000000000, 'unixepoch') || printf('.%06d+00', (train_end_ts) % 1000000000 / 1000) AS train_end_ts_utc,
       is_active, strftime('%Y-%m-%d %H:%M:%S', (created_ts) / 1000000000, 'unixepoch') || printf('.%06d+00', (created_ts) % 1000000000 / 1000) AS created_at_utc FROM model_version;

CREATE VIEW IF NOT EXISTS core_regime_output AS
SELECT cycle_id AS run_id, run_mode, strftime('%Y-%m-%d %H:%M:%S', (hour_ts) / 1000000000, 'unixepoch') || printf('.%06d+00', (hour_ts) % 1000000000 / 1000) AS hour_ts_utc, instrument_id AS asset_id, model_version_id, regime_label, regime_probability, detail FROM regime_output;

CREATE VIEW IF NOT EXISTS core_model_prediction AS
SELECT cycle_id AS run_id, run_mode, strftime('%Y-%m-%d %H:%M:%S', (hour_ts) / 1000000000, 'unixepoch') || printf('.%06d+00', (hour_ts) % 1000000000 / 1000) AS hour_ts_utc, instrument_id AS asset_id, CAST(horizon AS TEXT) AS horizon, model_version_id, model_name,
       probability, expected_return, fair_price FROM model_prediction WHERE cycle_id IS NOT NULL;

CREATE VIEW IF NOT EXISTS core_meta_learner_component AS
SELECT cycle_id AS run_id, run_mode, strftime('%Y-%m-%d %H:%M:%S', (hour_ts) / 1000000000, 'unixepoch') || printf('.%06d+00', (hour_ts) % 1000000000 / 1000) AS hour_ts_utc, instrument_id AS asset_id, CAST(horizon AS TEXT) AS horizon, meta_model_version_id,
       base_model_version_id, weight, base_probability FROM meta_learner_component;

CREATE VIEW IF NOT EXISTS core_trade_signal AS
SELECT signal_id, cycle_id AS run_id, run_mode, strftime('%Y-%m-%d %H:%M:%S', (hour_ts) / 1000000000, 'unixepoch') || printf('.%06d+00', (hour_ts) % 1000000000 / 1000) AS hour_ts_utc, instrument_id AS asset_id, CAST(horizon AS TEXT) AS horizon, action, side,
       probability, confidence, market_price, fair_price, expected_value, target_notional FROM trade_signal WHERE cycle_id IS NOT NULL;

CREATE VIEW IF NOT EXISTS core_order_request AS
SELECT order_id, client_order_id, cycle_id AS run_id, run_mode, strftime('%Y-%m-%d %H:%M:%S', (hour_ts) / 1000000000, 'unixepoch') || printf('.%06d+00', (hour_ts) % 1000000000 / 1000) AS hour_ts_utc, CAST(account_id AS INTEGER) AS account_id, signal_id, instrument_id AS asset_id, side AS order_side, order_type,
       CAST(CASE status WHEN 'OPEN' THEN 'ACK' WHEN 'EXPIRED' THEN 'CANCELLED' WHEN 'UNKNOWN' THEN 'NEW' WHEN 'FAILED' THEN 'REJECTED' ELSE status END AS TEXT) AS status,
       limit_price, qty AS requested_qty, requested_notional, pre_order_cash_available, strftime('%Y-%m-%d %H:%M:%S', (event_ts) / 1000000000, 'unixepoch') || printf('.%06d+00', (event_ts) % 1000000000 / 1000) AS submitted_at_utc, strftime('%Y-%m-%d %H:%M:%S', (acked_ts) / 1000000000, 'unixepoch') || printf('.%06d+00', (acked_ts) % 1000000000 / 1000) AS acked_at_utc, strftime('%Y-%m-%d %H:%M:%S', (final_ts) / 1000000000, 'unixepoch') || printf('.%06d+00', (final_ts) % 1000000000 / 1000) AS final_at_utc
FROM order_request WHERE book = 'MAIN';

CREATE VIEW IF NOT EXISTS core_order_fill AS
SELECT fill_id, order_id, exchange_trade_id, strftime('%Y-%m-%d %H:%M:%S', (event_ts) / 1000000000, 'unixepoch') || printf('.%06d+00', (event_ts) % 1000000000 / 1000) AS fill_ts_utc, strftime('%Y-%m-%d %H:%M:%S', (event_ts - event_ts % 3600000000000) / 1000000000, 'unixepoch') || printf('.%06d+00', (event_ts - event_ts % 3600000000000) % 1000000000 / 1000) AS hour_ts_utc, instrument_id AS asset_id, side AS order_side,
       price AS fill_price, qty AS fill_qty, fee, liquidity, run_id AS ingest_run_id FROM order_fill WHERE book = 'MAIN';

CREATE VIEW IF NOT EXISTS core_executed_trade AS
SELECT trade_id, cycle_id AS run_id, CAST(account_id AS INTEGER) AS account_id, fill_id, leg, strftime('%Y-%m-%d %H:%M:%S', (event_ts) / 1000000000, 'unixepoch') || printf('.%06d+00', (event_ts) % 1000000000 / 1000) AS trade_ts_utc, strftime('%Y-%m-%d %H:%M:%S', (event_ts - event_ts % 3600000000000) / 1000000000, 'unixepoch') || printf('.%06d+00', (event_ts - event_ts % 3600000000000) % 1000000000 / 1000) AS hour_ts_utc, instrument_id AS asset_id,
       side AS order_side, qty, entry_price, exit_price, is_closed, fee, borrow_cost, realized_pnl, position_after FROM executed_trade WHERE book = 'MAIN';

CREATE VIEW IF NOT EXISTS core_cash_ledger AS
SELECT ledger_seq, CAST(account_id AS INTEGER) AS account_id, cycle_id AS run_id, strftime('%Y-%m-%d %H:%M:%S', (event_ts) / 1000000000, 'unixepoch') || printf('.%06d+00', (event_ts) % 1000000000 / 1000) AS event_ts_utc, strftime('%Y-%m-%d %H:%M:%S', (event_ts - event_ts % 3600000000000) / 1000000000, 'unixepoch') || printf('.%06d+00', (event_ts - event_ts % 3600000000000) % 1000000000 / 1000) AS hour_ts_utc, event_type, ref, amount, balance_after
FROM ledger_event WHERE book = 'CASH' AND chain_book = 'MAIN';

CREATE VIEW IF NOT EXISTS core_risk_event AS
SELECT ops_event_id AS risk_event_id, CAST(account_id AS INTEGER) AS account_id, cycle_id AS run_id, strftime('%Y-%m-%d %H:%M:%S', (event_ts) / 1000000000, 'unixepoch') || printf('.%06d+00', (event_ts) % 1000000000 / 1000) AS event_ts_utc, strftime('%Y-%m-%d %H:%M:%S', (event_ts - event_ts % 3600000000000) / 1000000000, 'unixepoch') || printf('.%06d+00', (event_ts - event_ts % 3600000000000) % 1000000000 / 1000) AS hour_ts_utc, kind AS event_type, severity,
       drawdown_tier, metric_value, threshold_value, message, detail FROM ops_event WHERE category = 'RISK';

CREATE VIEW IF NOT EXISTS core_backtest_fold_result AS
SELECT fold_id, run_id AS backtest_run_id, fold_index, strftime('%Y-%m-%d %H:%M:%S', (train_start_ts) / 1000000000, 'unixepoch') || printf('.%06d+00', (train_start_ts) % 1000000000 / 1000) AS train_start_ts_utc, strftime('%Y-%m-%d %H:%M:%S', (train_end_ts) / 1000000000, 'unixepoch') || printf('.%06d+00', (train_end_ts) % 1000000000 / 1000) AS train_end_ts_utc, strftime('%Y-%m-%d %H:%M:%S', (test_start_ts) / 1000000000, 'unixepoch') || printf('.%06d+00', (test_start_ts) % 1000000000 / 1000) AS test_start_ts_utc,
       strftime('%Y-%m-%d %H:%M:%S', (test_end_ts) / 1000000000, 'unixepoch') || printf('.%06d+00', (test_end_ts) % 1000000000 / 1000) AS test_end_ts_utc, trade_count, gross_pnl, net_pnl, total_cost, max_drawdown_pct, sharpe FROM backtest_fold_result;

CREATE VIEW IF NOT EXISTS core_portfolio_hourly_state AS
SELECT CAST(account_id AS INTEGER) AS account_id, run_mode, strftime('%Y-%m-%d %H:%M:%S', (hour_ts) / 1000000000, 'unixepoch') || printf('.%06d+00', (hour_ts) % 1000000000 / 1000) AS hour_ts_utc, cycle_id AS run_id, cash_balance, position_value, equity, peak_equity, realized_pnl, unrealized_pnl,
       gross_exposure, net_exposure FROM portfolio_hourly_state;

CREATE VIEW IF NOT EXISTS core_risk_hourly_state AS
SELECT CAST(account_id AS INTEGER) AS account_id, run_mode, strftime('%Y-%m-%d %H:%M:%S', (hour_ts) / 1000000000, 'unixepoch') || printf('.%06d+00', (hour_ts) % 1000000000 / 1000) AS hour_ts_utc, cycle_id AS run_id, drawdown_pct, drawdown_tier, halt_active, gross_exposure, exposure_limit, open_positions FROM risk_hourly_state;

CREATE VIEW IF NOT EXISTS core_position_hourly_state AS
SELECT CAST(account_id AS INTEGER) AS account_id, run_mode, strftime('%Y-%m-%d %H:%M:%S', (hour_ts) / 1000000000, 'unixepoch') || printf('.%06d+00', (hour_ts) % 1000000000 / 1000) AS hour_ts_utc, instrument_id AS asset_id, outcome, cycle_id AS run_id, qty, avg_entry_price, mark_price, market_value,
       realized_pnl, unrealized_pnl FROM position_hourly_state;

CREATE TRIGGER IF NOT EXISTS core_trg_market_ohlcv_hourly_append_only_update INSTEAD OF UPDATE ON core_market_ohlcv_hourly FOR EACH ROW
BEGIN SELECT RAISE(ABORT, 'append-only violation on table market_ohlcv_hourly, operation UPDATE is not allowed'); END;
CREATE TRIGGER IF NOT EXISTS core_trg_market_ohlcv_hourly_append_only_delete INSTEAD OF DELETE ON core_market_ohlcv_hourly FOR EACH ROW
BEGIN SELECT RAISE(ABORT, 'append-only violation on table market_ohlcv_hourly, operation DELETE is not allowed'); END;

CREATE TRIGGER IF NOT EXISTS core_trg_order_book_snapshot_append_only_update INSTEAD OF UPDATE ON core_order_book_snapshot FOR EACH ROW
BEGIN SELECT RAISE(ABORT, 'append-only violation on table order_book_snapshot, operation UPDATE is not allowed'); END;
CREATE TRIGGER IF NOT EXISTS core_trg_order_book_snapshot_append_only_delete INSTEAD OF DELETE ON core_order_book_snapshot FOR EACH ROW
BEGIN SELECT RAISE(ABORT, 'append-only violation on table order_book_snapshot, operation DELETE is not allowed'); END;

CREATE TRIGGER IF NOT EXISTS core_trg_feature_snapshot_append_only_update INSTEAD OF UPDATE ON core_feature_snapshot FOR EACH ROW
BEGIN SELECT RAISE(ABORT, 'append-only violation on table feature_snapshot, operation UPDATE is not allowed'); END;
CREATE TRIGGER IF NOT EXISTS core_trg_feature_snapshot_append_only_delete INSTEAD OF DELETE ON core_feature_snapshot FOR EACH ROW
BEGIN SELECT RAISE(ABORT, 'append-only violation on table feature_snapshot, operation DELETE is not allowed'); END;

CREATE TRIGGER IF NOT EXISTS core_trg_regime_output_append_only_update INSTEAD OF UPDATE ON core_regime_output FOR EACH ROW
BEGIN SELECT RAISE(ABORT, 'append-only violation on table regime_output, operation UPDATE is not allowed'); END;
CREATE TRIGGER IF NOT EXISTS core_trg_regime_output_append_only_delete INSTEAD OF DELETE ON core_regime_output FOR EACH ROW
BEGIN SELECT RAISE(ABORT, 'append-only violation on table regime_output, operation DELETE is not allowed'); END;

CREATE TRIGGER IF NOT EXISTS core_trg_model_prediction_append_only_update INSTEAD OF UPDATE ON core_model_prediction FOR EACH ROW
BEGIN SELECT RAISE(ABORT, 'append-only violation on table model_prediction, operation UPDATE is not allowed'); END;
CREATE TRIGGER IF NOT EXISTS core_trg_model_prediction_append_only_delete INSTEAD OF DELETE ON core_model_prediction FOR EACH ROW
BEGIN SELECT RAISE(ABORT, 'append-only violation on table model_prediction, operation DELETE is not allowed'); END;

CREATE TRIGGER IF NOT EXISTS core_trg_meta_learner_component_append_only_update INSTEAD OF UPDATE ON core_meta_learner_component FOR EACH ROW
BEGIN SELECT RAISE(ABORT, 'append-only violation on table meta_learner_component, operation UPDATE is not allowed'); END;
CREATE TRIGGER IF NOT EXISTS core_trg_meta_learner_component_append_only_delete INSTEAD OF DELETE ON core_meta_learner_component FOR EACH ROW
BEGIN SELECT RAISE(ABORT, 'append-only violation on table meta_learner_component, operation DELETE is not allowed'); END;

CREATE TRIGGER IF NOT EXISTS core_trg_trade_signal_append_only_update INSTEAD OF UPDATE ON core_trade_signal FOR EACH ROW
BEGIN SELECT RAISE(ABORT, 'append-only violation on table trade_signal, operation UPDATE is not allowed'); END;
CREATE TRIGGER IF NOT EXISTS core_trg_trade_signal_append_only_delete INSTEAD OF DELETE ON core_trade_signal FOR EACH ROW
BEGIN SELECT RAISE(ABORT, 'append-only violation on table trade_signal, operation DELETE is not allowed'); END;

CREATE TRIGGER IF NOT EXISTS core_trg_order_fill_append_only_update INSTEAD OF UPDATE ON core_order_fill FOR EACH ROW
BEGIN SELECT RAISE(ABORT, 'append-only violation on table order_fill, operation UPDATE is not allowed'); END;
CREATE TRIGGER IF NOT EXISTS core_trg_order_fill_append_only_delete INSTEAD OF DELETE ON core_order_fill FOR EACH ROW
BEGIN SELECT RAISE(ABORT, 'append-only violation on table order_fill, operation DELETE is not allowed'); END;

CREATE TRIGGER IF NOT EXISTS core_trg_executed_trade_append_only_update INSTEAD OF UPDATE ON core_executed_trade FOR EACH ROW
BEGIN SELECT RAISE(ABORT, 'append-only violation on table executed_trade, operation UPDATE is not allowed'); END;
CREATE TRIGGER IF NOT EXISTS core_trg_executed_trade_append_only_delete INSTEAD OF DELETE ON core_executed_trade FOR EACH ROW
BEGIN SELECT RAISE(ABORT, 'append-only violation on table executed_trade, operation DELETE is not allowed'); END;

CREATE TRIGGER IF NOT EXISTS core_trg_cash_ledger_append_only_update INSTEAD OF UPDATE ON core_cash_ledger FOR EACH ROW
BEGIN SELECT RAISE(ABORT, 'append-only violation on table cash_ledger, operation UPDATE is not allowed'); END;
CREATE TRIGGER IF NOT EXISTS core_trg_cash_ledger_append_only_delete INSTEAD OF DELETE ON core_cash_ledger FOR EACH ROW
BEGIN SELECT RAISE(ABORT, 'append-only violation on table cash_ledger, operation DELETE is not allowed'); END;

CREATE TRIGGER IF NOT EXISTS core_trg_risk_event_append_only_update INSTEAD OF UPDATE ON core_risk_event FOR EACH ROW
BEGIN SELECT RAISE(ABORT, 'append-only violation on table risk_event, operation UPDATE is not allowed'); END;
CREATE TRIGGER IF NOT EXISTS core_trg_risk_event_append_only_delete INSTEAD OF DELETE ON core_risk_event FOR EACH ROW
BEGIN SELECT RAISE(ABORT, 'append-only violation on table risk_event, operation DELETE is not allowed'); END;

CREATE TRIGGER IF NOT EXISTS core_trg_backtest_fold_result_append_only_update INSTEAD OF UPDATE ON core_backtest_fold_result FOR EACH ROW
BEGIN SELECT RAISE(ABORT, 'append-only violation on table backtest_fold_result, operation UPDATE is not allowed'); END;
CREATE TRIGGER IF NOT EXISTS core_trg_backtest_fold_result_append_only_delete INSTEAD OF DELETE ON core_backtest_fold_result FOR EACH ROW
BEGIN SELECT RAISE(ABORT, 'append-only violation on table backtest_fold_result, operation DELETE is not allowed'); END;
