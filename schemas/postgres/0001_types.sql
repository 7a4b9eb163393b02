-- Types, domains and functions every later file stands on. PostgreSQL 15 and 16.
--
-- These files are the single source of both dialects: schemas/translate.py writes schemas/sqlite/ from them. Its rules:
--  * One canonical table per concept, singular names. The documents' own table names are views in schemas edge,
--    powerdoc, core, arb and forge (files of their own); on SQLite `core.x` is `core_x`.
--  * Every *_ts column is BIGINT: nanoseconds since the Unix epoch, UTC. Views convert.
--  * Money, price, quantity: dec18 = NUMERIC(38,18), NaN refused; on SQLite canonical decimal text. Statistics: DOUBLE PRECISION.
--  * CHECKs on dec18 only compare (<, <=, >, >=) with a column or a literal: on SQLite they become CAST(col AS REAL).
--  * Hashed or byte-exact JSON is TEXT + json_valid(); queryable JSON is JSONB. Raw venue payloads are BYTEA, unchecked.
--  * Envelope on every record table: schema_version, source, ingest_ts, event_ts, run_id, journal_seq. event_ts is THE time
--    of the row; journal_seq the sequence number, within the run's journal, of the record that made it.
--  * Record ids are run number * 2^40 + journal_seq: assigned by the host, known before the row exists.
--  * CHECKs admit every record the core can write: a projection must never jam.
--  * book 'SHADOW' is a strategy that is only watched: the documents' views show what was traded, book 'MAIN'.
--  * side is always BUY/SELL, outcome is ''/YES/NO; back/lay, long/short, BuyYes are spellings of the views.
--  * Every file may be applied again at any time; it is never edited once released.

DO $$ BEGIN CREATE TYPE run_mode_enum AS ENUM ('BACKTEST', 'PAPER', 'LIVE'); EXCEPTION WHEN duplicate_object THEN NULL; END $$;
DO $$ BEGIN CREATE TYPE horizon_enum AS ENUM ('H1', 'H4', 'H24'); EXCEPTION WHEN duplicate_object THEN NULL; END $$;
DO $$ BEGIN CREATE TYPE model_role_enum AS ENUM ('BASE_TREE', 'BASE_DEEP', 'REGIME', 'META'); EXCEPTION WHEN duplicate_object THEN NULL; END $$;
DO $$ BEGIN CREATE TYPE signal_action_enum AS ENUM ('ENTER', 'EXIT', 'HOLD'); EXCEPTION WHEN duplicate_object THEN NULL; END $$;
DO $$ BEGIN CREATE TYPE order_side_enum AS ENUM ('BUY', 'SELL'); EXCEPTION WHEN duplicate_object THEN NULL; END $$;
DO $$ BEGIN CREATE TYPE order_type_enum AS ENUM ('LIMIT', 'MARKET'); EXCEPTION WHEN duplicate_object THEN NULL; END $$;
DO $$ BEGIN CREATE TYPE order_status_enum AS ENUM ('NEW', 'ACK', 'PARTIAL', 'FILLED', 'CANCELLED', 'REJECTED'); EXCEPTION WHEN duplicate_object THEN NULL; END $$;
DO $$ BEGIN CREATE TYPE drawdown_tier_enum AS ENUM ('NORMAL', 'DD10', 'DD15', 'HALT20'); EXCEPTION WHEN duplicate_object THEN NULL; END $$;
DO $$ BEGIN CREATE DOMAIN dec18 AS NUMERIC(38,18) CHECK (VALUE <> 'NaN'::numeric); EXCEPTION WHEN duplicate_object THEN NULL; END $$;

CREATE OR REPLACE FUNCTION json_valid(p TEXT) RETURNS BOOLEAN LANGUAGE plpgsql IMMUTABLE STRICT AS $$
BEGIN PERFORM p::json; RETURN TRUE; EXCEPTION WHEN OTHERS THEN RETURN FALSE; END $$;   -- JSONB would refuse \u0000, SQLite does not

CREATE OR REPLACE FUNCTION now_ns() RETURNS BIGINT LANGUAGE sql STABLE AS      -- STABLE: TimescaleDB's integer_now_func demands it
$$ SELECT (extract(epoch FROM now()) * 1000000)::BIGINT * 1000 $$;

CREATE OR REPLACE FUNCTION ts_utc(ns BIGINT) RETURNS TIMESTAMPTZ LANGUAGE sql IMMUTABLE STRICT AS
$$ SELECT TIMESTAMPTZ 'epoch' + (ns / 1000000000) * INTERVAL '1 second' + (ns % 1000000000 / 1000) * INTERVAL '1 microsecond' $$;

CREATE OR REPLACE FUNCTION ts_plain(ns BIGINT) RETURNS TIMESTAMP LANGUAGE sql IMMUTABLE STRICT AS
$$ SELECT TIMESTAMP 'epoch' + (ns / 1000000000) * INTERVAL '1 second' + (ns % 1000000000 / 1000) * INTERVAL '1 microsecond' $$;

CREATE OR REPLACE FUNCTION ts_iso(ns BIGINT) RETURNS TEXT LANGUAGE sql IMMUTABLE STRICT AS
$$ SELECT to_char(TIMESTAMP 'epoch' + (ns / 1000000000) * INTERVAL '1 second' + (ns % 1000000000 / 1000) * INTERVAL '1 microsecond', 'YYYY-MM-DD"T"HH24:MI:SS"Z"') $$;

CREATE OR REPLACE FUNCTION fn_enforce_append_only()
RETURNS TRIGGER
LANGUAGE plpgsql
AS $$
BEGIN
    RAISE EXCEPTION
    'append-only violation on table %, operation % is not allowed',
    TG_TABLE_NAME, TG_OP;
END;
$$;

CREATE OR REPLACE FUNCTION payload_text(p BYTEA) RETURNS TEXT LANGUAGE plpgsql IMMUTABLE STRICT AS $$
BEGIN RETURN convert_from(p, 'UTF8'); EXCEPTION WHEN OTHERS THEN RETURN encode(p, 'escape'); END $$;

-- Guards: one IF around one RAISE, or one RAISE. The translator reads these two shapes.
CREATE OR REPLACE FUNCTION fn_block_killed_run() RETURNS TRIGGER LANGUAGE plpgsql SET search_path FROM CURRENT AS $$
BEGIN
    IF (SELECT status FROM run WHERE run_id = NEW.run_id) = 'KILLED'
       AND NOT NEW.reduce_only AND substr(NEW.client_order_id, 1, 4) <> 'ext-' THEN
        RAISE EXCEPTION 'kill switch: new orders are blocked for this run';
    END IF;
    RETURN NEW;
END $$;

CREATE OR REPLACE FUNCTION fn_run_killed_final() RETURNS TRIGGER LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'kill switch: irreversible for this run';
END $$;
