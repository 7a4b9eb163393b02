-- Written by schemas/translate.py from schemas/postgres/0008_triggers.sql; edit that file.

CREATE TRIGGER IF NOT EXISTS trg_raw_event_append_only_update BEFORE UPDATE ON raw_event FOR EACH ROW
BEGIN SELECT RAISE(ABORT, 'append-only violation on table raw_event, operation UPDATE is not allowed'); END;
CREATE TRIGGER IF NOT EXISTS trg_raw_event_append_only_delete BEFORE DELETE ON raw_event FOR EACH ROW
BEGIN SELECT RAISE(ABORT, 'append-only violation on table raw_event, operation DELETE is not allowed'); END;

CREATE TRIGGER IF NOT EXISTS trg_market_event_append_only_update BEFORE UPDATE ON market_event FOR EACH ROW
BEGIN SELECT RAISE(ABORT, 'append-only violation on table market_event, operation UPDATE is not allowed'); END;
CREATE TRIGGER IF NOT EXISTS trg_market_event_append_only_delete BEFORE DELETE ON market_event FOR EACH ROW
BEGIN SELECT RAISE(ABORT, 'append-only violation on table market_event, operation DELETE is not allowed'); END;

CREATE TRIGGER IF NOT EXISTS trg_book_level_append_only_update BEFORE UPDATE ON book_level FOR EACH ROW
BEGIN SELECT RAISE(ABORT, 'append-only violation on table book_level, operation UPDATE is not allowed'); END;
CREATE TRIGGER IF NOT EXISTS trg_book_level_append_only_delete BEFORE DELETE ON book_level FOR EACH ROW
BEGIN SELECT RAISE(ABORT, 'append-only violation on table book_level, operation DELETE is not allowed'); END;

CREATE TRIGGER IF NOT EXISTS trg_order_book_snapshot_append_only_update BEFORE UPDATE ON order_book_snapshot FOR EACH ROW
BEGIN SELECT RAISE(ABORT, 'append-only violation on table order_book_snapshot, operation UPDATE is not allowed'); END;
CREATE TRIGGER IF NOT EXISTS trg_order_book_snapshot_append_only_delete BEFORE DELETE ON order_book_snapshot FOR EACH ROW
BEGIN SELECT RAISE(ABORT, 'append-only violation on table order_book_snapshot, operation DELETE is not allowed'); END;

CREATE TRIGGER IF NOT EXISTS trg_market_ohlcv_hourly_append_only_update BEFORE UPDATE ON market_ohlcv_hourly FOR EACH ROW
BEGIN SELECT RAISE(ABORT, 'append-only violation on table market_ohlcv_hourly, operation UPDATE is not allowed'); END;
CREATE TRIGGER IF NOT EXISTS trg_market_ohlcv_hourly_append_only_delete BEFORE DELETE ON market_ohlcv_hourly FOR EACH ROW
BEGIN SELECT RAISE(ABORT, 'append-only violation on table market_ohlcv_hourly, operation DELETE is not allowed'); END;

CREATE TRIGGER IF NOT EXISTS trg_agg_trade_append_only_update BEFORE UPDATE ON agg_trade FOR EACH ROW
BEGIN SELECT RAISE(ABORT, 'append-only violation on table agg_trade, operation UPDATE is not allowed'); END;
CREATE TRIGGER IF NOT EXISTS trg_agg_trade_append_only_delete BEFORE DELETE ON agg_trade FOR EACH ROW
BEGIN SELECT RAISE(ABORT, 'append-only violation on table agg_trade, operation DELETE is not allowed'); END;

CREATE TRIGGER IF NOT EXISTS trg_funding_snapshot_append_only_update BEFORE UPDATE ON funding_snapshot FOR EACH ROW
BEGIN SELECT RAISE(ABORT, 'append-only violation on table funding_snapshot, operation UPDATE is not allowed'); END;
CREATE TRIGGER IF NOT EXISTS trg_funding_snapshot_append_only_delete BEFORE DELETE ON funding_snapshot FOR EACH ROW
BEGIN SELECT RAISE(ABORT, 'append-only violation on table funding_snapshot, operation DELETE is not allowed'); END;

