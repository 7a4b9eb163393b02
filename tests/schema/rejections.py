"""Rows the schema must refuse: one changed field each, what refuses it, and the neighbour it takes.

RULES are written by hand; `by_catalogue` makes the same for every NOT NULL, key, type and simple
CHECK the catalogue of PostgreSQL lists, so that a new column is covered by being there.
"""
import re

from refusals import Refusal, by_type, check, foreign_key, not_null, says, unique
from rows import ABSENT, BACKTEST, BACKTEST_CYCLE, CYCLE, HOUR, KILLED, RUN, SHA, T0

HALF_PAST = {"hour_ts": T0 + HOUR // 2}
BLOCKED = "kill switch: new orders are blocked for this run"
FINAL = "kill switch: irreversible for this run"
RESEARCH = {"run_kind": "BACKTEST", "run_mode": "BACKTEST", "run_hash": "b" * 64, "data_hash": SHA}
IN_BACKTEST = {"run_mode": "BACKTEST", "backtest_run_id": BACKTEST}

# table, the field that is wrong, what refuses it, the neighbour that is right (default: the next row as it is)
RULES = [
    # Runs and their hourly cycles.
    ("run", {"run_mode": "BACKTEST"}, check("ck_run_kind_mode"), {"run_mode": "LIVE"}),
    ("run", RESEARCH | {"run_mode": "LIVE"}, check("ck_run_kind_mode"), RESEARCH),
    ("run", RESEARCH | {"run_hash": None}, check("ck_run_research_hashes"), {"run_hash": None}),
    ("run", RESEARCH | {"data_hash": None}, check("ck_run_research_hashes"), {"data_hash": None}),
    ("run", RESEARCH | {"run_kind": "REPLAY"}, check("ck_run_replay_origin"),
     RESEARCH | {"run_kind": "REPLAY", "origin_run_id": BACKTEST}),
    ("run", {"origin_run_id": RUN}, check("ck_run_replay_origin"), {"origin_run_id": None}),
    ("run", RESEARCH | {"run_hash": SHA}, unique("uqix_run_backtest_hash", "run", ["run_hash"]),
     RESEARCH | {"run_hash": SHA, "run_kind": "REPLAY", "origin_run_id": BACKTEST}),
    ("run", {"completed_ts": T0 - 1}, check("ck_run_completed_after_started"), {"completed_ts": T0}),
    ("run_context", {"hour_ts": T0 + HOUR + HOUR // 2}, check("ck_run_context_hour_aligned"), {"hour_ts": T0 + 2 * HOUR}),
    ("run_context", {"hour_ts": T0 + HOUR + 1}, check("ck_run_context_hour_aligned"), {"hour_ts": 0}),
    ("run_context", {"cycle_seq": -1}, check("ck_run_context_cycle_seq_pos"), {"cycle_seq": 0}),
    ("run_context", {"status": "DONE"}, check("ck_run_context_status"), {"status": "SKIPPED"}),
    ("run_context", {"completed_ts": T0 - 1}, check("ck_run_context_completed_after_started"), {"completed_ts": T0}),
    ("run_context", {"run_mode": "BACKTEST"}, check("ck_run_context_backtest_link"), IN_BACKTEST),
    ("run_context", {"backtest_run_id": BACKTEST}, check("ck_run_context_backtest_link"), {"backtest_run_id": None}),
    ("run_context", {"run_mode": "LIVE", "backtest_run_id": BACKTEST}, check("ck_run_context_backtest_link"),
     {"run_mode": "LIVE"}),

    # No look-ahead, and no row of another hour than its cycle's.
    ("feature_snapshot", {"window_end_ts": T0 + 1}, check("ck_feature_snapshot_no_lookahead"), {"window_end_ts": T0}),
    ("feature_snapshot", {"window_start_ts": T0 - 1}, check("ck_feature_snapshot_no_lookahead"),
     {"window_start_ts": T0 - 3}),
    ("backtest_fold_result", {"train_end_ts": T0 + 2}, check("ck_backtest_fold_result_no_lookahead"),
     {"train_end_ts": T0 + 1}),
    ("backtest_fold_result", {"train_start_ts": T0 + 1}, check("ck_backtest_fold_result_no_lookahead")),
    ("backtest_fold_result", {"test_end_ts": T0 + 1}, check("ck_backtest_fold_result_no_lookahead")),
    ("model_version", {"train_end_ts": T0}, check("ck_model_version_train_window")),
    ("market_ohlcv_hourly", {"event_ts": T0 + HOUR - 1}, check("ck_market_ohlcv_hourly_bar_closed")),
    *[(table, HALF_PAST, check(f"ck_{table}_hour_aligned")) for table in (
        "feature_snapshot", "regime_output", "model_prediction", "meta_learner_component", "trade_signal",
        "order_request", "portfolio_hourly_state", "risk_hourly_state", "position_hourly_state")],
    *[(table, {"hour_ts": T0 + HOUR}, foreign_key(f"fk_{table}_context")) for table in (
        "feature_snapshot", "regime_output", "model_prediction", "meta_learner_component", "trade_signal",
        "order_request", "portfolio_hourly_state", "risk_hourly_state", "position_hourly_state")],
    ("trade_signal", {"run_mode": "LIVE"}, foreign_key("fk_trade_signal_context"),
     {"cycle_id": BACKTEST_CYCLE, "run_mode": "BACKTEST"}),

    # Market data.
    ("order_book_snapshot", {"event_ts": T0 + HOUR // 2, "hour_ts": T0 + HOUR // 2},
     # It breaks the bucket too, and PostgreSQL names the first by the alphabet.
     Refusal("ck_order_book_snapshot_hour_aligned", "CONSTRAINT NAME:  ck_order_book_snapshot_bucket_match",
             "ck_order_book_snapshot_hour_aligned"), {"event_ts": T0 + HOUR // 2}),
    ("order_book_snapshot", {"hour_ts": T0 + HOUR}, check("ck_order_book_snapshot_bucket_match"),
     {"hour_ts": T0 + HOUR, "event_ts": T0 + HOUR}),
    ("order_book_snapshot", {"best_ask_price": "99.999999"}, check("ck_order_book_snapshot_ask_ge_bid"),
     {"best_ask_price": "100"}),
    ("market_ohlcv_hourly", {"hour_ts": T0 + 1, "event_ts": T0 + 2 * HOUR},
     check("ck_market_ohlcv_hourly_hour_aligned"), {"hour_ts": T0 + HOUR, "event_ts": T0 + 2 * HOUR}),
    ("market_ohlcv_hourly", {"high_price": "0.5"}, check("ck_market_ohlcv_hourly_range"), {"high_price": "2"}),
    ("market_ohlcv_hourly", {"low_price": "1.5"}, check("ck_market_ohlcv_hourly_range"), {"low_price": "0.5"}),
    ("market_ohlcv_hourly", {"close_price": "2"}, check("ck_market_ohlcv_hourly_range"),
     {"close_price": "2", "high_price": "2"}),
    ("agg_trade_meta", {"earliest_agg_id": 2}, check("ck_agg_trade_meta_order"), {"last_agg_id": 2}),

    # Models and signals.
    ("model_version", {"is_active": True},
     unique("uqix_model_version_one_active_per_name_role", "model_version", ["model_name", "model_role"]),
     {"is_active": True, "model_role": "REGIME"}),
    ("model_prediction", {"horizon": ""}, check("ck_model_prediction_core_horizon"), {"horizon": "", "cycle_id": None}),
    ("model_prediction", {"cycle_id": None}, check("ck_model_prediction_core_horizon"), {"horizon": "H24"}),
    ("model_prediction", {"horizon": "", "cycle_id": None, "event_ts": T0 + HOUR},
     check("ck_model_prediction_bucket_match"), {"horizon": "", "cycle_id": None, "event_ts": T0 + HOUR - 1}),
    ("meta_learner_component", {"base_model_version_id": 1}, check("ck_meta_learner_component_not_self")),
    ("trade_signal", {"action": "HOLD"}, check("ck_trade_signal_hold_has_no_side"), {"action": "HOLD", "side": "NONE"}),
    ("trade_signal", {"side": "NONE"}, check("ck_trade_signal_hold_has_no_side"), {"action": "EXIT", "side": "SELL"}),
    ("trade_signal", {"horizon": ""}, check("ck_trade_signal_core_horizon"), {"horizon": "", "cycle_id": None}),
    ("trade_signal", {"cycle_id": None}, check("ck_trade_signal_core_horizon"), {"horizon": "H4"}),

    # Verdicts, orders, fills.
    ("arbiter_decision", {"reason": "risk_veto"}, check("ck_arbiter_decision_reason"),
     {"reason": "risk_veto", "approved": False, "approved_qty": "0"}),
    ("arbiter_decision", {"approved": False, "approved_qty": "0"}, check("ck_arbiter_decision_reason")),
    ("arbiter_decision", {"approved": False, "reason": "expired"}, check("ck_arbiter_decision_rejected_qty"),
     {"approved": False, "reason": "expired", "approved_qty": "0"}),
    ("order_request", {"requested_notional": "1000.0000001"}, check("ck_order_request_no_leverage"),
     {"requested_notional": "1000"}),
    ("order_request", {"pre_order_cash_available": "-1"}, check("ck_order_request_no_leverage"),
     {"pre_order_cash_available": "-1", "requested_notional": "0"}),
    ("order_request", {"requested_notional": "1001", "intent_id": None}, check("ck_order_request_no_leverage"),
     {"requested_notional": "1001", "intent_id": None, "decision_id": None}),
    ("order_request", {"requested_notional": "1001", "leg": 1}, check("ck_order_request_no_leverage"),
     {"requested_notional": "1001", "leg": 1, "reduce_only": True}),
    ("order_request", {"signal_id": None}, check("ck_order_request_core_signal"), {"signal_id": None, "cycle_id": None}),
    ("executed_trade", {"exit_price": "1"}, check("ck_executed_trade_exit"), {"exit_price": "1", "is_closed": True}),
    ("bracket_trade", {"exit_ts": T0}, check("ck_bracket_trade_exit"), {"exit_ts": T0, "exit_price": "1"}),
    ("bracket_trade", {"exit_price": "1"}, check("ck_bracket_trade_exit")),
    ("bracket_trade", {"tp1_price": "100"}, check("ck_bracket_trade_levels"), {"tp1_price": "100.5"}),
    ("bracket_trade", {"tp2_price": "109"}, check("ck_bracket_trade_levels"), {"tp2_price": "110"}),
    ("bracket_trade", {"direction": "SHORT"}, check("ck_bracket_trade_levels"),
     {"direction": "SHORT", "sl_price": "110", "tp1_price": "90", "tp2_price": "80"}),
    ("ledger_event", {"event_type": "realized"}, check("ck_ledger_event_type"), {"event_type": "settlement"}),
    ("ledger_event", {"book": "PNL"}, check("ck_ledger_event_type"), {"book": "PNL", "event_type": "realized"}),
    ("ledger_event", {"book": "PNL", "event_type": "profit"}, check("ck_ledger_event_type"),
     {"book": "PNL", "event_type": "mtm"}),
    ("ledger_event", {"book": "ORDER", "client_order_id": None}, check("ck_ledger_event_type"),
     {"book": "ORDER", "event_type": "FILLED"}),
    ("ledger_event", {"asset": ""}, check("ck_ledger_event_asset"), {"asset": "", "book": "ORDER"}),

    # Drawdown: 20 % halts, the tiers below it have hysteresis.
    ("portfolio_hourly_state", {"equity": "1.0001"}, check("ck_portfolio_hourly_state_peak"), {"equity": "0.9999"}),
    ("risk_hourly_state", {"drawdown_pct": "0.20", "drawdown_tier": "DD15"}, check("ck_risk_hourly_state_dd20_halt"),
     {"drawdown_pct": "0.20", "drawdown_tier": "HALT20", "halt_active": True}),
    ("risk_hourly_state", {"drawdown_pct": "0.25", "drawdown_tier": "HALT20"}, check("ck_risk_hourly_state_dd20_halt"),
     {"drawdown_pct": "0.25", "drawdown_tier": "HALT20", "halt_active": True}),
    ("risk_hourly_state", {"drawdown_pct": "0.5", "halt_active": True}, check("ck_risk_hourly_state_dd20_halt")),
    ("risk_hourly_state", {"halt_active": True}, check("ck_risk_hourly_state_halt_tier"),
     {"halt_active": True, "drawdown_tier": "HALT20"}),  # sticky: a halt below 20 % stays until released by hand
    ("risk_hourly_state", {"drawdown_tier": "HALT20"}, check("ck_risk_hourly_state_halt_tier")),
    ("risk_hourly_state", {"drawdown_pct": "0.10"}, check("ck_risk_hourly_state_tier"), {"drawdown_pct": "0.0999"}),
    ("risk_hourly_state", {"drawdown_pct": "0.15", "drawdown_tier": "DD10"}, check("ck_risk_hourly_state_tier"),
     {"drawdown_pct": "0.1499", "drawdown_tier": "DD10"}),
    ("risk_hourly_state", {"drawdown_pct": "0.1999", "drawdown_tier": "DD10"}, check("ck_risk_hourly_state_tier"),
     {"drawdown_pct": "0.1999", "drawdown_tier": "DD15"}),
    ("risk_hourly_state", {"drawdown_pct": "0.12"}, check("ck_risk_hourly_state_tier"),
     {"drawdown_pct": "0.05", "drawdown_tier": "DD15"}),  # a tier may lag behind a recovery

    # The kill switch, and what it lets through.
    ("order_request", {"run_id": KILLED}, says(BLOCKED), {"run_id": KILLED, "reduce_only": True}),
    ("order_request", {"run_id": KILLED, "decision_id": None, "client_order_id": "z"}, says(BLOCKED),
     {"run_id": KILLED, "decision_id": None, "client_order_id": "ext-binance-1"}),  # the venue's own
    ("order_request", {"run_id": KILLED, "client_order_id": "extra"}, says(BLOCKED)),

    # Events and research.
    ("ops_event", {"account_id": None}, check("ck_ops_event_risk"), {"account_id": None, "category": "OPS"}),
    ("ops_event", {"drawdown_tier": None}, check("ck_ops_event_risk"), {"drawdown_tier": None, "category": "TRADE"}),
    ("phase_metric", {"ended_ts": T0 - 1}, check("ck_phase_metric_times"), {"ended_ts": T0}),
    ("validation", {"bootstrap_block_length": 5}, check("ck_validation_bootstrap_simple"), {"bootstrap_fallback": True}),
    ("validation", {"bootstrap_jitter": 1}, check("ck_validation_bootstrap_simple")),
    ("validation", {"bootstrap_method": "hadj_bb"}, check("ck_validation_bootstrap_block"),
     {"bootstrap_method": "hadj_bb", "bootstrap_block_length": 5, "bootstrap_jitter": 1}),
    ("validation", {"bootstrap_method": "hadj_bb", "bootstrap_block_length": 5, "bootstrap_jitter": 1,
                    "bootstrap_fallback": True}, check("ck_validation_bootstrap_block")),
    ("validation", {"bootstrap_sharpe_low": 2.5}, check("ck_validation_ci_order"), {"bootstrap_sharpe_low": 2.0}),
    ("invite_code", {"used_count": 2}, check("ck_invite_code_uses"), {"used_count": 1}),
    ("invite_code", {"used_count": -1}, check("ck_invite_code_uses"), {"used_count": 0}),

    # Nothing writes what the database computes; a payload of any bytes is taken.
    ("order_book_snapshot", {"spread_abs": "1"},
     by_type("generated", 'cannot insert a non-DEFAULT value into column "spread_abs"', "")),
    ("order_book_snapshot", {"spread_bps": "1"},
     by_type("generated", 'cannot insert a non-DEFAULT value into column "spread_bps"', "")),
    ("raw_event", {"payload": None}, not_null("raw_event", "payload"), {"payload": bytes(range(256))}),
]
for _rule in RULES:
    if _rule[2].name == "generated":
        _rule[2].sqlite = "cannot INSERT into generated column"

# A changed field that another rule would refuse first, with what keeps that one content.
BESIDE = {
    ("run", "run_kind"): RESEARCH,
    ("run", "origin_run_id"): RESEARCH | {"run_kind": "REPLAY", "origin_run_id": BACKTEST},
    ("run_context", "backtest_run_id"): IN_BACKTEST,
    ("bracket_trade", "exit_price"): {"exit_ts": T0, "exit_price": "1"},
    ("bracket_trade", "tp2_price"): {"direction": "SHORT", "sl_price": "110", "tp1_price": "90", "tp2_price": "80"},
    ("phase_metric", "ended_ts"): {"event_ts": -5},
    ("validation", "bootstrap_block_length"): {"bootstrap_method": "hadj_bb", "bootstrap_jitter": 1},
    ("validation", "bootstrap_jitter"): {"bootstrap_method": "hadj_bb", "bootstrap_block_length": 1},
}

# A check no row can break alone: what refuses it first.
IMPLIED = {
    "market_ohlcv_hourly_open_price_check": "ck_market_ohlcv_hourly_range, low_price > 0",
    "market_ohlcv_hourly_high_price_check": "ck_market_ohlcv_hourly_range, low_price > 0",
    "market_ohlcv_hourly_close_price_check": "ck_market_ohlcv_hourly_range, low_price > 0",
    "order_book_snapshot_best_ask_price_check": "ck_order_book_snapshot_ask_ge_bid, best_bid_price >= 0",
    "order_book_snapshot_best_bid_price_check": "spread_bps, -100 % at most, would be below -9999.99999999",
    "bracket_trade_direction_check": "ck_bracket_trade_levels",
    "bracket_trade_tp1_price_check": "ck_bracket_trade_levels, entry_price > 0, tp2_price > 0",
    "ledger_event_book_check": "ck_ledger_event_type",
    "uq_run_context_run_mode_hour": "pk_run_context; it is what the decision tables refer to",
}

WRONG_TEXT = "BOGUS"
ABSENT_OF = {"uuid": ABSENT, "text": "absent"}
SMALLEST = "0.000000000000000001"


def _border(kind, operator, bound):
    """The values on either side of a comparison with a literal: (wrong, right)."""
    inside = {">": 1, "<": -1}.get(operator, 0)
    outside = inside + (-1 if ">" in operator else 1)
    if kind != "dec18":
        step = 0.125 if kind == "float8" else 1
        return bound + outside * step, bound + inside * step
    if bound != 0:
        raise SystemExit(f"a decimal compared with {bound}: say how to step over it")
    return tuple({0: "0", 1: SMALLEST, -1: "-" + SMALLEST}[side] for side in (outside, inside))


class Catalogue:
    """What PostgreSQL lists, made into refused rows: (table, changes, refusal, neighbour)."""

    def __init__(self, postgres, rows):
        self._postgres, self._rows = postgres, rows

    def cases(self):
        yield from self._not_null()
        yield from self._types()
        yield from self._checks()
        yield from self._foreign_keys()
        yield from self._unique()

    def check_names(self):
        return {name for (name,) in self._postgres.run("""
            SELECT conname FROM pg_constraint c JOIN pg_class t ON t.oid = c.conrelid
            WHERE contype = 'c' AND relnamespace = 'public'::regnamespace AND NOT relispartition""")}

    def _case(self, table, column, wrong, refusal, right=None):
        beside = BESIDE.get((table, column), {})
        return table, beside | {column: wrong}, refusal, beside | ({} if right is None else {column: right})

    def _not_null(self):
        for table, column in self._postgres.run("""
            SELECT c.relname, a.attname FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid
            WHERE c.relnamespace = 'public'::regnamespace AND c.relkind IN ('r', 'p') AND NOT c.relispartition
              AND a.attnum > 0 AND a.attnotnull AND a.attgenerated = ''
              -- SQLite numbers an INTEGER PRIMARY KEY by itself; without its month a trade has no partition
              AND NOT EXISTS (SELECT FROM pg_index WHERE indrelid = c.oid AND indisprimary AND indnkeyatts = 1
                              AND indkey[0] = a.attnum AND a.atttypid IN ('int8'::regtype, 'int4'::regtype))
              AND (c.relname, a.attname) <> ('agg_trade', 'event_ts') ORDER BY 1, a.attnum"""):
            yield table, {column: None}, not_null(table, column), {}

    def _types(self):
        for table, columns in self._rows.columns.items():
            for column, (kind, length, _, label) in columns.items():
                if (table, column) in (("order_book_snapshot", "spread_abs"), ("order_book_snapshot", "spread_bps")):
                    continue
                for wrong, name, words in {
                    "dec18": [("NaN", "dec18_check", 'violates check constraint "dec18_check"'),
                              ("Infinity", "dec18 is finite", "22003: numeric field overflow"),
                              ("1.2.3", "dec18 is a number", "22P02: invalid input syntax for type numeric")],
                    "bpchar": [("a" * (length + 1), f"CHAR({length})", "22001: value too long for type character")],
                    "jsonb": [("{not json", "JSONB", "22P02: invalid input syntax for type json")],
                    "bool": [(2, "BOOLEAN", "42804: column .* is of type boolean")],
                }.get(kind, []):
                    yield self._case(table, column, wrong, by_type(name, words, column))
                if label:
                    yield self._case(table, column, WRONG_TEXT, by_type(
                        kind, f'22P02: invalid input value for enum {kind}: "{WRONG_TEXT}"', column))

    def _checks(self):
        """The checks of one column, by the shape of their expression."""
        for table, name, column, shape in self._postgres.run("""
            SELECT t.relname, conname, a.attname, pg_get_constraintdef(c.oid) FROM pg_constraint c
            JOIN pg_class t ON t.oid = c.conrelid JOIN pg_attribute a ON a.attrelid = t.oid AND a.attnum = c.conkey[1]
            WHERE contype = 'c' AND relnamespace = 'public'::regnamespace AND NOT relispartition
              AND conname = t.relname || '_' || a.attname || '_check' ORDER BY 1, 2"""):
            if name in IMPLIED:
                continue
            kind, length = self._rows.columns[table][column][:2]
            refusal = check(name, column)
            if "json_valid" in shape:
                yield self._case(table, column, "{not json", refusal)
            elif "length(" in shape:
                yield self._case(table, column, "a" * (length - 1), refusal, "b" * length)
            elif "ANY (ARRAY" in shape:
                yield self._case(table, column, WRONG_TEXT if kind == "text" else 7, refusal)
            else:
                bounds = re.findall(r"(>=|<=|>|<) [('\"]*(\d+)", shape)
                if not bounds:
                    raise SystemExit(f"{name}: no rule for {shape}")
                for operator, bound in bounds:
                    wrong, right = _border(kind, operator, int(bound))
                    yield self._case(table, column, wrong, refusal, right)

    def _foreign_keys(self):
        for table, name, column in self._postgres.run("""
            SELECT t.relname, conname, a.attname FROM pg_constraint c JOIN pg_class t ON t.oid = c.conrelid
            JOIN pg_attribute a ON a.attrelid = t.oid AND a.attnum = c.conkey[1]
            WHERE contype = 'f' AND relnamespace = 'public'::regnamespace AND NOT relispartition ORDER BY 1, 2"""):
            kind = self._rows.columns[table][column][0]
            yield self._case(table, column, ABSENT_OF.get(kind, 999), foreign_key(name))

    def _unique(self):
        for table, name, columns in self._postgres.run("""
            SELECT t.relname, i.relname, (SELECT string_agg(attname, ',' ORDER BY ord) FROM
              unnest(x.indkey::int2[]) WITH ORDINALITY k (num, ord) JOIN pg_attribute ON attrelid = t.oid AND attnum = num)
            FROM pg_index x JOIN pg_class t ON t.oid = x.indrelid JOIN pg_class i ON i.oid = x.indexrelid
            WHERE x.indisunique AND x.indpred IS NULL AND t.relnamespace = 'public'::regnamespace
              AND NOT t.relispartition ORDER BY 1, 2"""):
            if name in IMPLIED:
                continue
            columns = columns.split(",")
            base = self._rows.row(table)
            taken = {column: base[column] for column in columns if column in base}
            told = r"agg_trades_\d+_pkey" if table == "agg_trade" else name
            yield table, taken, unique(told, table, columns), {}
