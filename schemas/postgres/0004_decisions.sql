-- Features, models, snapshots, intents, verdicts.

CREATE TABLE IF NOT EXISTS feature_snapshot (
  cycle_id        UUID NOT NULL,
  run_mode        run_mode_enum NOT NULL,
  hour_ts         BIGINT NOT NULL,
  instrument_id   INTEGER NOT NULL REFERENCES instrument (instrument_id),
  feature_schema_version INTEGER NOT NULL REFERENCES feature_schema (feature_schema_version),
  schema_version SMALLINT NOT NULL DEFAULT 1, source TEXT NOT NULL, ingest_ts BIGINT NOT NULL,
  event_ts BIGINT NOT NULL, run_id UUID NOT NULL REFERENCES run (run_id), journal_seq BIGINT NOT NULL,
  window_start_ts BIGINT NOT NULL,
  window_end_ts   BIGINT NOT NULL,              -- newest datum used
  features_json   TEXT NOT NULL CHECK (json_valid(features_json)),
  features_sha256 CHAR(64) NOT NULL CHECK (length(features_sha256) = 64),
  CONSTRAINT pk_feature_snapshot PRIMARY KEY (cycle_id, instrument_id, feature_schema_version, hour_ts),
  CONSTRAINT fk_feature_snapshot_context FOREIGN KEY (cycle_id, run_mode, hour_ts) REFERENCES run_context (cycle_id, run_mode, hour_ts),
  CONSTRAINT ck_feature_snapshot_hour_aligned CHECK (hour_ts % 3600000000000 = 0),
  CONSTRAINT ck_feature_snapshot_no_lookahead CHECK (window_start_ts < window_end_ts AND window_end_ts <= hour_ts)
);

CREATE TABLE IF NOT EXISTS regime_output (
  cycle_id         UUID NOT NULL,
  run_mode         run_mode_enum NOT NULL,
  hour_ts          BIGINT NOT NULL,
  instrument_id    INTEGER NOT NULL REFERENCES instrument (instrument_id),
  model_version_id BIGINT NOT NULL REFERENCES model_version (model_version_id),
  schema_version SMALLINT NOT NULL DEFAULT 1, source TEXT NOT NULL, ingest_ts BIGINT NOT NULL,
  event_ts BIGINT NOT NULL, run_id UUID NOT NULL REFERENCES run (run_id), journal_seq BIGINT NOT NULL,
  regime_label     TEXT NOT NULL,
  regime_probability DOUBLE PRECISION NOT NULL CHECK (regime_probability BETWEEN 0 AND 1),
  detail           JSONB NOT NULL DEFAULT '{}',
  CONSTRAINT pk_regime_output PRIMARY KEY (cycle_id, instrument_id, model_version_id, hour_ts),
  CONSTRAINT fk_regime_output_context FOREIGN KEY (cycle_id, run_mode, hour_ts) REFERENCES run_context (cycle_id, run_mode, hour_ts),
  CONSTRAINT ck_regime_output_hour_aligned CHECK (hour_ts % 3600000000000 = 0)
);

CREATE TABLE IF NOT EXISTS model_prediction (   -- 000 model_outputs (horizon '') and 002 model_prediction (H1/H4/H24)
  schema_version SMALLINT NOT NULL DEFAULT 1, source TEXT NOT NULL, ingest_ts BIGINT NOT NULL,
  event_ts BIGINT NOT NULL, run_id UUID NOT NULL REFERENCES run (run_id), journal_seq BIGINT NOT NULL,
  cycle_id         UUID,
  run_mode         run_mode_enum NOT NULL,
  hour_ts          BIGINT NOT NULL,
  instrument_id    INTEGER NOT NULL REFERENCES instrument (instrument_id),
  model_version_id BIGINT NOT NULL REFERENCES model_version (model_version_id),
  model_name       TEXT NOT NULL,
  horizon          TEXT NOT NULL DEFAULT '' CHECK (horizon IN ('', 'H1', 'H4', 'H24')),
  probability      DOUBLE PRECISION NOT NULL CHECK (probability BETWEEN 0 AND 1),
  expected_return  dec18 NOT NULL DEFAULT 0,
  fair_price       dec18 NOT NULL DEFAULT 0 CHECK (fair_price >= 0),
  detail           JSONB NOT NULL DEFAULT '{}',
  CONSTRAINT pk_model_prediction PRIMARY KEY (run_id, instrument_id, model_name, horizon, event_ts, hour_ts),
  CONSTRAINT fk_model_prediction_context FOREIGN KEY (cycle_id, run_mode, hour_ts) REFERENCES run_context (cycle_id, run_mode, hour_ts),
  CONSTRAINT ck_model_prediction_hour_aligned CHECK (hour_ts % 3600000000000 = 0),
  CONSTRAINT ck_model_prediction_core_horizon CHECK ((cycle_id IS NULL) = (horizon = '')),
  -- The key has the hour because a hypertable wants it there: without a cycle it must add nothing.
  CONSTRAINT ck_model_prediction_bucket_match CHECK (cycle_id IS NOT NULL OR hour_ts = event_ts - event_ts % 3600000000000)
);

