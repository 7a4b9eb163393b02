-- Monthly partitions of agg_trade, and the frames of a run in replay order. PostgreSQL only.

CREATE OR REPLACE FUNCTION ensure_partitions(p_from_ns BIGINT DEFAULT now_ns(), p_months_ahead INTEGER DEFAULT 2) RETURNS INTEGER LANGUAGE plpgsql
SET search_path FROM CURRENT AS $$
DECLARE m TIMESTAMP; lo BIGINT; hi BIGINT; name TEXT; made INTEGER := 0;
BEGIN
  FOR i IN 0..p_months_ahead LOOP
    m := date_trunc('month', ts_plain(p_from_ns)) + make_interval(months => i);
    name := 'agg_trades_' || to_char(m, 'YYYYMM');
    IF to_regclass(name) IS NULL THEN
      lo := extract(epoch FROM m)::BIGINT * 1000000000;
      hi := extract(epoch FROM m + INTERVAL '1 month')::BIGINT * 1000000000;
      EXECUTE format('CREATE TABLE %I PARTITION OF agg_trade FOR VALUES FROM (%s) TO (%s)', name, lo, hi);
      -- Row triggers are inherited, statement triggers are not.
      EXECUTE format('CREATE TRIGGER %I BEFORE TRUNCATE ON %I FOR EACH STATEMENT EXECUTE FUNCTION fn_enforce_append_only()',
                     'trg_' || name || '_no_truncate', name);
      made := made + 1;
    END IF;
  END LOOP;
  RETURN made;
END $$;
SELECT ensure_partitions();

CREATE OR REPLACE FUNCTION replay(p_run UUID, p_source TEXT DEFAULT NULL) RETURNS SETOF raw_event LANGUAGE sql STABLE SET search_path FROM CURRENT AS
$$ SELECT * FROM raw_event WHERE run_id = p_run AND (p_source IS NULL OR source = p_source) ORDER BY source COLLATE "C", seq $$;
