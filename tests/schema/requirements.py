"""What each requirement asks of the schema: its id, and what must answer. Tried on both dialects unless said.

An id whose subject is a pipeline or the host's behaviour is not here; of one that has both sides,
this is the side of the schema.
"""
import pathlib
import re

from probes import (Missing, allows, answers, constraint, forbids, index, postgres_only, refuses, shows, takes, trigger,
                    uses_index)
from refusals import check, foreign_key, says, unique
from rejections import BLOCKED, FINAL, RESEARCH
from rows import BACKTEST, CYCLE, HOUR, KILLED, NEW_CYCLE, RUN, SHA, T0

COLUMNS = pathlib.Path(__file__).with_name("columns.txt")
T0_MS, T0_S = T0 // 10**6, T0 // 10**9

# Contract 002.
ENUMS = {
    "run_mode_enum": "{BACKTEST,PAPER,LIVE}", "horizon_enum": "{H1,H4,H24}",
    "model_role_enum": "{BASE_TREE,BASE_DEEP,REGIME,META}", "signal_action_enum": "{ENTER,EXIT,HOLD}",
    "order_side_enum": "{BUY,SELL}", "order_type_enum": "{LIMIT,MARKET}",
    "order_status_enum": "{NEW,ACK,PARTIAL,FILLED,CANCELLED,REJECTED}", "drawdown_tier_enum": "{NORMAL,DD10,DD15,HALT20}"}
APPEND_ONLY_002 = {  # the document's table: the one behind it, where that has another name
    "market_ohlcv_hourly": None, "order_book_snapshot": None, "feature_snapshot": None, "regime_output": None,
    "model_prediction": None, "meta_learner_component": None, "trade_signal": None, "order_fill": None,
    "executed_trade": None, "cash_ledger": "ledger_event", "risk_event": "ops_event", "backtest_fold_result": None}
KEY_002 = {"order_fill": "fill_id", "executed_trade": "trade_id", "cash_ledger": "ledger_seq",
           "risk_event": "risk_event_id", "backtest_fold_result": "fold_id"}
HYPERTABLES = {"market_ohlcv_hourly": "hour_ts", "order_book_snapshot": "event_ts", "feature_snapshot": "hour_ts",
               "regime_output": "hour_ts", "model_prediction": "hour_ts", "meta_learner_component": "hour_ts",
               "position_hourly_state": "hour_ts", "portfolio_hourly_state": "hour_ts", "risk_hourly_state": "hour_ts"}
TABLES_002 = [*APPEND_ONLY_002, "run_context", "model_version", "order_request", "portfolio_hourly_state",
              "risk_hourly_state", "position_hourly_state"]
BEHIND_002 = ", ".join(f"'{base or view}'" for view, base in {**dict.fromkeys(TABLES_002), **APPEND_ONLY_002}.items())

# Document 001's words for the canonical states of an order.
STATES_001 = {"NEW": "Submitted", "ACK": "Acked", "OPEN": "Open", "PARTIAL": "PartiallyFilled", "FILLED": "Filled",
              "CANCELLED": "Canceled", "EXPIRED": "Canceled", "UNKNOWN": "Submitted", "REJECTED": "Rejected",
              "FAILED": "Failed"}
APPEND_ONLY_001 = {"raw_events": "raw_event", "snapshots": "state_snapshot", "strategy_intents": "strategy_intent",
                   "arbiter_approvals": "arbiter_decision", "fills": "order_fill", "pnl_ledger": "ledger_event",
                   "portfolio_snapshots": "portfolio_snapshot", "plugin_signals": "plugin_signal", "incidents": "ops_event"}

ENVELOPE = ("schema_version", "source", "ingest_ts", "event_ts", "run_id")
# Without envelope: reference data, and the bookkeeping of the projection.
REFERENCE = {"schema_migration", "config_kv", "account", "instrument", "feature_schema", "feature_cache", "model_version",
             "agg_trade_meta", "app_user", "invite_code", "invite_usage", "refresh_token", "projection_checkpoint",
             "projection_reject", "projection_number"}


def kept(table, operation):
    return says(f"append-only violation on table {table}, operation {operation} is not allowed")


def twice(table, changes, key):
    """A second row with the key of the first is refused by it."""
    return refuses(table, changes, unique(key, table))


def append_only(table, column="run_id"):
    """UPDATE and DELETE of a table, or of a view of contract 002, raise its exact words."""
    name = table.removeprefix("core.")
    return [forbids(f"UPDATE {table} SET {column} = {column}", kept(name, "UPDATE")),
            forbids(f"DELETE FROM {table}", kept(name, "DELETE"))]