CREATE TRIGGER IF NOT EXISTS trg_plugin_signal_append_only_update BEFORE UPDATE ON plugin_signal FOR EACH ROW
BEGIN SELECT RAISE(ABORT, 'append-only violation on table plugin_signal, operation UPDATE is not allowed'); END;
CREATE TRIGGER IF NOT EXISTS trg_plugin_signal_append_only_delete BEFORE DELETE ON plugin_signal FOR EACH ROW
BEGIN SELECT RAISE(ABORT, 'append-only violation on table plugin_signal, operation DELETE is not allowed'); END;

CREATE TRIGGER IF NOT EXISTS trg_signal_indicator_append_only_update BEFORE UPDATE ON signal_indicator FOR EACH ROW
BEGIN SELECT RAISE(ABORT, 'append-only violation on table signal_indicator, operation UPDATE is not allowed'); END;
CREATE TRIGGER IF NOT EXISTS trg_signal_indicator_append_only_delete BEFORE DELETE ON signal_indicator FOR EACH ROW
BEGIN SELECT RAISE(ABORT, 'append-only violation on table signal_indicator, operation DELETE is not allowed'); END;

CREATE TRIGGER IF NOT EXISTS trg_feature_snapshot_append_only_update BEFORE UPDATE ON feature_snapshot FOR EACH ROW
BEGIN SELECT RAISE(ABORT, 'append-only violation on table feature_snapshot, operation UPDATE is not allowed'); END;
CREATE TRIGGER IF NOT EXISTS trg_feature_snapshot_append_only_delete BEFORE DELETE ON feature_snapshot FOR EACH ROW
BEGIN SELECT RAISE(ABORT, 'append-only violation on table feature_snapshot, operation DELETE is not allowed'); END;

CREATE TRIGGER IF NOT EXISTS trg_regime_output_append_only_update BEFORE UPDATE ON regime_output FOR EACH ROW
BEGIN SELECT RAISE(ABORT, 'append-only violation on table regime_output, operation UPDATE is not allowed'); END;
CREATE TRIGGER IF NOT EXISTS trg_regime_output_append_only_delete BEFORE DELETE ON regime_output FOR EACH ROW
BEGIN SELECT RAISE(ABORT, 'append-only violation on table regime_output, operation DELETE is not allowed'); END;

CREATE TRIGGER IF NOT EXISTS trg_model_prediction_append_only_update BEFORE UPDATE ON model_prediction FOR EACH ROW
BEGIN SELECT RAISE(ABORT, 'append-only violation on table model_prediction, operation UPDATE is not allowed'); END;
CREATE TRIGGER IF NOT EXISTS trg_model_prediction_append_only_delete BEFORE DELETE ON model_prediction FOR EACH ROW
BEGIN SELECT RAISE(ABORT, 'append-only violation on table model_prediction, operation DELETE is not allowed'); END;

CREATE TRIGGER IF NOT EXISTS trg_meta_learner_component_append_only_update BEFORE UPDATE ON meta_learner_component FOR EACH ROW
BEGIN SELECT RAISE(ABORT, 'append-only violation on table meta_learner_component, operation UPDATE is not allowed'); END;
CREATE TRIGGER IF NOT EXISTS trg_meta_learner_component_append_only_delete BEFORE DELETE ON meta_learner_component FOR EACH ROW
BEGIN SELECT RAISE(ABORT, 'append-only violation on table meta_learner_component, operation DELETE is not allowed'); END;

CREATE TRIGGER IF NOT EXISTS trg_state_snapshot_append_only_update BEFORE UPDATE ON state_snapshot FOR EACH ROW
BEGIN SELECT RAISE(ABORT, 'append-only violation on table state_snapshot, operation UPDATE is not allowed'); END;
CREATE TRIGGER IF NOT EXISTS trg_state_snapshot_append_only_delete BEFORE DELETE ON state_snapshot FOR EACH ROW
BEGIN SELECT RAISE(ABORT, 'append-only violation on table state_snapshot, operation DELETE is not allowed'); END;