CREATE TABLE IF NOT EXISTS meta_learner_component (
  cycle_id              UUID NOT NULL,
  run_mode              run_mode_enum NOT NULL,
  hour_ts               BIGINT NOT NULL,
  instrument_id         INTEGER NOT NULL REFERENCES instrument (instrument_id),
  horizon               TEXT NOT NULL CHECK (horizon IN ('H1', 'H4', 'H24')),
  meta_model_version_id BIGINT NOT NULL REFERENCES model_version (model_version_id),
  base_model_version_id BIGINT NOT NULL REFERENCES model_version (model_version_id),
  schema_version SMALLINT NOT NULL DEFAULT 1, source TEXT NOT NULL, ingest_ts BIGINT NOT NULL,
  event_ts BIGINT NOT NULL, run_id UUID NOT NULL REFERENCES run (run_id), journal_seq BIGINT NOT NULL,
  weight                DOUBLE PRECISION NOT NULL CHECK (weight BETWEEN 0 AND 1),
  base_probability      DOUBLE PRECISION NOT NULL CHECK (base_probability BETWEEN 0 AND 1),
  CONSTRAINT pk_meta_learner_component PRIMARY KEY (cycle_id, instrument_id, horizon, meta_model_version_id, base_model_version_id, hour_ts),
  CONSTRAINT fk_meta_learner_component_context FOREIGN KEY (cycle_id, run_mode, hour_ts) REFERENCES run_context (cycle_id, run_mode, hour_ts),
  CONSTRAINT ck_meta_learner_component_hour_aligned CHECK (hour_ts % 3600000000000 = 0),
  CONSTRAINT ck_meta_learner_component_not_self CHECK (meta_model_version_id <> base_model_version_id)
);

CREATE TABLE IF NOT EXISTS state_snapshot (     -- what a strategy saw
  snapshot_id        BIGINT GENERATED BY DEFAULT AS IDENTITY PRIMARY KEY,
  schema_version SMALLINT NOT NULL DEFAULT 1, source TEXT NOT NULL, ingest_ts BIGINT NOT NULL,
  event_ts BIGINT NOT NULL, run_id UUID NOT NULL REFERENCES run (run_id), journal_seq BIGINT NOT NULL,
  account_id         INTEGER NOT NULL REFERENCES account (account_id),
  strategy           TEXT NOT NULL,             -- whom it was built for
  as_of_seq          BIGINT NOT NULL,           -- journal_seq of the input that led here
  instrument_id      INTEGER NOT NULL REFERENCES instrument (instrument_id),
  best_bid_px dec18, best_bid_qty dec18, best_ask_px dec18, best_ask_qty dec18, spread dec18,      -- NULL = empty side
  yes_qty            dec18 NOT NULL,            -- the strategy's position; non-binary instruments use yes_qty
  no_qty             dec18 NOT NULL,
  account_qty        dec18 NOT NULL,            -- the account's position
  cash_left          dec18 NOT NULL,            -- quote asset, after reservations
  budget_left        dec18 NOT NULL,            -- reporting asset, as the rest
  equity             dec18 NOT NULL,
  gross_exposure     dec18 NOT NULL,
  net_exposure_usd   dec18 NOT NULL,
  can_trade          BOOLEAN NOT NULL,
  drawdown_halt      BOOLEAN NOT NULL,
  drawdown_tier      drawdown_tier_enum NOT NULL,
  open_orders        INTEGER NOT NULL,
  flags              INTEGER NOT NULL DEFAULT 0,
  crowding_score     DOUBLE PRECISION NOT NULL,
  toxicity_score     DOUBLE PRECISION NOT NULL,
  spread_compression DOUBLE PRECISION NOT NULL,
  feature_schema_version INTEGER NOT NULL REFERENCES feature_schema (feature_schema_version),
  features_json      TEXT NOT NULL CHECK (json_valid(features_json)),  -- values in the schema's order, null = not yet known
  signals_json       TEXT NOT NULL DEFAULT '[]' CHECK (json_valid(signals_json))
);
CREATE INDEX IF NOT EXISTS idx_snapshots_run_market_ts ON state_snapshot (run_id, instrument_id, event_ts);

