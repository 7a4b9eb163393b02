-- Append-only tables, and the kill switch.
-- Mutable on purpose: reference tables, run, run_context, order_request, bracket_trade, *_hourly_state, phase_metric,
-- projection_checkpoint. Retention disables a trigger inside one transaction of the owner and writes an ops_event.

CREATE OR REPLACE TRIGGER trg_raw_event_append_only BEFORE UPDATE OR DELETE ON raw_event
  FOR EACH ROW EXECUTE FUNCTION fn_enforce_append_only();
CREATE OR REPLACE TRIGGER trg_raw_event_no_truncate BEFORE TRUNCATE ON raw_event
  FOR EACH STATEMENT EXECUTE FUNCTION fn_enforce_append_only();
CREATE OR REPLACE TRIGGER trg_market_event_append_only BEFORE UPDATE OR DELETE ON market_event
  FOR EACH ROW EXECUTE FUNCTION fn_enforce_append_only();
CREATE OR REPLACE TRIGGER trg_market_event_no_truncate BEFORE TRUNCATE ON market_event
  FOR EACH STATEMENT EXECUTE FUNCTION fn_enforce_append_only();
CREATE OR REPLACE TRIGGER trg_book_level_append_only BEFORE UPDATE OR DELETE ON book_level
  FOR EACH ROW EXECUTE FUNCTION fn_enforce_append_only();
CREATE OR REPLACE TRIGGER trg_book_level_no_truncate BEFORE TRUNCATE ON book_level
  FOR EACH STATEMENT EXECUTE FUNCTION fn_enforce_append_only();
CREATE OR REPLACE TRIGGER trg_order_book_snapshot_append_only BEFORE UPDATE OR DELETE ON order_book_snapshot
  FOR EACH ROW EXECUTE FUNCTION fn_enforce_append_only();
CREATE OR REPLACE TRIGGER trg_order_book_snapshot_no_truncate BEFORE TRUNCATE ON order_book_snapshot
  FOR EACH STATEMENT EXECUTE FUNCTION fn_enforce_append_only();
CREATE OR REPLACE TRIGGER trg_market_ohlcv_hourly_append_only BEFORE UPDATE OR DELETE ON market_ohlcv_hourly
  FOR EACH ROW EXECUTE FUNCTION fn_enforce_append_only();
CREATE OR REPLACE TRIGGER trg_market_ohlcv_hourly_no_truncate BEFORE TRUNCATE ON market_ohlcv_hourly
  FOR EACH STATEMENT EXECUTE FUNCTION fn_enforce_append_only();
CREATE OR REPLACE TRIGGER trg_agg_trade_append_only BEFORE UPDATE OR DELETE ON agg_trade
  FOR EACH ROW EXECUTE FUNCTION fn_enforce_append_only();
CREATE OR REPLACE TRIGGER trg_agg_trade_no_truncate BEFORE TRUNCATE ON agg_trade
  FOR EACH STATEMENT EXECUTE FUNCTION fn_enforce_append_only();
CREATE OR REPLACE TRIGGER trg_funding_snapshot_append_only BEFORE UPDATE OR DELETE ON funding_snapshot
  FOR EACH ROW EXECUTE FUNCTION fn_enforce_append_only();
CREATE OR REPLACE TRIGGER trg_funding_snapshot_no_truncate BEFORE TRUNCATE ON funding_snapshot
  FOR EACH STATEMENT EXECUTE FUNCTION fn_enforce_append_only();
CREATE OR REPLACE TRIGGER trg_plugin_signal_append_only BEFORE UPDATE OR DELETE ON plugin_signal
  FOR EACH ROW EXECUTE FUNCTION fn_enforce_append_only();
CREATE OR REPLACE TRIGGER trg_plugin_signal_no_truncate BEFORE TRUNCATE ON plugin_signal
  FOR EACH STATEMENT EXECUTE FUNCTION fn_enforce_append_only();