CREATE TRIGGER IF NOT EXISTS trg_trade_signal_append_only_update BEFORE UPDATE ON trade_signal FOR EACH ROW
BEGIN SELECT RAISE(ABORT, 'append-only violation on table trade_signal, operation UPDATE is not allowed'); END;
CREATE TRIGGER IF NOT EXISTS trg_trade_signal_append_only_delete BEFORE DELETE ON trade_signal FOR EACH ROW
BEGIN SELECT RAISE(ABORT, 'append-only violation on table trade_signal, operation DELETE is not allowed'); END;

CREATE TRIGGER IF NOT EXISTS trg_strategy_intent_append_only_update BEFORE UPDATE ON strategy_intent FOR EACH ROW
BEGIN SELECT RAISE(ABORT, 'append-only violation on table strategy_intent, operation UPDATE is not allowed'); END;
CREATE TRIGGER IF NOT EXISTS trg_strategy_intent_append_only_delete BEFORE DELETE ON strategy_intent FOR EACH ROW
BEGIN SELECT RAISE(ABORT, 'append-only violation on table strategy_intent, operation DELETE is not allowed'); END;

CREATE TRIGGER IF NOT EXISTS trg_arbiter_decision_append_only_update BEFORE UPDATE ON arbiter_decision FOR EACH ROW
BEGIN SELECT RAISE(ABORT, 'append-only violation on table arbiter_decision, operation UPDATE is not allowed'); END;
CREATE TRIGGER IF NOT EXISTS trg_arbiter_decision_append_only_delete BEFORE DELETE ON arbiter_decision FOR EACH ROW
BEGIN SELECT RAISE(ABORT, 'append-only violation on table arbiter_decision, operation DELETE is not allowed'); END;

CREATE TRIGGER IF NOT EXISTS trg_veto_mark_append_only_update BEFORE UPDATE ON veto_mark FOR EACH ROW
BEGIN SELECT RAISE(ABORT, 'append-only violation on table veto_mark, operation UPDATE is not allowed'); END;
CREATE TRIGGER IF NOT EXISTS trg_veto_mark_append_only_delete BEFORE DELETE ON veto_mark FOR EACH ROW
BEGIN SELECT RAISE(ABORT, 'append-only violation on table veto_mark, operation DELETE is not allowed'); END;

CREATE TRIGGER IF NOT EXISTS trg_order_fill_append_only_update BEFORE UPDATE ON order_fill FOR EACH ROW
BEGIN SELECT RAISE(ABORT, 'append-only violation on table order_fill, operation UPDATE is not allowed'); END;
CREATE TRIGGER IF NOT EXISTS trg_order_fill_append_only_delete BEFORE DELETE ON order_fill FOR EACH ROW
BEGIN SELECT RAISE(ABORT, 'append-only violation on table order_fill, operation DELETE is not allowed'); END;

CREATE TRIGGER IF NOT EXISTS trg_executed_trade_append_only_update BEFORE UPDATE ON executed_trade FOR EACH ROW
BEGIN SELECT RAISE(ABORT, 'append-only violation on table executed_trade, operation UPDATE is not allowed'); END;
CREATE TRIGGER IF NOT EXISTS trg_executed_trade_append_only_delete BEFORE DELETE ON executed_trade FOR EACH ROW
BEGIN SELECT RAISE(ABORT, 'append-only violation on table executed_trade, operation DELETE is not allowed'); END;

CREATE TRIGGER IF NOT EXISTS trg_ledger_event_append_only_update BEFORE UPDATE ON ledger_event FOR EACH ROW
BEGIN SELECT RAISE(ABORT, 'append-only violation on table ledger_event, operation UPDATE is not allowed'); END;
CREATE TRIGGER IF NOT EXISTS trg_ledger_event_append_only_delete BEFORE DELETE ON ledger_event FOR EACH ROW
BEGIN SELECT RAISE(ABORT, 'append-only violation on table ledger_event, operation DELETE is not allowed'); END;

