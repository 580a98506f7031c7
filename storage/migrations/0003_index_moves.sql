-- One look-up for each entry that goes: joined with what goes, a planner that knows too little of a
-- table that just grew reads every entry of the kind instead.

CREATE OR REPLACE FUNCTION signpost.move_in_indexes(of_kind text, of_id text, old jsonb, new jsonb)
RETURNS void LANGUAGE plpgsql AS $$
DECLARE
    gone record;
BEGIN
    IF old = new THEN
        RETURN;
    END IF;
    FOR gone IN SELECT o.key, o.value FROM jsonb_each_text(old) o
            WHERE (new->>o.key) IS DISTINCT FROM o.value LOOP
        DELETE FROM signpost.record_index i WHERE i.kind = of_kind AND i.name = gone.key
            AND i.value = gone.value AND i.id = of_id;
    END LOOP;
    INSERT INTO signpost.record_index (kind, name, value, id)
        SELECT of_kind, n.key, n.value, of_id FROM jsonb_each_text(new) n
        WHERE (old->>n.key) IS DISTINCT FROM n.value;
END $$;

-- Many records of a kind in one round trip: [[id, old indexes, new indexes], …].

CREATE FUNCTION signpost.index_anew(of_kind text, changes jsonb)
RETURNS void LANGUAGE plpgsql AS $$
DECLARE
    change jsonb;
BEGIN
    FOR change IN SELECT jsonb_array_elements(changes) LOOP
        PERFORM signpost.move_in_indexes(of_kind, change->>0, change->1, change->2);
        UPDATE signpost.record SET indexes = change->2 WHERE kind = of_kind AND id = change->>0;
    END LOOP;
END $$;