CREATE TABLE IF NOT EXISTS trade_signal (       -- 002 trade_signal (cycle_id set) and 000 value_signals
  signal_id       BIGINT GENERATED BY DEFAULT AS IDENTITY PRIMARY KEY,
  schema_version SMALLINT NOT NULL DEFAULT 1, source TEXT NOT NULL, ingest_ts BIGINT NOT NULL,
  event_ts BIGINT NOT NULL, run_id UUID NOT NULL REFERENCES run (run_id), journal_seq BIGINT NOT NULL,
  cycle_id        UUID,
  run_mode        run_mode_enum NOT NULL,
  hour_ts         BIGINT NOT NULL,
  strategy        TEXT NOT NULL,
  instrument_id   INTEGER NOT NULL REFERENCES instrument (instrument_id),
  horizon         TEXT NOT NULL DEFAULT '' CHECK (horizon IN ('', 'H1', 'H4', 'H24')),
  action          signal_action_enum NOT NULL,
  side            TEXT NOT NULL CHECK (side IN ('BUY', 'SELL', 'NONE')),
  outcome         TEXT NOT NULL DEFAULT '' CHECK (outcome IN ('', 'YES', 'NO')),
  probability     DOUBLE PRECISION NOT NULL CHECK (probability BETWEEN 0 AND 1),
  confidence      DOUBLE PRECISION NOT NULL CHECK (confidence BETWEEN 0 AND 1),
  market_price    dec18 NOT NULL CHECK (market_price >= 0),
  fair_price      dec18 NOT NULL CHECK (fair_price >= 0),
  expected_value  dec18 NOT NULL,
  target_notional dec18 NOT NULL CHECK (target_notional >= 0),
  CONSTRAINT uq_trade_signal_identity UNIQUE (run_id, strategy, instrument_id, outcome, side, horizon, event_ts),
  CONSTRAINT fk_trade_signal_context FOREIGN KEY (cycle_id, run_mode, hour_ts) REFERENCES run_context (cycle_id, run_mode, hour_ts),
  CONSTRAINT ck_trade_signal_hour_aligned CHECK (hour_ts % 3600000000000 = 0),
  CONSTRAINT ck_trade_signal_hold_has_no_side CHECK ((action = 'HOLD') = (side = 'NONE')),
  CONSTRAINT ck_trade_signal_core_horizon CHECK ((cycle_id IS NULL) = (horizon = ''))
);

CREATE TABLE IF NOT EXISTS strategy_intent (    -- every proposal, written before arbitration; whatever a plugin asked for is kept
  intent_id      BIGINT GENERATED BY DEFAULT AS IDENTITY PRIMARY KEY,
  schema_version SMALLINT NOT NULL DEFAULT 1, source TEXT NOT NULL, ingest_ts BIGINT NOT NULL,
  event_ts BIGINT NOT NULL, run_id UUID NOT NULL REFERENCES run (run_id), journal_seq BIGINT NOT NULL,
  snapshot_id    BIGINT REFERENCES state_snapshot (snapshot_id),   -- NULL = made on none: the operator's
  signal_id      BIGINT REFERENCES trade_signal (signal_id),
  strategy       TEXT NOT NULL,
  account_id     INTEGER NOT NULL REFERENCES account (account_id),
  phase          TEXT NOT NULL DEFAULT 'LIVE' CHECK (phase IN ('LIVE', 'WARMUP')),   -- WARMUP is recorded, never judged
  instrument_id  INTEGER NOT NULL REFERENCES instrument (instrument_id),
  intent_kind    TEXT NOT NULL CHECK (intent_kind IN ('PlaceOrder', 'CancelOrder', 'ReplaceOrder', 'CancelAll', 'FlattenMarket',
                                                      'TargetPosition', 'NoOp')),
  side           order_side_enum,
  outcome        TEXT NOT NULL DEFAULT '' CHECK (outcome IN ('', 'YES', 'NO')),
  price          dec18,                         -- as asked, NULL = none: a vetoed intent may hold anything
  qty            dec18,
  order_type     order_type_enum,
  tif            TEXT CHECK (tif IN ('GTC', 'IOC', 'FOK', 'GTD')),
  post_only      BOOLEAN NOT NULL DEFAULT FALSE,
  reduce_only    BOOLEAN NOT NULL DEFAULT FALSE,
  close_position BOOLEAN NOT NULL DEFAULT FALSE,
  urgency        TEXT NOT NULL CHECK (urgency IN ('Maker', 'Neutral', 'Taker')),
  ttl_ms         BIGINT NOT NULL,               -- 0 = no limit
  expiry_ts      BIGINT,
  target_intent_id BIGINT,                      -- of a cancel or a replace, as asked: it need not exist. This, group_id and
                                                -- tag are unsigned 64 bit, kept as two's complement
  group_id       BIGINT,
  group_size     BIGINT,
  group_policy   TEXT CHECK (group_policy IN ('all_or_none', 'all_or_none_unwind')),
  expected_value dec18 NOT NULL,
  confidence     dec18 NOT NULL,
  risk_cost      dec18 NOT NULL,
  tag            BIGINT NOT NULL DEFAULT 0,     -- the author's, echoed
  seen_seq       BIGINT NOT NULL DEFAULT 0,     -- last record the strategy had consumed
  tags_json      TEXT NOT NULL DEFAULT '[]' CHECK (json_valid(tags_json)),
  rationale_json TEXT CHECK (rationale_json IS NULL OR json_valid(rationale_json)),
  rationale      BYTEA,                         -- opaque: an author need not disclose it
  params_json    TEXT NOT NULL DEFAULT '{}' CHECK (json_valid(params_json))
);
CREATE INDEX IF NOT EXISTS idx_intents_run_ts ON strategy_intent (run_id, event_ts);
CREATE INDEX IF NOT EXISTS idx_intents_market_ts ON strategy_intent (instrument_id, event_ts);
CREATE INDEX IF NOT EXISTS idx_intents_strategy_ts ON strategy_intent (strategy, event_ts);

