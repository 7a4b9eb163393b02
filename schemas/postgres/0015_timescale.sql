-- TimescaleDB, only where it can be loaded. PostgreSQL only.

DO $$
DECLARE h RECORD;
BEGIN
  IF NOT EXISTS (SELECT FROM pg_extension WHERE extname = 'timescaledb') THEN
    BEGIN
      -- A library that was not preloaded would end the session, which no handler catches.
      IF current_setting('shared_preload_libraries') NOT LIKE '%timescaledb%' THEN
        RAISE EXCEPTION 'not preloaded';
      END IF;
      CREATE EXTENSION timescaledb;
    EXCEPTION WHEN OTHERS THEN
      RAISE NOTICE 'timescaledb not available (%): plain tables are used', SQLERRM;
      RETURN;
    END;
  END IF;
  FOR h IN SELECT * FROM (VALUES ('market_ohlcv_hourly', 'hour_ts'), ('order_book_snapshot', 'event_ts'), ('feature_snapshot', 'hour_ts'), ('regime_output', 'hour_ts'),
      ('model_prediction', 'hour_ts'), ('meta_learner_component', 'hour_ts'), ('position_hourly_state', 'hour_ts'), ('portfolio_hourly_state', 'hour_ts'),
      ('risk_hourly_state', 'hour_ts')) AS v (tab, col) LOOP
    EXECUTE format('SELECT create_hypertable(%L, %L, chunk_time_interval => 604800000000000::bigint, if_not_exists => TRUE, migrate_data => TRUE)', h.tab, h.col);
    EXECUTE format('SELECT set_integer_now_func(%L, %L, replace_if_exists => TRUE)', h.tab, 'now_ns');
  END LOOP;
END $$;
