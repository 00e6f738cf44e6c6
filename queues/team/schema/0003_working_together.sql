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

-- Assigning by the rules of one desk: which desk that is holds for a minute, and the database decides
ALTER TABLE tridesk.team ADD COLUMN assigner text NOT NULL DEFAULT '',
    ADD COLUMN assigner_until timestamptz NOT NULL DEFAULT '-infinity';
ALTER TABLE tridesk.ticket ADD COLUMN assigned jsonb NOT NULL DEFAULT '{}'; -- to whom, and why

CREATE FUNCTION tridesk.may_assign(desk text) RETURNS boolean LANGUAGE plpgsql SECURITY DEFINER
SET search_path = tridesk, pg_temp AS $$
-- Become the desk that assigns, or stay it; false while another one is.
BEGIN
    PERFORM must_be('{agent,lead}');
    UPDATE team SET assigner = desk, assigner_until = clock_timestamp() + interval '1 minute'
        WHERE assigner = desk OR assigner_until < clock_timestamp();
    RETURN FOUND;
END $$;

CREATE FUNCTION tridesk.assign(desk text, number bigint, to_login text, why text) RETURNS boolean LANGUAGE plpgsql
SECURITY DEFINER SET search_path = tridesk, pg_temp AS $$
-- Assign a ticket that no one has and no colleague is at to a member whose desk is here; false if it is otherwise.
DECLARE
    t ticket;
BEGIN
    PERFORM must_be('{agent,lead}');
    IF NOT EXISTS (SELECT FROM team WHERE assigner = desk AND assigner_until > clock_timestamp()) THEN
        RETURN false;
    END IF;
    SELECT * INTO t FROM ticket WHERE id = number FOR UPDATE SKIP LOCKED;
    IF NOT FOUND OR NOT sees(t.lane) OR t.status NOT IN ('new', 'open') OR holder(t) <> ''
            OR EXISTS (SELECT FROM presence WHERE ticket = number AND until > clock_timestamp())
            OR EXISTS (SELECT FROM viewing WHERE ticket = number AND until > clock_timestamp())
            OR (SELECT kind IN ('changed', 'said') AND detail -> 'owner' ->> 1 = '' FROM event -- given up by hand
                WHERE ticket = number AND kind <> 'opened' AND detail ? 'owner' ORDER BY id DESC LIMIT 1)
            OR NOT EXISTS (SELECT FROM member WHERE login = to_login AND removed_at IS NULL AND role IN ('agent', 'lead')
                AND lease_until > clock_timestamp() AND ('*' = ANY(lanes) OR t.lane = ANY(lanes))) THEN
        RETURN false;
    END IF;
    UPDATE ticket SET owner = to_login, owned_until = clock_timestamp() + (SELECT lease FROM team), version = version + 1,
        touched = touched || jsonb_build_object('owner', jsonb_build_array(version + 1, session_user)),
        assigned = jsonb_build_object('to', to_login, 'why', why), changed_at = now(), changed_by = session_user
    WHERE id = number;
    INSERT INTO event (ticket, actor, kind, detail) VALUES (number, session_user, 'assigned',
        jsonb_build_object('owner', jsonb_build_array(t.owner, to_login), 'why', why));
    PERFORM pg_notify('tridesk', number::text);
    RETURN true;
END $$;

REVOKE EXECUTE ON FUNCTION tridesk.may_assign(text), tridesk.assign(text, bigint, text, text) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION tridesk.may_assign(text), tridesk.assign(text, bigint, text, text) TO tridesk_agent;