CREATE TRIGGER IF NOT EXISTS trg_clv_mark_append_only_update BEFORE UPDATE ON clv_mark FOR EACH ROW
BEGIN SELECT RAISE(ABORT, 'append-only violation on table clv_mark, operation UPDATE is not allowed'); END;
CREATE TRIGGER IF NOT EXISTS trg_clv_mark_append_only_delete BEFORE DELETE ON clv_mark FOR EACH ROW
BEGIN SELECT RAISE(ABORT, 'append-only violation on table clv_mark, operation DELETE is not allowed'); END;

CREATE TRIGGER IF NOT EXISTS trg_portfolio_snapshot_append_only_update BEFORE UPDATE ON portfolio_snapshot FOR EACH ROW
BEGIN SELECT RAISE(ABORT, 'append-only violation on table portfolio_snapshot, operation UPDATE is not allowed'); END;
CREATE TRIGGER IF NOT EXISTS trg_portfolio_snapshot_append_only_delete BEFORE DELETE ON portfolio_snapshot FOR EACH ROW
BEGIN SELECT RAISE(ABORT, 'append-only violation on table portfolio_snapshot, operation DELETE is not allowed'); END;

CREATE TRIGGER IF NOT EXISTS trg_portfolio_balance_append_only_update BEFORE UPDATE ON portfolio_balance FOR EACH ROW
BEGIN SELECT RAISE(ABORT, 'append-only violation on table portfolio_balance, operation UPDATE is not allowed'); END;
CREATE TRIGGER IF NOT EXISTS trg_portfolio_balance_append_only_delete BEFORE DELETE ON portfolio_balance FOR EACH ROW
BEGIN SELECT RAISE(ABORT, 'append-only violation on table portfolio_balance, operation DELETE is not allowed'); END;

CREATE TRIGGER IF NOT EXISTS trg_portfolio_position_append_only_update BEFORE UPDATE ON portfolio_position FOR EACH ROW
BEGIN SELECT RAISE(ABORT, 'append-only violation on table portfolio_position, operation UPDATE is not allowed'); END;
CREATE TRIGGER IF NOT EXISTS trg_portfolio_position_append_only_delete BEFORE DELETE ON portfolio_position FOR EACH ROW
BEGIN SELECT RAISE(ABORT, 'append-only violation on table portfolio_position, operation DELETE is not allowed'); END;

CREATE TRIGGER IF NOT EXISTS trg_ops_event_append_only_update BEFORE UPDATE ON ops_event FOR EACH ROW
BEGIN SELECT RAISE(ABORT, 'append-only violation on table ops_event, operation UPDATE is not allowed'); END;
CREATE TRIGGER IF NOT EXISTS trg_ops_event_append_only_delete BEFORE DELETE ON ops_event FOR EACH ROW
BEGIN SELECT RAISE(ABORT, 'append-only violation on table ops_event, operation DELETE is not allowed'); END;

CREATE TRIGGER IF NOT EXISTS trg_plugin_stat_append_only_update BEFORE UPDATE ON plugin_stat FOR EACH ROW
BEGIN SELECT RAISE(ABORT, 'append-only violation on table plugin_stat, operation UPDATE is not allowed'); END;
CREATE TRIGGER IF NOT EXISTS trg_plugin_stat_append_only_delete BEFORE DELETE ON plugin_stat FOR EACH ROW
BEGIN SELECT RAISE(ABORT, 'append-only violation on table plugin_stat, operation DELETE is not allowed'); END;

CREATE TRIGGER IF NOT EXISTS trg_run_metric_append_only_update BEFORE UPDATE ON run_metric FOR EACH ROW
BEGIN SELECT RAISE(ABORT, 'append-only violation on table run_metric, operation UPDATE is not allowed'); END;
CREATE TRIGGER IF NOT EXISTS trg_run_metric_append_only_delete BEFORE DELETE ON run_metric FOR EACH ROW
BEGIN SELECT RAISE(ABORT, 'append-only violation on table run_metric, operation DELETE is not allowed'); END;