CREATE TABLE IF NOT EXISTS arbiter_decision (   -- 001 arbiter_approvals, 000 decisions: one verdict an intent and book
  decision_id    BIGINT GENERATED BY DEFAULT AS IDENTITY PRIMARY KEY,
  schema_version SMALLINT NOT NULL DEFAULT 1, source TEXT NOT NULL, ingest_ts BIGINT NOT NULL,
  event_ts BIGINT NOT NULL, run_id UUID NOT NULL REFERENCES run (run_id), journal_seq BIGINT NOT NULL,
  intent_id      BIGINT NOT NULL REFERENCES strategy_intent (intent_id),
  account_id     INTEGER NOT NULL REFERENCES account (account_id),
  book           TEXT NOT NULL DEFAULT 'MAIN' CHECK (book IN ('MAIN', 'SHADOW')),
  approved       BOOLEAN NOT NULL,
  reason         TEXT NOT NULL,                 -- the documents' words: ok, risk_veto, market_locked, lower_priority, invalid, expired, halted
  detail_code    TEXT NOT NULL DEFAULT '',      -- the check that failed
  intent_class   TEXT NOT NULL DEFAULT '' CHECK (intent_class IN ('', 'adds', 'reduces', 'neutral')),
  owner_strategy TEXT,
  approved_price dec18,                         -- NULL = vetoed, or without a price
  approved_qty   dec18 NOT NULL DEFAULT 0,      -- after risk scaling
  checks_json    TEXT NOT NULL DEFAULT '[]' CHECK (json_valid(checks_json)),   -- each check made, with its numbers
  CONSTRAINT uq_arbiter_decision_intent UNIQUE (intent_id, book),
  CONSTRAINT ck_arbiter_decision_reason CHECK (approved = (reason = 'ok')),
  CONSTRAINT ck_arbiter_decision_rejected_qty CHECK (approved OR approved_qty <= 0)
);
CREATE INDEX IF NOT EXISTS idx_approvals_run_ts ON arbiter_decision (run_id, event_ts);

CREATE TABLE IF NOT EXISTS veto_mark (          -- what a vetoed intent would have been worth, marked later
  decision_id    BIGINT NOT NULL REFERENCES arbiter_decision (decision_id),
  horizon_ms     BIGINT NOT NULL CHECK (horizon_ms >= 0),
  schema_version SMALLINT NOT NULL DEFAULT 1, source TEXT NOT NULL, ingest_ts BIGINT NOT NULL,
  event_ts BIGINT NOT NULL, run_id UUID NOT NULL REFERENCES run (run_id), journal_seq BIGINT NOT NULL,
  reference_price dec18 NOT NULL,               -- price the intent asked for, or the market's at the verdict
  mark_price     dec18 NOT NULL,                -- what closing it would have brought or cost then
  filled         BOOLEAN NOT NULL,              -- FALSE: the market never came to its price, and pnl is 0
  pnl            dec18 NOT NULL,                -- hypothetical, before fees, in the quote asset
  asset          TEXT NOT NULL,
  CONSTRAINT pk_veto_mark PRIMARY KEY (decision_id, horizon_ms)
);