def envelope_is_required(database, rows):
    for table in rows.columns.keys() - REFERENCE:
        if database.dialect == "postgres":
            required = {name for (name,) in database.run(
                f"SELECT attname FROM pg_attribute WHERE attrelid = '{table}'::regclass AND attnotnull")}
        else:
            required = {row[1] for row in database.run(f"PRAGMA table_info({table})") if row[3] or row[5]}
        if missing := set(ENVELOPE) - required:
            raise Missing(f"{table} lacks {missing}")
    if len(rows.columns.keys() - REFERENCE) < 34 or REFERENCE - rows.columns.keys():
        raise Missing("the tables are others than the ones expected")


REQUIREMENTS = [
    # Document 000.
    ("E-04", [envelope_is_required]),
    ("E-05", [postgres_only(answers("SELECT current_setting('server_version_num')::int >= 150000", ["t"]))]),
    ("E-12", [twice("raw_event", {"seq": 1}, "uq_raw_event_run_source_seq"),
              answers("SELECT schema_version FROM edge.raw_stream_frames", ["v1"])]),
    ("E-13", [twice("book_level", {"level": 1}, "pk_book_level"),
              answers("SELECT side FROM edge.canonical_orderbook", ["LAY"]),  # a resting bid is what a LAY can take
              takes("book_level", {"side": "SELL"}, "SELECT side FROM edge.canonical_orderbook ORDER BY 1", ["BACK"], ["LAY"])]),
    ("E-14", [takes("market_event", {"payload": '{"text": "\\u0000", "n": 1e400000}'}),  # valid JSON, whoever can use it
              twice("market_event", {"event_id": "x"}, "market_event_pkey")]),
    ("E-15", [takes("model_prediction", {"horizon": "", "cycle_id": None}, "SELECT count(*) FROM edge.model_outputs", [1]),
              twice("model_prediction", {"instrument_id": 1}, "pk_model_prediction"),
              # Another hour does not make the same output another one.
              refuses("model_prediction", {"horizon": "", "cycle_id": None, "hour_ts": T0 + HOUR},
                      check("ck_model_prediction_bucket_match"))]),
    ("E-16", [answers("SELECT side FROM edge.value_signals", ["BACK"]),
              twice("trade_signal", {"instrument_id": 1}, "uq_trade_signal_identity")]),
    ("E-17", [twice("arbiter_decision", {"decision_id": 1}, "arbiter_decision_pkey")]),
    ("E-18", [twice("order_request", {"client_order_id": "x"}, "idx_orders_client_oid")]),
    ("E-19", [twice("ledger_event", {"ledger_seq": 1}, "ledger_event_pkey"),
              *append_only("ledger_event")]),
    ("E-20", [twice("clv_mark", {"event_ts": T0}, "pk_clv_mark")]),
    ("E-34", [takes("raw_event", {"source": "a"}, "SELECT source, seq FROM edge.raw_stream_frames ORDER BY source, seq",
                    ["a", 2], ["x", 1]),
              postgres_only(takes("raw_event", {"seq": 0}, f"SELECT source, seq FROM replay('{RUN}')", ["x", 0], ["x", 1])),
              postgres_only(takes("raw_event", {"source": "a"}, f"SELECT seq FROM replay('{RUN}', 'x')", [1]))]),
    ("E-54", [refuses("order_request", {"run_id": KILLED}, says(BLOCKED)),
              takes("order_request", {"run_id": KILLED, "reduce_only": True}),
              takes("order_request", {"run_id": KILLED, "client_order_id": "ext-v-1", "decision_id": None})]),
    ("E-55", [forbids(f"UPDATE run SET status = 'STARTED' WHERE run_id = '{KILLED}'", says(FINAL)),
              forbids(f"DELETE FROM run WHERE run_id = '{KILLED}'", says(FINAL)),
              takes("run", {"status": "STARTED"})]),

    # Document 001.
    # What a watched strategy would have made is in no account.
    ("P-02", [takes(table, {"book": "SHADOW"} | more, f"SELECT count(*) FROM {view}", [count])
              for table, more, view, count in (
                  ("arbiter_decision", {}, "powerdoc.arbiter_approvals", 1), ("order_request", {}, "powerdoc.orders", 1),
                  ("order_request", {}, "powerdoc.order_rollups", 1), ("order_fill", {}, "powerdoc.fills", 1),
                  ("order_fill", {}, "core.order_fill", 1), ("executed_trade", {}, "core.executed_trade", 1),
                  ("portfolio_snapshot", {}, "powerdoc.portfolio_snapshots", 1), ("order_request", {}, "edge.orders", 1),
                  ("portfolio_snapshot", {"run_id": BACKTEST}, "forge.equity", 0),
                  ("executed_trade", {"run_id": BACKTEST}, "forge.trades", 0))]
     + [takes("ledger_event", {"book": "PNL", "event_type": "realized", "chain_book": book},
              "SELECT count(*) FROM powerdoc.pnl_ledger", [count]) for book, count in (("MAIN", 1), ("SHADOW", 0))]),
    ("P-05", [probe for table in APPEND_ONLY_001.values() for probe in append_only(table)]),
    ("P-08", [answers("SELECT order_id FROM powerdoc.orders", ["007"]),
              takes("order_fill", {"exchange_trade_id": "00012345678901234567890"},
                    "SELECT fill_id FROM powerdoc.fills WHERE id = 2", ["00012345678901234567890"]),
              twice("state_snapshot", {"snapshot_id": 1}, "state_snapshot_pkey"),
              twice("strategy_intent", {"intent_id": 1}, "strategy_intent_pkey"),
              twice("order_fill", {"fill_id": 1}, "order_fill_pkey")]),
    ("P-09", [takes("ledger_event", {"book": "PNL", "event_type": "realized", "ref": "1"}, """
                SELECT f.fill_id, s.snapshot_id, n.intent_id, d.decision_id, o.order_id, l.event_type
                FROM order_fill f JOIN order_request o ON o.client_order_id = f.client_order_id
                JOIN arbiter_decision d ON d.decision_id = o.decision_id JOIN strategy_intent n ON n.intent_id = d.intent_id
                JOIN state_snapshot s ON s.snapshot_id = n.snapshot_id
                JOIN ledger_event l ON l.ref = CAST(f.fill_id AS TEXT)""", [1, 1, 1, 1, 1, "realized"])]),
    ("P-10", [refuses("strategy_intent", {"snapshot_id": 999}, foreign_key("strategy_intent_snapshot_id_fkey")),
              takes("strategy_intent", {"rationale_json": '{"why": 1}'},
                    "SELECT rationale_json FROM powerdoc.strategy_intents WHERE intent_id = 2", ['{"why": 1}'])]),
    ("P-11", [answers("SELECT key, value FROM powerdoc.schema_meta WHERE key = 'schema_version'", ["schema_version", "1"]),
              twice("config_kv", {"scope": "schema", "key": "schema_version"}, "pk_config_kv")]),
    ("P-12", [answers(f"SELECT started_at_ms FROM powerdoc.runs WHERE run_id = '{RUN}'", [T0_MS]),
              twice("run", {"run_id": RUN}, "run_pkey")]),
    ("P-13", [takes("raw_event", {"payload": bytes(range(256)), "instrument_id": None}, "SELECT CASE WHEN payload = "
                    "(SELECT payload FROM raw_event WHERE raw_event_id = 2) THEN length(payload) END FROM raw_event "
                    "WHERE raw_event_id = 2", [256]),
              takes("raw_event", {"payload": '{"b": 1,"a":2 }'.encode()},
                    "SELECT payload_json FROM powerdoc.raw_events WHERE id = 2", ['{"b": 1,"a":2 }']),
              index("idx_raw_events_run_ts", "raw_event", "run_id, event_ts"),
              index("idx_raw_events_market_ts", "raw_event", "instrument_id, event_ts"),
              index("idx_raw_events_source_topic_ts", "raw_event", "source, topic, event_ts"),
              refuses("raw_event", {"run_id": "00000000-0000-4000-8000-0000000000ff"}, foreign_key("raw_event_run_id_fkey"))]),
    ("P-17", [answers("SELECT can_trade, drawdown_halt FROM powerdoc.snapshots", [0, 0]),
              index("idx_snapshots_run_market_ts", "state_snapshot", "run_id, instrument_id, event_ts")]),
    ("P-19", [index("idx_intents_run_ts", "strategy_intent", "run_id, event_ts"),
              index("idx_intents_market_ts", "strategy_intent", "instrument_id, event_ts"),
              index("idx_intents_strategy_ts", "strategy_intent", "strategy, event_ts")]),
    ("P-21", [refuses("strategy_intent", {"intent_kind": "Buy"}, check("strategy_intent_intent_kind_check", "intent_kind")),
              *[takes("strategy_intent", {"intent_kind": kind},
                      "SELECT intent_kind FROM powerdoc.strategy_intents WHERE intent_id = 2", [shown])
                for kind, shown in {"PlaceOrder": "PlaceOrder", "CancelOrder": "CancelOrder", "CancelAll": "CancelAll",
                                    "FlattenMarket": "FlattenMarket", "NoOp": "NoOp",
                                    "ReplaceOrder": "PlaceOrder", "TargetPosition": "PlaceOrder"}.items()]]),
    ("P-22", [takes("strategy_intent", {"side": side, "outcome": outcome},
                    "SELECT side FROM powerdoc.strategy_intents WHERE intent_id = 2", [shown])
              for side, outcome, shown in (("BUY", "YES", "BuyYes"), ("BUY", "NO", "BuyNo"), ("SELL", "YES", "SellYes"),
                                           ("SELL", "NO", "SellNo"), ("BUY", "", "BuyYes"), (None, "YES", ""))]),
    ("P-23", [refuses("strategy_intent", {"urgency": "Fast"}, check("strategy_intent_urgency_check", "urgency")),
              *[takes("strategy_intent", {"urgency": urgency}) for urgency in ("Maker", "Neutral", "Taker")]]),
    ("P-24", [answers("SELECT approved FROM powerdoc.arbiter_approvals", [1]),
              twice("arbiter_decision", {"book": "MAIN"}, "uq_arbiter_decision_intent"),
              refuses("arbiter_decision", {"intent_id": 999}, foreign_key("arbiter_decision_intent_id_fkey"))]),
    ("P-25", [takes("arbiter_decision", {"approved": False, "approved_qty": "0", "reason": reason})
              for reason in ("risk_veto", "market_locked", "lower_priority", "invalid", "expired", "halted")]),
    ("P-27", [index("idx_orders_client_oid", "order_request", "client_order_id"),
              index("idx_orders_order_id", "order_request", "venue_order_id"),
              index("idx_orders_market_ts", "order_request", "instrument_id, event_ts"),
              index("idx_orders_strategy_ts", "order_request", "strategy, event_ts"),
              takes("order_request", {"decision_id": None, "intent_id": None})]),
    ("P-28", [*[takes("order_request", {"status": state}, "SELECT status FROM powerdoc.orders WHERE id = 2", [shown])
                for state, shown in STATES_001.items()],
              takes("order_request", {"acked_ts": T0 + 7_000_000, "final_ts": T0 + 9_999_999},
                    "SELECT submit_latency_ms, ts_acked_ms - ts_submitted_ms, ts_final_ms - ts_submitted_ms "
                    "FROM powerdoc.orders WHERE id = 2", [7, 7, 9])]),
    ("P-29", [refuses("ops_event", {"severity": "warning"}, check("ops_event_severity_check", "severity")),
              *[takes("ops_event", {"severity": severity}) for severity in ("INFO", "WARN", "ERROR", "CRITICAL")],
              index("idx_incidents_run_ts", "ops_event", "run_id, event_ts")]),
    ("P-30", [index("idx_fills_order_id", "order_fill", "venue_order_id"),
              index("idx_fills_client_oid", "order_fill", "client_order_id"),
              index("idx_fills_market_ts", "order_fill", "instrument_id, event_ts"),
              index("idx_fills_strategy_ts", "order_fill", "strategy, event_ts"),
              takes("order_fill", {"liquidity": "MAKER"}, "SELECT liquidity, CAST(fee_usd AS INTEGER) FROM powerdoc.fills "
                    "WHERE id = 2", ["maker", 0])]),
    ("P-31", [answers("SELECT count(*) FROM powerdoc.pnl_ledger", [0]),  # a CASH row is not PnL
              *[takes("ledger_event", {"book": "PNL", "event_type": kind}, "SELECT kind FROM powerdoc.pnl_ledger", [kind])
                for kind in ("realized", "mtm", "fee", "funding", "adjustment")],
              refuses("ledger_event", {"book": "PNL", "event_type": "bonus"}, check("ck_ledger_event_type")),
              index("idx_pnl_market_ts", "ledger_event", "instrument_id, event_ts"),
              index("idx_pnl_strategy_ts", "ledger_event", "strategy, event_ts"),
              index("idx_pnl_run_ts", "ledger_event", "run_id, book, event_ts")]),
    ("P-33", [index("idx_plugin_run_ts", "plugin_signal", "run_id, event_ts"),
              index("idx_plugin_market_ts", "plugin_signal", "instrument_id, kind, event_ts DESC")]),
    ("P-36", [twice("feature_schema", {"feature_schema_version": 1}, "feature_schema_pkey")]),
    ("P-37", [refuses("state_snapshot", {"feature_schema_version": 999},
                      foreign_key("state_snapshot_feature_schema_version_fkey")),
              forbids("UPDATE feature_schema SET features_json = '[]'", kept("feature_schema", "UPDATE")),
              twice("feature_schema", {"features_json": '["a"]'}, "feature_schema_features_json_key")]),
    ("P-39", [takes("order_fill", {"price": "103", "qty": "2", "fee": "3", "event_ts": T0 + 5_000_000},
                    "SELECT order_id, CAST(qty_filled AS INTEGER), CAST(vwap AS INTEGER), CAST(fee_usd AS INTEGER), "
                    "ts_first_fill_ms, ts_last_fill_ms FROM powerdoc.order_rollups",
                    ["007", 3, 102, 3, T0_MS, T0_MS + 5])]),
    ("P-45", [*append_only("ledger_event"),
              takes("ledger_event", {"book": "PNL", "event_type": "adjustment", "ref": "settlement:1"})]),
    ("P-68", [twice("order_request", {"client_order_id": "x"}, "idx_orders_client_oid")]),
    ("P-69", [takes("order_fill", {"venue_order_id": "renumbered"}, "SELECT o.order_id FROM powerdoc.fills f "
                    "JOIN powerdoc.orders o ON o.client_order_id = f.client_order_id WHERE f.id = 2", ["007"])]),

    # Document 002.
    ("C-02", [postgres_only(answers(f"SELECT enum_range(NULL::{name})", [values])) for name, values in ENUMS.items()]),
    ("C-03", [postgres_only(answers(
        "SELECT table_name, column_name FROM information_schema.columns WHERE table_schema = 'core' AND data_type = 'numeric' "
        "AND (numeric_precision, numeric_scale) <> (38, 18)", ["order_book_snapshot", "spread_bps"]))]),
    ("C-04", [postgres_only(answers(
        "SELECT count(*) > 30, bool_and(data_type = 'timestamp with time zone') FROM information_schema.columns "
        "WHERE table_schema = 'core' AND column_name ~ '_(ts|at)_utc$'", ["t", "t"])),
        postgres_only(answers("SELECT (extract(epoch FROM hour_ts_utc) * 1000000000)::bigint FROM core.run_context "
                              f"WHERE run_id = '{CYCLE}'", [T0]))]),
    ("C-05", [postgres_only(answers(
        "SELECT attrelid::regclass, attname FROM pg_attribute WHERE attrelid IN (SELECT oid FROM pg_class WHERE relkind = 'r' "
        f"AND relnamespace = 'public'::regnamespace AND relname IN ({BEHIND_002})) AND atttypid IN ('dec18'::regtype, "
        "'numeric'::regtype) AND NOT attnotnull AND attgenerated = ''"))]),
    ("C-06", [postgres_only(answers("SELECT pg_typeof(account_id) FROM core.run_context LIMIT 1", ["smallint"]))]),
    ("C-07", [constraint("run_context", "pk_run_context"),
              twice("run_context", {"cycle_id": CYCLE}, "pk_run_context")]),
    ("C-08", [twice("run_context", {"hour_ts": T0}, "uq_run_context_account_mode_hour"),
              takes("run_context", {"hour_ts": T0, "account_id": 2})]),
    ("C-09", [constraint("run_context", "uq_run_context_run_mode_hour"),
              refuses("trade_signal", {"hour_ts": T0 + HOUR}, foreign_key("fk_trade_signal_context"))]),
    ("C-10", [refuses("run_context", {"hour_ts": T0 + HOUR // 2}, check("ck_run_context_hour_aligned"))]),
    ("C-11", [refuses("run_context", {"cycle_seq": -1}, check("ck_run_context_cycle_seq_pos"))]),
    ("C-12", [refuses("run_context", {"status": "RUNNING"}, check("ck_run_context_status")),
              *[takes("run_context", {"status": status}) for status in ("STARTED", "COMPLETED", "FAILED", "SKIPPED")],
              takes("run_context", {}, f"SELECT status FROM core.run_context WHERE run_id = '{NEW_CYCLE}'", ["STARTED"])]),
    ("C-13", [refuses("run_context", {"completed_ts": T0 - 1}, check("ck_run_context_completed_after_started"))]),
    ("C-14", [refuses("run_context", {"run_mode": "BACKTEST"}, check("ck_run_context_backtest_link")),
              refuses("run_context", {"backtest_run_id": BACKTEST}, check("ck_run_context_backtest_link")),
              takes("run_context", {"run_mode": "BACKTEST", "backtest_run_id": BACKTEST})]),
    ("C-15", [twice("order_book_snapshot", {"source_venue": "x"}, "pk_order_book_snapshot"),
              postgres_only(answers("SELECT spread_abs, spread_bps FROM core.order_book_snapshot",
                                    ["1.000000000000000000", "100.00000000"])),
              answers("SELECT CAST(spread_abs AS INTEGER), CAST(spread_bps AS INTEGER) FROM core.order_book_snapshot", [1, 100]),
              forbids("UPDATE order_book_snapshot SET best_bid_price = '1'", kept("order_book_snapshot", "UPDATE"))]),
    ("C-16", [constraint("order_book_snapshot", "ck_order_book_snapshot_hour_aligned"),
              refuses("order_book_snapshot", {"hour_ts": T0 + HOUR}, check("ck_order_book_snapshot_bucket_match")),
              refuses("order_book_snapshot", {"best_ask_price": "99"}, check("ck_order_book_snapshot_ask_ge_bid"))]),
    ("C-17", [constraint("order_request", "fk_order_request_signal_identity"),
              refuses("order_request", {"signal_id": 999}, foreign_key("fk_order_request_signal_identity")),
              postgres_only(answers("SELECT confupdtype, confdeltype FROM pg_constraint "
                                    "WHERE conname = 'fk_order_request_signal_identity'", ["r", "r"]))]),
    ("C-18", [index("uqix_model_version_one_active_per_name_role", "model_version", "model_name, model_role"),
              twice("model_version", {"is_active": True}, "uqix_model_version_one_active_per_name_role"),
              takes("model_version", {"is_active": False}),
              postgres_only(answers("SELECT to_regclass('uqix_model_version_one_active_per_name') IS NULL", ["t"]))]),
    ("C-19", [*append_only("order_fill"), forbids("UPDATE core.order_fill SET fill_id = 1", kept("order_fill", "UPDATE")),
              postgres_only(answers("SELECT count(*) FROM pg_proc WHERE proname = 'fn_enforce_append_only'", [1]))]),
    ("C-20", [probe for view in APPEND_ONLY_002
              for probe in (trigger(f"core.{view}", f"trg_{view}_append_only"),
                            *append_only(f"core.{view}", KEY_002.get(view, "asset_id")))]
     + [trigger(base or view, f"trg_{base or view}_append_only") for view, base in APPEND_ONLY_002.items()]),
    ("C-21", [allows(f"UPDATE {table} SET gross_exposure = '2'") for table in ("portfolio_hourly_state", "risk_hourly_state")]
     + [allows("UPDATE position_hourly_state SET qty = '2'"),
        postgres_only(allows("UPDATE core.portfolio_hourly_state SET cash_balance = 2"))]),
    ("C-22", [postgres_only(answers(f"""
        SELECT '{table}', (SELECT count(*) FROM pg_constraint WHERE confrelid = t.oid),
          (SELECT bool_and(a.attnum = ANY (indkey)) FROM pg_index, pg_attribute a
           WHERE indrelid = t.oid AND indisunique AND a.attrelid = t.oid AND a.attname = '{column}')
        FROM pg_class t WHERE oid = '{table}'::regclass""", [table, 0, "t"])) for table, column in HYPERTABLES.items()]),
    ("C-23", [constraint("order_request", "ck_order_request_no_leverage"),
              refuses("order_request", {"requested_notional": "1000.01"}, check("ck_order_request_no_leverage")),
              takes("order_request", {"requested_notional": "1000"})]),
    ("C-24", [constraint("risk_hourly_state", "ck_risk_hourly_state_dd20_halt"),
              refuses("risk_hourly_state", {"drawdown_pct": "0.20", "drawdown_tier": "DD15"},
                      check("ck_risk_hourly_state_dd20_halt")),
              refuses("risk_hourly_state", {"drawdown_pct": "0.20", "drawdown_tier": "HALT20"},
                      check("ck_risk_hourly_state_dd20_halt"))]),
    ("C-25", [takes("risk_hourly_state", {"drawdown_pct": drawdown, "drawdown_tier": tier, "halt_active": tier == "HALT20"})
              for drawdown, tier in (("0", "NORMAL"), ("0.10", "DD10"), ("0.15", "DD15"), ("0.2", "HALT20"), ("0.05", "DD15"))]
     + [refuses("risk_hourly_state", {"drawdown_pct": drawdown, "drawdown_tier": tier}, check("ck_risk_hourly_state_tier"))
        for drawdown, tier in (("0.10", "NORMAL"), ("0.15", "DD10"))]),
    ("C-26", [constraint("order_fill", "uq_order_fill_order_exchange_trade"),
              twice("order_fill", {"exchange_trade_id": "x"}, "uq_order_fill_order_exchange_trade")]),
    ("C-27", [constraint("run_context", "uq_run_context_account_mode_hour"), *append_only("trade_signal"),
              *append_only("arbiter_decision")]),
    ("C-28", [constraint("feature_snapshot", "ck_feature_snapshot_no_lookahead"),
              refuses("feature_snapshot", {"window_end_ts": T0 + 1}, check("ck_feature_snapshot_no_lookahead"))]),
    ("C-29", [shows(f"core.{view}", "*") for view in TABLES_002]),
    ("C-31", [refuses("meta_learner_component", {"base_model_version_id": 1}, check("ck_meta_learner_component_not_self"))]),
    ("C-32", [takes("model_prediction", {"horizon": horizon},
                    f"SELECT count(*) FROM core.model_prediction WHERE horizon = '{horizon}' AND asset_id = 2", [1])
              for horizon in ("H1", "H4", "H24")]),
    ("C-33", [refuses("trade_signal", {"action": "HOLD"}, check("ck_trade_signal_hold_has_no_side")),
              takes("trade_signal", {"action": "HOLD", "side": "NONE"})]),
    ("C-34", [shows(f"core.{view}", "account_id") for view in (
        "run_context", "order_request", "executed_trade", "cash_ledger", "risk_event", "portfolio_hourly_state",
        "risk_hourly_state", "position_hourly_state")]),
    ("C-35", [constraint("backtest_fold_result", "ck_backtest_fold_result_no_lookahead"),
              refuses("backtest_fold_result", {"train_end_ts": T0 + 2}, check("ck_backtest_fold_result_no_lookahead")),
              *append_only("backtest_fold_result")]),

    # Document 003.
    ("A-02", [takes("funding_snapshot", {"instrument_id": 2, "event_ts": T0, "mark_price": "3"}, "SELECT ts, "
                    "CAST(btc_price AS INTEGER), CAST(eth_price AS INTEGER) FROM arb.rate_snapshots", [T0_S, 1, 3]),
              index("idx_rate_snapshots_ts", "funding_snapshot", "event_ts")]),
    ("A-03", [twice("agg_trade", {"agg_id": 1}, r"agg_trades_\d+_pkey"),
              index("idx_agg_trades_sym_time", "agg_trade", "instrument_id, event_ts DESC"),
              index("idx_agg_trades_sym_agg", "agg_trade", "instrument_id, agg_id")]),
    ("A-04", [postgres_only(answers("SELECT tableoid::regclass FROM agg_trade", ["agg_trades_202601"]))]),
    ("A-05", [postgres_only(answers("SELECT ensure_partitions() , ensure_partitions()", [0, 0]))]),
    ("A-06", [answers("SELECT updated_at FROM arb.agg_trades_meta", ["2026-01-01T00:00:00Z"])]),
    ("A-07", [refuses("agg_trade", {"is_buyer_maker": 2}, check("agg_trade_is_buyer_maker_check", "is_buyer_maker")),
              takes("agg_trade", {"is_buyer_maker": 0})]),
    ("A-08", [index("idx_si_ts", "signal_indicator", "event_ts"),
              index("idx_si_sym_ts", "signal_indicator", "instrument_id, event_ts")]),
    ("A-13", [refuses("signal_indicator", {"score": 101}, check("signal_indicator_score_check", "score")),
              refuses("signal_indicator", {"signal": "FLAT"}, check("signal_indicator_signal_check", "signal")),
              *[takes("signal_indicator", {"score": score, "signal": signal})
                for score, signal in ((0, "LONG"), (100, "SHORT"), (50, None))]]),
    ("A-14", [takes("signal_indicator", {}, "SELECT count(*) FROM arb.signal_indicators_1m", [1])]),
    ("A-15", [*[takes("bracket_trade", {"book": "SIGNAL", "status": status} | closed,
                      "SELECT status FROM arb.signal_trades", [shown])
                for status, closed, shown in (("active", {}, "open"), ("tp2", {"exit_ts": T0, "exit_price": "1"}, "closed"),
                                              ("sl", {"exit_ts": T0, "exit_price": "1"}, "stopped"))]]),
    ("A-16", [answers("SELECT status, strategy, entry_ts FROM arb.paper_trades", ["active", "v51_baseline", T0_MS]),
              *[takes("bracket_trade", {"status": status}) for status in ("active", "tp1", "tp2", "sl", "timeout")],
              refuses("bracket_trade", {"status": "won"}, check("bracket_trade_status_check", "status"))]),
    ("A-18", [takes("bracket_trade", {"tier": tier}) for tier in ("light", "standard", "heavy")]
     + [refuses("bracket_trade", {"tier": "huge"}, check("bracket_trade_tier_check", "tier"))]),
    ("A-21", [refuses("bracket_trade", {"indicator_id": 999}, foreign_key("bracket_trade_indicator_id_fkey")),
              refuses("bracket_trade", {"protection_gap_ms": -1},
                      check("bracket_trade_protection_gap_ms_check", "protection_gap_ms")),
              refuses("bracket_trade", {"order_to_fill_ms": -1},
                      check("bracket_trade_order_to_fill_ms_check", "order_to_fill_ms")),
              takes("bracket_trade", {"book": "LIVE", "entry_order_id": 1}, "SELECT binance_order_id FROM arb.live_trades", ["007"])]),
    ("A-23", [answers("SELECT key, value FROM arb.live_config ORDER BY key", ["circuit_break", "0"], ["max_positions", "4"],
                      ["risk_per_trade_usd", "100"])]),
    ("A-24", [*[takes("ops_event", {"category": "TRADE", "severity": severity},
                      "SELECT level, ts FROM arb.live_events", [shown, T0_MS])
                for severity, shown in (("INFO", "info"), ("WARN", "warning"), ("ERROR", "error"), ("CRITICAL", "error"))]]),
    ("A-25", [takes("plugin_signal", {
        "plugin": "funding_alert", "payload": '{"rate": 0.5, "annualized": 547.5, "message": "high"}'},
        "SELECT rate, annualized, message, sent_at FROM arb.signal_logs", [0.5, 547.5, "high", "2026-01-01T00:00:00Z"])]),
    ("A-26", [twice("app_user", {"email": "x"}, "app_user_email_key"),
              takes("app_user", {}, "SELECT role, banned FROM arb.users WHERE id = 2", ["user", 0])]),
    ("A-27", [takes("app_user", {}, "SELECT tier FROM arb.subscriptions WHERE user_id = 2", ["free"])]),
    ("A-28", [takes("invite_code", {}, "SELECT max_uses, used_count, status FROM arb.invite_codes WHERE id = 2", [1, 0, "active"]),
              refuses("invite_code", {"used_count": 2}, check("ck_invite_code_uses")),
              twice("invite_code", {"code": "x"}, "invite_code_code_key")]),
    ("A-29", [twice("refresh_token", {"token_hash": "a" * 64}, "refresh_token_token_hash_key"),
              takes("refresh_token", {}, "SELECT revoked FROM arb.refresh_tokens WHERE id = 2", [0])]),
    ("A-31", [takes("plugin_signal", {"plugin": "market_data", "kind": "funding_rate", "instrument_id": 1, "payload": "1"},
                    "SELECT symbol, indicator_type, timestamp_ms FROM arb.market_indicators",
                    ["BTCUSDT", "funding_rate", T0_MS]),
              uses_index("SELECT payload FROM plugin_signal WHERE instrument_id = 1 AND kind = 'funding_rate' "
                         "ORDER BY event_ts DESC LIMIT 1", "idx_plugin_market_ts")]),

    # Document 004.
    ("F-01", [takes("backtest_fold_result", {"run_id": BACKTEST}, "SELECT run_hash FROM backtest_fold_result "
                    f"JOIN run USING (run_id) WHERE run_id = '{BACKTEST}'", [SHA]),
              refuses("run", RESEARCH | {"run_hash": None}, check("ck_run_research_hashes"))]),
    ("F-02", [twice("run", RESEARCH | {"run_hash": SHA}, "uqix_run_backtest_hash"),
              refuses("run", {"seed_root": 2**32}, check("run_seed_root_check", "seed_root")),
              refuses("run", {"bootstrap_seed": -1}, check("run_bootstrap_seed_check", "bootstrap_seed")),
              *[takes("run", RESEARCH | {"status": status}, f"SELECT status FROM forge.runs WHERE run_hash <> '{SHA}'", [shown])
                for status, shown in (("PENDING", "pending"), ("STARTED", "running"), ("FAILED", "failed"),
                                      ("COMPLETED", "completed"), ("KILLED", "failed"))]]),
    ("F-08", [index("idx_executed_trade_run_ts", "executed_trade", "run_id, event_ts"),
              takes("executed_trade", {"run_id": BACKTEST, "side": "SELL", "qty": "2", "position_after": "-2"},
                    "SELECT side, CAST(qty AS INTEGER), ts FROM forge.trades", ["sell", -2, T0]),
              takes("executed_trade", {"run_id": BACKTEST, "position_after": "0"}, "SELECT side FROM forge.trades", ["flat"])]),
    ("F-09", [takes("portfolio_snapshot", {"run_id": BACKTEST}, "SELECT ts FROM forge.equity", [T0])]),
    ("F-10", [twice("validation", {"run_id": RUN}, "validation_pkey"),
              refuses("validation", {"bootstrap_method": "block"}, check("validation_bootstrap_method_check", "bootstrap_method")),
              refuses("validation", {"bootstrap_sharpe_low": 3.0}, check("ck_validation_ci_order"))]),
    ("F-11", [refuses("validation", {"bootstrap_block_length": 3}, check("ck_validation_bootstrap_simple")),
              refuses("validation", {"bootstrap_jitter": 1}, check("ck_validation_bootstrap_simple")),
              takes("validation", {"bootstrap_fallback": True}, "SELECT bootstrap_fallback FROM forge.validation", [1])]),
    ("F-16", [twice("run_metric", {"phase": ""}, "pk_run_metric"),
              *[takes("run_metric", {"run_id": BACKTEST, "phase": "", "value_type": kind},
                      "SELECT value_type, phase FROM forge.metrics", [kind, ""]) for kind in ("int", "float", "str", "json")]]),
    ("F-17", [twice("feature_cache", {"meta_hash": SHA}, "feature_cache_pkey")]),
    ("F-20", [takes("ops_event", {"run_id": BACKTEST, "category": "RUN_ERROR", "kind": "E1", "stack_hash": SHA},
                    "SELECT run_hash, error_code, ts FROM forge.run_errors", [SHA, "E1", T0_MS])]),
    ("F-21", [takes("phase_metric", {"run_id": BACKTEST, "ended_ts": T0 + 1_500_000_000},
                    "SELECT duration_ms, ended_at - started_at FROM forge.phase_metrics", [1500, 1500])]),
    ("F-23", [answers("SELECT db_version FROM forge.runs", [1])]),
    ("F-29", [refuses(table, {"run_id": "00000000-0000-4000-8000-0000000000ff"}, foreign_key(f"{table}_run_id_fkey"))
              for table in ("executed_trade", "portfolio_snapshot", "run_metric", "ops_event", "phase_metric", "validation")]),
    ("X-11", [envelope_is_required]),
]


def requirements():
    """{id: its probes}, the columns of the documents' tables included."""
    found = {}
    for line in COLUMNS.read_text().splitlines():
        if not line.startswith("#"):
            name, view, columns = re.fullmatch(r"(\S+) (\S+): (.+)", line).groups()
            found.setdefault(name, []).append(shows(view, columns))
    for name, probes in REQUIREMENTS:
        found.setdefault(name, []).extend(probes)
    if len({name for name, _ in REQUIREMENTS}) != len(REQUIREMENTS):
        raise SystemExit("a requirement is there twice")
    return dict(sorted(found.items(), key=lambda item: ("EPCAFX".index(item[0][0]), item[0])))