CREATE OR REPLACE TRIGGER trg_signal_indicator_append_only BEFORE UPDATE OR DELETE ON signal_indicator
  FOR EACH ROW EXECUTE FUNCTION fn_enforce_append_only();
CREATE OR REPLACE TRIGGER trg_signal_indicator_no_truncate BEFORE TRUNCATE ON signal_indicator
  FOR EACH STATEMENT EXECUTE FUNCTION fn_enforce_append_only();
CREATE OR REPLACE TRIGGER trg_feature_snapshot_append_only BEFORE UPDATE OR DELETE ON feature_snapshot
  FOR EACH ROW EXECUTE FUNCTION fn_enforce_append_only();
CREATE OR REPLACE TRIGGER trg_feature_snapshot_no_truncate BEFORE TRUNCATE ON feature_snapshot
  FOR EACH STATEMENT EXECUTE FUNCTION fn_enforce_append_only();
CREATE OR REPLACE TRIGGER trg_regime_output_append_only BEFORE UPDATE OR DELETE ON regime_output
  FOR EACH ROW EXECUTE FUNCTION fn_enforce_append_only();
CREATE OR REPLACE TRIGGER trg_regime_output_no_truncate BEFORE TRUNCATE ON regime_output
  FOR EACH STATEMENT EXECUTE FUNCTION fn_enforce_append_only();
CREATE OR REPLACE TRIGGER trg_model_prediction_append_only BEFORE UPDATE OR DELETE ON model_prediction
  FOR EACH ROW EXECUTE FUNCTION fn_enforce_append_only();
CREATE OR REPLACE TRIGGER trg_model_prediction_no_truncate BEFORE TRUNCATE ON model_prediction
  FOR EACH STATEMENT EXECUTE FUNCTION fn_enforce_append_only();
CREATE OR REPLACE TRIGGER trg_meta_learner_component_append_only BEFORE UPDATE OR DELETE ON meta_learner_component
  FOR EACH ROW EXECUTE FUNCTION fn_enforce_append_only();
CREATE OR REPLACE TRIGGER trg_meta_learner_component_no_truncate BEFORE TRUNCATE ON meta_learner_component
  FOR EACH STATEMENT EXECUTE FUNCTION fn_enforce_append_only();
CREATE OR REPLACE TRIGGER trg_state_snapshot_append_only BEFORE UPDATE OR DELETE ON state_snapshot
  FOR EACH ROW EXECUTE FUNCTION fn_enforce_append_only();
CREATE OR REPLACE TRIGGER trg_state_snapshot_no_truncate BEFORE TRUNCATE ON state_snapshot
  FOR EACH STATEMENT EXECUTE FUNCTION fn_enforce_append_only();
CREATE OR REPLACE TRIGGER trg_trade_signal_append_only BEFORE UPDATE OR DELETE ON trade_signal
  FOR EACH ROW EXECUTE FUNCTION fn_enforce_append_only();
CREATE OR REPLACE TRIGGER trg_trade_signal_no_truncate BEFORE TRUNCATE ON trade_signal
  FOR EACH STATEMENT EXECUTE FUNCTION fn_enforce_append_only();
CREATE OR REPLACE TRIGGER trg_strategy_intent_append_only BEFORE UPDATE OR DELETE ON strategy_intent
  FOR EACH ROW EXECUTE FUNCTION fn_enforce_append_only();
CREATE OR REPLACE TRIGGER trg_strategy_intent_no_truncate BEFORE TRUNCATE ON strategy_intent
  FOR EACH STATEMENT EXECUTE FUNCTION fn_enforce_append_only();
CREATE OR REPLACE TRIGGER trg_arbiter_decision_append_only BEFORE UPDATE OR DELETE ON arbiter_decision
  FOR EACH ROW EXECUTE FUNCTION fn_enforce_append_only();
CREATE OR REPLACE TRIGGER trg_arbiter_decision_no_truncate BEFORE TRUNCATE ON arbiter_decision
  FOR EACH STATEMENT EXECUTE FUNCTION fn_enforce_append_only();
