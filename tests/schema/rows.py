"""A valid row of every table: BASE fills a database, NEXT makes another row of it beside that one.

Columns without an entry get a value by their type, so that a table here is only what is special about it.
"""
import re

from databases import literal

HOUR = 3_600_000_000_000
T0 = 1_767_225_600_000_000_000  # 2026-01-01T00:00:00Z
RUN, BACKTEST, KILLED, NEW_RUN = (f"00000000-0000-4000-8000-00000000000{n}" for n in "1234")
CYCLE, BACKTEST_CYCLE, NEW_CYCLE = (f"00000000-0000-4000-8000-0000000000c{n}" for n in "123")
ABSENT = "00000000-0000-4000-8000-0000000000ff"
SHA = "a" * 64
CORE = {"cycle_id": CYCLE, "run_mode": "PAPER", "hour_ts": T0}

# In the order of the foreign keys. (table, what is special, what makes the next row another one)
TABLES = [
    ("schema_migration", {"dialect": "sqlite", "status": "APPLIED"}, {"dialect": "postgres"}),
    ("config_kv", {}, {"key": "y"}),
    ("account", {"run_mode": "PAPER", "initial_cash": "1000"}, {"account_id": 3, "name": "y"}),
    ("instrument", {"kind": "SPOT", "symbol": "BTCUSDT"}, {"instrument_id": 3, "market_id": "y"}),
    ("feature_schema", {"features_json": '["a"]'}, {"feature_schema_version": 2, "features_json": '["b"]'}),
    ("feature_cache", {}, {"meta_hash": "b" * 64}),
    ("model_version", {"model_role": "META", "train_end_ts": T0 + 1, "is_active": True},
     {"model_version_id": 3, "version_tag": "y", "is_active": False}),
    ("agg_trade_meta", {}, {"instrument_id": 2}),
    ("app_user", {}, {"user_id": 2, "email": "y"}),
    ("invite_code", {}, {"code_id": 2, "code": "y"}),
    ("invite_usage", {}, {"usage_id": 2, "user_id": 9}),
    ("refresh_token", {}, {"refresh_token_id": 2, "token_hash": "b" * 64}),
    ("run", {"run_kind": "HOST", "run_mode": "PAPER", "status": "STARTED", "account_id": 1}, {"run_id": NEW_RUN}),
    ("run_context", CORE, {"cycle_id": NEW_CYCLE, "hour_ts": T0 + HOUR}),
    ("raw_event", {"payload": b"\x00\xff"}, {"raw_event_id": 2, "seq": 2}),
    ("market_event", {}, {"event_id": "y"}),
    ("book_level", {"side": "BUY"}, {"level": 2}),
    ("order_book_snapshot", {"best_bid_price": "100", "best_ask_price": "101"}, {"source_venue": "y"}),
    ("market_ohlcv_hourly", {"event_ts": T0 + HOUR}, {"source_venue": "y"}),
    ("agg_trade", {}, {"agg_id": 2}),
    ("funding_snapshot", {}, {"funding_snapshot_id": 2, "event_ts": T0 + 1}),
    ("plugin_signal", {}, {"plugin_signal_id": 2}),
    ("signal_indicator", {"cadence_s": 15}, {"indicator_id": 2, "cadence_s": 60}),
    ("feature_snapshot", CORE | {"window_start_ts": T0 - 2, "window_end_ts": T0 - 1}, {"instrument_id": 2}),
    ("regime_output", CORE, {"instrument_id": 2}),
    ("model_prediction", CORE | {"horizon": "H1"}, {"instrument_id": 2}),
    ("meta_learner_component", CORE | {"horizon": "H1", "base_model_version_id": 2}, {"instrument_id": 2}),
    ("state_snapshot", {"features_json": "[1]"}, {"snapshot_id": 2}),
    ("trade_signal", CORE | {"horizon": "H1", "action": "ENTER", "side": "BUY"},
     {"signal_id": 2, "instrument_id": 2}),
    ("strategy_intent", {"snapshot_id": 1, "signal_id": 1, "intent_kind": "PlaceOrder", "side": "BUY",
                         "price": "100", "qty": "1", "urgency": "Maker"}, {"intent_id": 2}),
    ("arbiter_decision", {"book": "MAIN", "approved": True, "reason": "ok", "approved_qty": "1"},
     {"decision_id": 2, "book": "SHADOW"}),
    ("veto_mark", {}, {"horizon_ms": 2}),
    ("order_request", CORE | {"decision_id": 1, "intent_id": 1, "signal_id": 1, "side": "BUY",
                              "order_type": "LIMIT", "limit_price": "100", "requested_notional": "100",
                              "pre_order_cash_available": "1000", "venue_order_id": "007"},
     {"order_id": 2, "client_order_id": "y"}),
    ("order_fill", {"side": "BUY", "price": "100"}, {"fill_id": 2, "exchange_trade_id": "y"}),
    ("executed_trade", {"side": "BUY"}, {"trade_id": 2, "leg": 2}),
    ("bracket_trade", {"book": "PAPER", "direction": "LONG", "entry_price": "100", "sl_price": "90",
                       "tp1_price": "110", "tp2_price": "120"}, {"bracket_id": 2}),
    ("ledger_event", {"book": "CASH", "event_type": "deposit", "asset": "USD", "client_order_id": "x"},
     {"ledger_seq": 2, "event_id": "y"}),
    ("clv_mark", {}, {"event_ts": T0 + 1}),
    ("portfolio_snapshot", {}, {"portfolio_snapshot_id": 2, "journal_seq": 2}),
    ("portfolio_balance", {}, {"asset": "y"}),
    ("portfolio_position", {}, {"instrument_id": 2}),
    ("portfolio_hourly_state", CORE, {"account_id": 2}),
    ("risk_hourly_state", CORE | {"drawdown_pct": "0.05", "drawdown_tier": "NORMAL"}, {"account_id": 2}),
    ("position_hourly_state", CORE, {"account_id": 2}),
    ("ops_event", {"category": "RISK", "severity": "INFO", "account_id": 1, "drawdown_tier": "NORMAL"},
     {"ops_event_id": 2}),
    ("plugin_stat", {}, {"plugin_stat_id": 2}),
    ("phase_metric", {}, {"phase_metric_id": 2}),
    ("run_metric", {"phase": "", "value_type": "int"}, {"phase": "y"}),
    ("validation", {"bootstrap_method": "simple", "bootstrap_sharpe_low": 1.0, "bootstrap_sharpe_high": 2.0},
     {"run_id": BACKTEST}),
    ("backtest_fold_result", {"train_start_ts": T0, "train_end_ts": T0 + 1, "test_start_ts": T0 + 1,
                              "test_end_ts": T0 + 2}, {"fold_id": 2, "fold_index": 2}),
    ("projection_checkpoint", {}, {"run_id": BACKTEST}),
    ("projection_reject", {}, {"journal_seq": 2}),
    ("projection_number", {"kind": "ASSET"}, {"number": 2}),
]
NEXT = {table: (special, other) for table, special, other in TABLES}

