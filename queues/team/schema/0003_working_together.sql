-- Who looks at a ticket: a table of its own, since desks of the version before take everyone in `presence` for a writer.
CREATE UNLOGGED TABLE tridesk.viewing (
    login text NOT NULL,
    ticket bigint NOT NULL REFERENCES tridesk.ticket,
    until timestamptz NOT NULL,
    PRIMARY KEY (ticket, login)
);
ALTER TABLE tridesk.viewing ENABLE ROW LEVEL SECURITY;
CREATE POLICY by_ticket ON tridesk.viewing FOR SELECT TO tridesk_reader
    USING (EXISTS (SELECT FROM tridesk.ticket WHERE ticket.id = viewing.ticket));

CREATE FUNCTION tridesk.look(numbers bigint[]) RETURNS void LANGUAGE plpgsql SECURITY DEFINER
SET search_path = tridesk, pg_temp AS $$
-- Say which tickets I have open: for a minute, unless it is said again.
DECLARE
    before bigint[] := ARRAY(SELECT ticket FROM viewing WHERE login = session_user AND until > now() ORDER BY ticket);
BEGIN
    PERFORM must_be('{reader,agent,lead}');
    DELETE FROM viewing WHERE login = session_user AND NOT ticket = ANY(numbers);
    INSERT INTO viewing SELECT session_user, id, now() + interval '1 minute' FROM ticket
        WHERE id = ANY(numbers) AND sees(lane)
        ON CONFLICT (ticket, login) DO UPDATE SET until = excluded.until;
    IF before <> ARRAY(SELECT DISTINCT unnest(numbers) ORDER BY 1) THEN
        PERFORM pg_notify('tridesk', '');
    END IF;
END $$;

REVOKE EXECUTE ON FUNCTION tridesk.look(bigint[]) FROM PUBLIC;
GRANT SELECT ON tridesk.viewing TO tridesk_reader;
GRANT EXECUTE ON FUNCTION tridesk.look(bigint[]) TO tridesk_reader;