CREATE OR REPLACE TRIGGER trg_veto_mark_append_only BEFORE UPDATE OR DELETE ON veto_mark
  FOR EACH ROW EXECUTE FUNCTION fn_enforce_append_only();
CREATE OR REPLACE TRIGGER trg_veto_mark_no_truncate BEFORE TRUNCATE ON veto_mark
  FOR EACH STATEMENT EXECUTE FUNCTION fn_enforce_append_only();
CREATE OR REPLACE TRIGGER trg_order_fill_append_only BEFORE UPDATE OR DELETE ON order_fill
  FOR EACH ROW EXECUTE FUNCTION fn_enforce_append_only();
CREATE OR REPLACE TRIGGER trg_order_fill_no_truncate BEFORE TRUNCATE ON order_fill
  FOR EACH STATEMENT EXECUTE FUNCTION fn_enforce_append_only();
CREATE OR REPLACE TRIGGER trg_executed_trade_append_only BEFORE UPDATE OR DELETE ON executed_trade
  FOR EACH ROW EXECUTE FUNCTION fn_enforce_append_only();
CREATE OR REPLACE TRIGGER trg_executed_trade_no_truncate BEFORE TRUNCATE ON executed_trade
  FOR EACH STATEMENT EXECUTE FUNCTION fn_enforce_append_only();
CREATE OR REPLACE TRIGGER trg_ledger_event_append_only BEFORE UPDATE OR DELETE ON ledger_event
  FOR EACH ROW EXECUTE FUNCTION fn_enforce_append_only();
CREATE OR REPLACE TRIGGER trg_ledger_event_no_truncate BEFORE TRUNCATE ON ledger_event
  FOR EACH STATEMENT EXECUTE FUNCTION fn_enforce_append_only();
CREATE OR REPLACE TRIGGER trg_clv_mark_append_only BEFORE UPDATE OR DELETE ON clv_mark
  FOR EACH ROW EXECUTE FUNCTION fn_enforce_append_only();
CREATE OR REPLACE TRIGGER trg_clv_mark_no_truncate BEFORE TRUNCATE ON clv_mark
  FOR EACH STATEMENT EXECUTE FUNCTION fn_enforce_append_only();
CREATE OR REPLACE TRIGGER trg_portfolio_snapshot_append_only BEFORE UPDATE OR DELETE ON portfolio_snapshot
  FOR EACH ROW EXECUTE FUNCTION fn_enforce_append_only();
CREATE OR REPLACE TRIGGER trg_portfolio_snapshot_no_truncate BEFORE TRUNCATE ON portfolio_snapshot
  FOR EACH STATEMENT EXECUTE FUNCTION fn_enforce_append_only();
CREATE OR REPLACE TRIGGER trg_portfolio_balance_append_only BEFORE UPDATE OR DELETE ON portfolio_balance
  FOR EACH ROW EXECUTE FUNCTION fn_enforce_append_only();
CREATE OR REPLACE TRIGGER trg_portfolio_balance_no_truncate BEFORE TRUNCATE ON portfolio_balance
  FOR EACH STATEMENT EXECUTE FUNCTION fn_enforce_append_only();
CREATE OR REPLACE TRIGGER trg_portfolio_position_append_only BEFORE UPDATE OR DELETE ON portfolio_position
  FOR EACH ROW EXECUTE FUNCTION fn_enforce_append_only();
CREATE OR REPLACE TRIGGER trg_portfolio_position_no_truncate BEFORE TRUNCATE ON portfolio_position
  FOR EACH STATEMENT EXECUTE FUNCTION fn_enforce_append_only();
CREATE OR REPLACE TRIGGER trg_ops_event_append_only BEFORE UPDATE OR DELETE ON ops_event
  FOR EACH ROW EXECUTE FUNCTION fn_enforce_append_only();
CREATE OR REPLACE TRIGGER trg_ops_event_no_truncate BEFORE TRUNCATE ON ops_event
  FOR EACH STATEMENT EXECUTE FUNCTION fn_enforce_append_only();