# Rows the others lean on besides the first of each table.
MORE = [
    ("account", {"account_id": 2, "name": "backtest", "run_mode": "BACKTEST"}),
    ("instrument", {"instrument_id": 2, "market_id": "m2", "selection_id": "YES", "symbol": "ETHUSDT", "kind": "BINARY",
                    "outcome": "YES"}),
    ("model_version", {"model_version_id": 2, "model_role": "BASE_TREE"}),
    ("app_user", {"user_id": 9, "email": "z"}),
    ("run", {"run_id": BACKTEST, "run_kind": "BACKTEST", "run_mode": "BACKTEST", "status": "COMPLETED",
             "run_hash": SHA, "data_hash": SHA}),
    ("run", {"run_id": KILLED, "status": "KILLED"}),
    ("run_context", {"cycle_id": BACKTEST_CYCLE, "run_mode": "BACKTEST", "backtest_run_id": BACKTEST}),
]


class Rows:
    """Makes rows from the column types of a PostgreSQL catalogue, for either dialect."""

    def __init__(self, postgres):
        self.columns = {}
        for table, column, kind, length, is_required, label in postgres.run("""
            SELECT c.relname, a.attname, t.typname, a.atttypmod - 4,
                   a.attnotnull AND NOT a.atthasdef AND a.attgenerated = '',
                   (SELECT enumlabel FROM pg_enum e WHERE e.enumtypid = t.oid ORDER BY enumsortorder LIMIT 1)
            FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped
            JOIN pg_type t ON t.oid = a.atttypid
            WHERE c.relnamespace = 'public'::regnamespace AND c.relkind IN ('r', 'p') AND NOT c.relispartition
            ORDER BY c.relname, a.attnum"""):
            self.columns.setdefault(table, {})[column] = (kind, int(length), is_required == "t", label)
        missing = set(self.columns) ^ set(NEXT)
        if missing:
            raise SystemExit(f"tests/schema/rows.py and the database differ in the tables {sorted(missing)}")

    @staticmethod
    def _by_type(column, kind, length, label):
        if column.endswith("_ts"):
            return T0
        if kind == "bpchar":
            return "a" * length
        if kind == "text":
            return "{}" if column.endswith("_json") or column == "payload" else "x"
        return {"dec18": "1", "bool": False, "float8": 0.5, "jsonb": "{}", "bytea": b"x", "uuid": RUN}.get(
            kind, label or 1)

    def row(self, table, changes=None, other=False):
        """The base row, or the next one, with `changes`."""
        special, next_changes = NEXT[table]
        values = {column: self._by_type(column, kind, length, label)
                  for column, (kind, length, is_required, label) in self.columns[table].items() if is_required}
        return values | special | (next_changes if other else {}) | (changes or {})

    @staticmethod
    def insert(database, table, values, verb="INSERT"):
        database.run(f"{verb} INTO {table} ({', '.join(values)}) VALUES "
                     f"({', '.join(literal(value, database.dialect) for value in values.values())})")

    def fill(self, database):
        """One row in every table, and what others lean on."""
        if database.dialect == "postgres":
            database.run(f"SELECT ensure_partitions({T0}, 0)")
        parents = {table for table, _ in MORE}
        for table, _, _ in TABLES:
            self.insert(database, table, self.row(table))
            if table in parents:
                for name, changes in MORE:
                    if name == table:
                        self.insert(database, table, self.row(table, changes))