CREATE TRIGGER IF NOT EXISTS trg_validation_append_only_update BEFORE UPDATE ON validation FOR EACH ROW
BEGIN SELECT RAISE(ABORT, 'append-only violation on table validation, operation UPDATE is not allowed'); END;
CREATE TRIGGER IF NOT EXISTS trg_validation_append_only_delete BEFORE DELETE ON validation FOR EACH ROW
BEGIN SELECT RAISE(ABORT, 'append-only violation on table validation, operation DELETE is not allowed'); END;

CREATE TRIGGER IF NOT EXISTS trg_backtest_fold_result_append_only_update BEFORE UPDATE ON backtest_fold_result FOR EACH ROW
BEGIN SELECT RAISE(ABORT, 'append-only violation on table backtest_fold_result, operation UPDATE is not allowed'); END;
CREATE TRIGGER IF NOT EXISTS trg_backtest_fold_result_append_only_delete BEFORE DELETE ON backtest_fold_result FOR EACH ROW
BEGIN SELECT RAISE(ABORT, 'append-only violation on table backtest_fold_result, operation DELETE is not allowed'); END;

CREATE TRIGGER IF NOT EXISTS trg_feature_schema_append_only_update BEFORE UPDATE ON feature_schema FOR EACH ROW
BEGIN SELECT RAISE(ABORT, 'append-only violation on table feature_schema, operation UPDATE is not allowed'); END;
CREATE TRIGGER IF NOT EXISTS trg_feature_schema_append_only_delete BEFORE DELETE ON feature_schema FOR EACH ROW
BEGIN SELECT RAISE(ABORT, 'append-only violation on table feature_schema, operation DELETE is not allowed'); END;

CREATE TRIGGER IF NOT EXISTS trg_invite_usage_append_only_update BEFORE UPDATE ON invite_usage FOR EACH ROW
BEGIN SELECT RAISE(ABORT, 'append-only violation on table invite_usage, operation UPDATE is not allowed'); END;
CREATE TRIGGER IF NOT EXISTS trg_invite_usage_append_only_delete BEFORE DELETE ON invite_usage FOR EACH ROW
BEGIN SELECT RAISE(ABORT, 'append-only violation on table invite_usage, operation DELETE is not allowed'); END;

CREATE TRIGGER IF NOT EXISTS trg_projection_reject_append_only_update BEFORE UPDATE ON projection_reject FOR EACH ROW
BEGIN SELECT RAISE(ABORT, 'append-only violation on table projection_reject, operation UPDATE is not allowed'); END;
CREATE TRIGGER IF NOT EXISTS trg_projection_reject_append_only_delete BEFORE DELETE ON projection_reject FOR EACH ROW
BEGIN SELECT RAISE(ABORT, 'append-only violation on table projection_reject, operation DELETE is not allowed'); END;

CREATE TRIGGER IF NOT EXISTS trg_order_request_kill_switch BEFORE INSERT ON order_request FOR EACH ROW
  WHEN (SELECT status FROM run WHERE run_id = NEW.run_id) = 'KILLED' AND NOT NEW.reduce_only AND substr(NEW.client_order_id, 1, 4) <> 'ext-'
BEGIN SELECT RAISE(ABORT, 'kill switch: new orders are blocked for this run'); END;

CREATE TRIGGER IF NOT EXISTS trg_run_kill_switch_final BEFORE UPDATE ON run FOR EACH ROW
  WHEN OLD.status = 'KILLED' AND NEW.status <> 'KILLED'
BEGIN SELECT RAISE(ABORT, 'kill switch: irreversible for this run'); END;

CREATE TRIGGER IF NOT EXISTS trg_run_kill_switch_kept BEFORE DELETE ON run FOR EACH ROW
  WHEN OLD.status = 'KILLED'
BEGIN SELECT RAISE(ABORT, 'kill switch: irreversible for this run'); END;