CREATE OR REPLACE TRIGGER trg_plugin_stat_append_only BEFORE UPDATE OR DELETE ON plugin_stat
  FOR EACH ROW EXECUTE FUNCTION fn_enforce_append_only();
CREATE OR REPLACE TRIGGER trg_plugin_stat_no_truncate BEFORE TRUNCATE ON plugin_stat
  FOR EACH STATEMENT EXECUTE FUNCTION fn_enforce_append_only();
CREATE OR REPLACE TRIGGER trg_run_metric_append_only BEFORE UPDATE OR DELETE ON run_metric
  FOR EACH ROW EXECUTE FUNCTION fn_enforce_append_only();
CREATE OR REPLACE TRIGGER trg_run_metric_no_truncate BEFORE TRUNCATE ON run_metric
  FOR EACH STATEMENT EXECUTE FUNCTION fn_enforce_append_only();
CREATE OR REPLACE TRIGGER trg_validation_append_only BEFORE UPDATE OR DELETE ON validation
  FOR EACH ROW EXECUTE FUNCTION fn_enforce_append_only();
CREATE OR REPLACE TRIGGER trg_validation_no_truncate BEFORE TRUNCATE ON validation
  FOR EACH STATEMENT EXECUTE FUNCTION fn_enforce_append_only();
CREATE OR REPLACE TRIGGER trg_backtest_fold_result_append_only BEFORE UPDATE OR DELETE ON backtest_fold_result
  FOR EACH ROW EXECUTE FUNCTION fn_enforce_append_only();
CREATE OR REPLACE TRIGGER trg_backtest_fold_result_no_truncate BEFORE TRUNCATE ON backtest_fold_result
  FOR EACH STATEMENT EXECUTE FUNCTION fn_enforce_append_only();
CREATE OR REPLACE TRIGGER trg_feature_schema_append_only BEFORE UPDATE OR DELETE ON feature_schema
  FOR EACH ROW EXECUTE FUNCTION fn_enforce_append_only();
CREATE OR REPLACE TRIGGER trg_feature_schema_no_truncate BEFORE TRUNCATE ON feature_schema
  FOR EACH STATEMENT EXECUTE FUNCTION fn_enforce_append_only();
CREATE OR REPLACE TRIGGER trg_invite_usage_append_only BEFORE UPDATE OR DELETE ON invite_usage
  FOR EACH ROW EXECUTE FUNCTION fn_enforce_append_only();
CREATE OR REPLACE TRIGGER trg_invite_usage_no_truncate BEFORE TRUNCATE ON invite_usage
  FOR EACH STATEMENT EXECUTE FUNCTION fn_enforce_append_only();
CREATE OR REPLACE TRIGGER trg_projection_reject_append_only BEFORE UPDATE OR DELETE ON projection_reject
  FOR EACH ROW EXECUTE FUNCTION fn_enforce_append_only();
CREATE OR REPLACE TRIGGER trg_projection_reject_no_truncate BEFORE TRUNCATE ON projection_reject
  FOR EACH STATEMENT EXECUTE FUNCTION fn_enforce_append_only();

CREATE OR REPLACE TRIGGER trg_order_request_kill_switch BEFORE INSERT ON order_request
  FOR EACH ROW EXECUTE FUNCTION fn_block_killed_run();
CREATE OR REPLACE TRIGGER trg_run_kill_switch_final BEFORE UPDATE ON run
  FOR EACH ROW WHEN (OLD.status = 'KILLED' AND NEW.status <> 'KILLED') EXECUTE FUNCTION fn_run_killed_final();
-- SQLite's REPLACE is a DELETE first.
CREATE OR REPLACE TRIGGER trg_run_kill_switch_kept BEFORE DELETE ON run
  FOR EACH ROW WHEN (OLD.status = 'KILLED') EXECUTE FUNCTION fn_run_killed_final();
