-- The pace of all replicas together: for each track the time at which its next slot would fall due
-- if calls came evenly (the generic cell rate algorithm). The database's clock is the one they share.

CREATE TABLE signpost.pace (
    name    text COLLATE "C" PRIMARY KEY,
    next_at timestamptz NOT NULL
);

CREATE FUNCTION signpost.lock_tracks(names text[]) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
    -- A slot that a crash forgets is no loss, so nobody waits for the disk.
    PERFORM set_config('synchronous_commit', 'off', true);
    INSERT INTO signpost.pace (name, next_at)
        SELECT n, '-infinity' FROM unnest(names) n ORDER BY n COLLATE "C"
        ON CONFLICT DO NOTHING;
    PERFORM 1 FROM signpost.pace WHERE name = ANY (names) ORDER BY name FOR UPDATE;
END $$;

-- Seconds until the slot; it is taken unless that is more than patience.

CREATE FUNCTION signpost.take_slot(tracks jsonb, patience double precision)
RETURNS double precision LANGUAGE plpgsql AS $$
DECLARE
    moment timestamptz;
    delay double precision;
BEGIN
    PERFORM signpost.lock_tracks(
        (SELECT array_agg(t->>'name') FROM jsonb_array_elements(tracks) t));
    moment := clock_timestamp();
    SELECT max(extract(epoch FROM greatest(p.next_at, moment) - moment)
            - (t->>'ahead')::double precision)
        INTO delay
        FROM jsonb_array_elements(tracks) t JOIN signpost.pace p ON p.name = t->>'name';
    IF delay <= patience THEN
        UPDATE signpost.pace p SET next_at = greatest(p.next_at, moment)
                + make_interval(secs => (t->>'interval')::double precision)
            FROM jsonb_array_elements(tracks) t WHERE p.name = t->>'name';
    END IF;
    RETURN greatest(delay, 0);
END $$;

CREATE FUNCTION signpost.hold_slots(track jsonb, seconds double precision)
RETURNS void LANGUAGE plpgsql AS $$
BEGIN
    PERFORM signpost.lock_tracks(ARRAY[track->>'name']);
    UPDATE signpost.pace SET next_at = greatest(next_at, clock_timestamp()
            + make_interval(secs => seconds + (track->>'ahead')::double precision))
        WHERE name = track->>'name';
END $$;
