-- Tickets, messages and events of a team; what members may read, and the functions by which they write.
-- Roles belong to the whole cluster: another team's database may have made them.
DO $$
DECLARE name text;
BEGIN
    FOREACH name IN ARRAY ARRAY['tridesk_reader', 'tridesk_agent', 'tridesk_lead'] LOOP
        IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = name) THEN
            EXECUTE format('CREATE ROLE %I NOLOGIN', name);
        END IF;
    END LOOP;
END $$;
DO $$
BEGIN
    IF NOT pg_has_role('tridesk_agent', 'tridesk_reader', 'MEMBER') THEN
        GRANT tridesk_reader TO tridesk_agent;
    END IF;
    IF NOT pg_has_role('tridesk_lead', 'tridesk_agent', 'MEMBER') THEN
        GRANT tridesk_agent TO tridesk_lead;
    END IF;
END $$;

CREATE TABLE tridesk.team (
    is_one boolean PRIMARY KEY DEFAULT true CHECK (is_one),
    generation uuid NOT NULL DEFAULT gen_random_uuid(), -- another one after a restore: desks then read from the start
    lease interval NOT NULL DEFAULT '30 minutes'
);
INSERT INTO tridesk.team DEFAULT VALUES;

CREATE TABLE tridesk.member (
    login text PRIMARY KEY,
    role text NOT NULL CHECK (role IN ('reader', 'agent', 'lead')),
    lanes text[] NOT NULL DEFAULT '{*}',
    access integer NOT NULL DEFAULT 1, -- counts changes of lanes: a desk then reads from the start
    lease_until timestamptz NOT NULL DEFAULT '-infinity',
    removed_at timestamptz
);

CREATE TABLE tridesk.ticket (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    version bigint NOT NULL DEFAULT 1,
    touched jsonb NOT NULL DEFAULT '{}', -- for each field, the version that changed it last, and who did
    status text NOT NULL,
    owner text NOT NULL DEFAULT '',
    owned_until timestamptz NOT NULL DEFAULT '-infinity', -- the claim holds so long, and while its owner's desk is seen
    lane text NOT NULL DEFAULT '',
    subject text NOT NULL DEFAULT '',
    requestor text NOT NULL DEFAULT '',
    language text NOT NULL DEFAULT '',
    tags text[] NOT NULL DEFAULT '{}',
    home text NOT NULL DEFAULT '', -- the mailbox that its replies leave from
    created_at timestamptz NOT NULL DEFAULT now(),
    changed_at timestamptz NOT NULL DEFAULT now(),
    changed_by text NOT NULL DEFAULT session_user
);
CREATE INDEX ticket_owned ON tridesk.ticket (owner) WHERE owner <> '' AND status IN ('new', 'open');

CREATE TABLE tridesk.message (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    ticket bigint NOT NULL REFERENCES tridesk.ticket,
    mark text NOT NULL UNIQUE, -- the same message, from whichever desk
    direction text NOT NULL CHECK (direction IN ('in', 'out', 'note')),
    author text NOT NULL,
    at timestamptz NOT NULL,
    fields jsonb NOT NULL DEFAULT '{}',
    content bytea NOT NULL, -- a mail
    delivery text NOT NULL DEFAULT '' CHECK (delivery IN ('', 'waiting', 'taken', 'sent', 'held', 'failed')),
    courier text NOT NULL DEFAULT '', -- the desk whose outbox it leaves from
    reason text NOT NULL DEFAULT ''
);
CREATE INDEX message_ticket ON tridesk.message (ticket, id);
CREATE INDEX message_post ON tridesk.message (id) WHERE delivery IN ('waiting', 'taken');

CREATE TABLE tridesk.operation (
    id text PRIMARY KEY,
    member text NOT NULL DEFAULT session_user,
    at timestamptz NOT NULL DEFAULT now(),
    answer jsonb NOT NULL DEFAULT '{}'
);

CREATE TABLE tridesk.event (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    xact bigint NOT NULL DEFAULT pg_current_xact_id()::text::bigint, -- bigint: its operators are leakproof, xid8's not
    ticket bigint NOT NULL REFERENCES tridesk.ticket,
    message bigint REFERENCES tridesk.message,
    at timestamptz NOT NULL DEFAULT now(),
    actor text NOT NULL,
    kind text NOT NULL,
    detail jsonb NOT NULL DEFAULT '{}'
);
CREATE INDEX event_feed ON tridesk.event (xact, id);
CREATE INDEX event_ticket ON tridesk.event (ticket, id);

-- Who writes on a ticket just now; lost with a crash, which is right
CREATE UNLOGGED TABLE tridesk.presence (
    login text NOT NULL,
    ticket bigint NOT NULL REFERENCES tridesk.ticket,
    until timestamptz NOT NULL,
    PRIMARY KEY (ticket, login)
);

-- Who is asking

CREATE FUNCTION tridesk.my_lanes() RETURNS text[] LANGUAGE sql STABLE SECURITY DEFINER SET search_path = tridesk, pg_temp AS $$
    SELECT coalesce((SELECT lanes FROM member WHERE login = session_user AND removed_at IS NULL), '{}')
$$;

CREATE FUNCTION tridesk.sees(lane text) RETURNS boolean LANGUAGE sql STABLE SECURITY DEFINER
SET search_path = tridesk, pg_temp AS $$
    SELECT '*' = ANY(my_lanes()) OR lane = ANY(my_lanes())
$$;

CREATE FUNCTION tridesk.must_be(roles text[]) RETURNS void LANGUAGE plpgsql STABLE SECURITY DEFINER
SET search_path = tridesk, pg_temp AS $$
BEGIN
    IF NOT EXISTS (SELECT FROM member WHERE login = session_user AND removed_at IS NULL AND role = ANY(roles)) THEN
        RAISE insufficient_privilege USING MESSAGE = format('%s is not %s of this team', session_user,
            array_to_string(roles, ' or '));
    END IF;
END $$;

-- What members may read

ALTER TABLE tridesk.ticket ENABLE ROW LEVEL SECURITY;
ALTER TABLE tridesk.message ENABLE ROW LEVEL SECURITY;
ALTER TABLE tridesk.event ENABLE ROW LEVEL SECURITY;
ALTER TABLE tridesk.member ENABLE ROW LEVEL SECURITY;
ALTER TABLE tridesk.operation ENABLE ROW LEVEL SECURITY;
ALTER TABLE tridesk.presence ENABLE ROW LEVEL SECURITY;
CREATE POLICY by_ticket ON tridesk.presence FOR SELECT TO tridesk_reader
    USING (EXISTS (SELECT FROM tridesk.ticket WHERE ticket.id = presence.ticket));
CREATE POLICY by_lane ON tridesk.ticket FOR SELECT TO tridesk_reader
    USING ('*' = ANY((SELECT tridesk.my_lanes())::text[]) OR lane = ANY((SELECT tridesk.my_lanes())::text[]));
CREATE POLICY by_ticket ON tridesk.message FOR SELECT TO tridesk_reader
    USING ('*' = ANY((SELECT tridesk.my_lanes())::text[])
        OR EXISTS (SELECT FROM tridesk.ticket WHERE ticket.id = message.ticket));
CREATE POLICY by_ticket ON tridesk.event FOR SELECT TO tridesk_reader
    USING ('*' = ANY((SELECT tridesk.my_lanes())::text[])
        OR EXISTS (SELECT FROM tridesk.ticket WHERE ticket.id = event.ticket));
CREATE POLICY by_member ON tridesk.member FOR SELECT TO tridesk_reader
    USING ((SELECT tridesk.my_lanes()) <> '{}'::text[]);

-- Operations

CREATE FUNCTION tridesk.written(operation_id text) RETURNS jsonb LANGUAGE plpgsql SECURITY DEFINER
SET search_path = tridesk, pg_temp AS $$
-- Begin an operation; the answer of an earlier one with this id, NULL if there was none. Waits for one that still runs.
DECLARE
    earlier operation;
BEGIN
    INSERT INTO operation (id) VALUES (operation_id) ON CONFLICT DO NOTHING;
    IF FOUND THEN
        RETURN NULL;
    END IF;
    SELECT * INTO earlier FROM operation WHERE id = operation_id;
    IF earlier.member <> session_user THEN
        RAISE insufficient_privilege USING MESSAGE = 'this operation is another member''s';
    END IF;
    RETURN earlier.answer || '{"answer": "duplicate"}';
END $$;

CREATE FUNCTION tridesk.holder(of tridesk.ticket) RETURNS text LANGUAGE sql STABLE SECURITY DEFINER
SET search_path = tridesk, pg_temp AS $$
-- Whose a ticket is: no one's, once the lease of new or open work has run out.
    SELECT CASE WHEN of.status IN ('new', 'open') AND of.owned_until < clock_timestamp()
        AND EXISTS (SELECT FROM member WHERE login = of.owner AND (lease_until < clock_timestamp() OR removed_at < now()))
        THEN '' ELSE of.owner END
$$;

CREATE FUNCTION tridesk.add_message(number bigint, said jsonb, content bytea, home text) RETURNS bigint
LANGUAGE plpgsql SECURITY DEFINER SET search_path = tridesk, pg_temp AS $$
-- Store a message and return its number; NULL if it is there already.
DECLARE
    result bigint;
    way text := said ->> 'direction';
BEGIN
    INSERT INTO message (ticket, mark, direction, author, at, fields, content, delivery)
    VALUES (number, said ->> 'mark', way, CASE way WHEN 'in' THEN '' ELSE session_user END,
        to_timestamp((said ->> 'at')::double precision), coalesce(said -> 'fields', '{}'), content,
        CASE WHEN way <> 'out' THEN '' WHEN said ? 'sent' THEN 'sent' WHEN home = '' THEN '' ELSE 'waiting' END)
    ON CONFLICT (mark) DO NOTHING RETURNING id INTO result;
    RETURN result;
END $$;

CREATE FUNCTION tridesk.operate(operation_id text, number bigint, base bigint, what jsonb, content bytea DEFAULT NULL)
RETURNS jsonb LANGUAGE plpgsql SECURITY DEFINER SET search_path = tridesk, pg_temp AS $$
-- Change a ticket, or add a message, or both. `base` is the version that the agent saw; NULL for any.
DECLARE
    t ticket;
    result jsonb;
    field text;
    wanted text;
    current text;
    kept text[];
    changed jsonb := '{}';
    clashes text[] := '{}';
    added bigint;
    said text := what -> 'message' ->> 'direction';
BEGIN
    PERFORM must_be('{agent,lead}');
    SELECT string_agg(key, ', ') INTO field FROM jsonb_object_keys(what) AS key
        WHERE key NOT IN ('set', 'owner', 'add', 'remove', 'message');
    IF field IS NOT NULL THEN
        RAISE feature_not_supported USING MESSAGE = format('unknown part of an operation: %s', field);
    END IF;
    result := written(operation_id);
    IF result IS NOT NULL THEN
        RETURN result;
    END IF;
    SELECT * INTO t FROM ticket WHERE id = number FOR UPDATE;
    IF NOT FOUND OR NOT sees(t.lane) THEN
        RAISE no_data_found USING MESSAGE = format('there is no ticket %s', number);
    END IF;
    FOR field, wanted IN SELECT * FROM jsonb_each_text(coalesce(what -> 'set', '{}')) LOOP
        IF field NOT IN ('status', 'lane', 'subject', 'language') THEN
            RAISE feature_not_supported USING MESSAGE = format('unknown field: %s', field);
        END IF;
        current := to_jsonb(t) ->> field;
        CONTINUE WHEN current = wanted;
        IF base < (t.touched -> field ->> 0)::bigint AND t.touched -> field ->> 1 <> session_user THEN
            clashes := clashes || field;
        END IF;
        changed := changed || jsonb_build_object(field, jsonb_build_array(current, wanted));
    END LOOP;
    IF what ? 'owner' THEN
        wanted := what -> 'owner' ->> 'to';
        IF wanted <> holder(t) THEN
            IF holder(t) NOT IN ('', what -> 'owner' ->> 'from') THEN
                clashes := clashes || 'owner'::text;
            END IF;
            changed := changed || jsonb_build_object('owner', jsonb_build_array(t.owner, wanted));
        END IF;
    END IF;
    IF said = 'out' AND base < (t.touched -> 'said' ->> 0)::bigint
            AND NOT EXISTS (SELECT FROM message WHERE mark = what -> 'message' ->> 'mark') THEN
        clashes := clashes || 'said'::text;
    END IF;
    IF clashes <> '{}' THEN
        DELETE FROM operation WHERE id = operation_id;
        RETURN jsonb_build_object('answer', 'conflict', 'version', t.version, 'clashes', clashes);
    END IF;
    IF what ?| '{add,remove}' THEN
        SELECT coalesce(array_agg(tag ORDER BY place), '{}') INTO kept FROM (
            SELECT tag, min(place) AS place FROM (
                SELECT * FROM unnest(t.tags) WITH ORDINALITY AS own (tag, place)
                UNION ALL
                SELECT tag, 1000 + place
                FROM jsonb_array_elements_text(coalesce(what -> 'add', '[]')) WITH ORDINALITY AS new (tag, place)
            ) AS both_sides GROUP BY tag
        ) AS each_once WHERE NOT coalesce(what -> 'remove', '[]') ? tag;
        IF kept <> t.tags THEN
            changed := changed || jsonb_build_object('tags', jsonb_build_array(to_jsonb(t.tags), to_jsonb(kept)));
        END IF;
    END IF;
    IF what ? 'message' THEN
        added := add_message(number, what -> 'message', content, t.home);
    END IF;
    IF changed <> '{}' OR added IS NOT NULL THEN
        t.version := t.version + 1;
        SELECT t.touched || coalesce(jsonb_object_agg(key, jsonb_build_array(t.version, session_user)), '{}')
            INTO t.touched FROM (
                SELECT jsonb_object_keys(changed) AS key
                UNION SELECT 'said' WHERE added IS NOT NULL AND said <> 'note'
            ) AS keys;
        t := jsonb_populate_record(t, (SELECT coalesce(jsonb_object_agg(key, value -> 1), '{}') FROM jsonb_each(changed)));
        UPDATE ticket SET version = t.version, touched = t.touched, status = t.status, lane = t.lane,
            subject = t.subject, language = t.language, tags = t.tags, owner = t.owner,
            owned_until = CASE WHEN changed ? 'owner' THEN clock_timestamp() + (SELECT lease FROM team) ELSE owned_until END,
            changed_at = now(), changed_by = session_user
        WHERE id = number;
        INSERT INTO event (ticket, message, actor, kind, detail)
        VALUES (number, added, session_user, CASE WHEN added IS NULL THEN 'changed' ELSE 'said' END, changed);
        PERFORM pg_notify('tridesk', number::text);
    END IF;
    result := jsonb_build_object('answer', 'done', 'version', t.version, 'ticket', number, 'message',
        coalesce(added, (SELECT id FROM message WHERE mark = what -> 'message' ->> 'mark')));
    UPDATE operation SET answer = result WHERE id = operation_id;
    RETURN result;
END $$;

CREATE FUNCTION tridesk.open_ticket(operation_id text, what jsonb, content bytea) RETURNS jsonb LANGUAGE plpgsql
SECURITY DEFINER SET search_path = tridesk, pg_temp AS $$
-- Open a ticket with its first message, unless another desk brought that already: then the answer names its ticket.
DECLARE
    result jsonb;
    number bigint;
    added bigint;
    known message;
    state jsonb := what -> 'set';
BEGIN
    PERFORM must_be('{agent,lead}');
    result := written(operation_id);
    IF result IS NOT NULL THEN
        RETURN result;
    END IF;
    -- two desks with one mailbox bring one mail at one moment: the second waits here for the first
    PERFORM pg_advisory_xact_lock(hashtextextended(what -> 'message' ->> 'mark', 7));
    SELECT * INTO known FROM message WHERE mark = what -> 'message' ->> 'mark';
    IF NOT FOUND THEN
        INSERT INTO ticket (status, owner, owned_until, lane, subject, requestor, language, tags, home)
        VALUES (state ->> 'status', coalesce(state ->> 'owner', ''), now() + (SELECT lease FROM team), state ->> 'lane',
            state ->> 'subject', state ->> 'requestor', coalesce(state ->> 'language', ''),
            ARRAY(SELECT jsonb_array_elements_text(coalesce(state -> 'tags', '[]'))), coalesce(state ->> 'home', ''))
        RETURNING id INTO number;
        added := add_message(number, what -> 'message', content, coalesce(state ->> 'home', ''));
        INSERT INTO event (ticket, message, actor, kind, detail) VALUES (number, added, session_user, 'opened', state);
        PERFORM pg_notify('tridesk', number::text);
        result := jsonb_build_object('answer', 'done', 'version', 1, 'ticket', number, 'message', added);
    ELSE
        result := jsonb_build_object('answer', 'duplicate', 'ticket', known.ticket, 'message', known.id);
    END IF;
    UPDATE operation SET answer = result WHERE id = operation_id;
    RETURN result;
END $$;

CREATE FUNCTION tridesk.renew() RETURNS void LANGUAGE plpgsql SECURITY DEFINER
SET search_path = tridesk, pg_temp AS $$
-- Say that my desk is here; free the work of those whose desk was not seen during the lease.
DECLARE
    lease interval := (SELECT team.lease FROM team);
    t ticket;
BEGIN
    UPDATE member SET lease_until = clock_timestamp() + lease
        WHERE login = session_user AND removed_at IS NULL AND lease_until < clock_timestamp() + lease * 0.9;
    IF NOT pg_has_role(session_user, 'tridesk_agent', 'MEMBER') THEN
        RETURN;
    END IF;
    FOR t IN SELECT ticket.* FROM ticket JOIN member ON member.login = ticket.owner
            WHERE ticket.owner <> '' AND ticket.status IN ('new', 'open') AND owned_until < clock_timestamp()
            AND (member.lease_until < clock_timestamp() OR member.removed_at < now())
            ORDER BY ticket.id LIMIT 100 FOR UPDATE OF ticket SKIP LOCKED LOOP
        UPDATE ticket SET owner = '', version = version + 1, changed_at = now(), changed_by = '',
            touched = touched || jsonb_build_object('owner', jsonb_build_array(version + 1, ''))
        WHERE id = t.id;
        INSERT INTO event (ticket, actor, kind, detail) VALUES (t.id, '', 'freed',
            jsonb_build_object('owner', jsonb_build_array(t.owner, '')));
        PERFORM pg_notify('tridesk', t.id::text);
    END LOOP;
END $$;

CREATE FUNCTION tridesk.attend(numbers bigint[]) RETURNS void LANGUAGE plpgsql SECURITY DEFINER
SET search_path = tridesk, pg_temp AS $$
-- Say on which tickets I write: for a minute, unless it is said again.
DECLARE
    before bigint[] := ARRAY(SELECT ticket FROM presence WHERE login = session_user AND until > now() ORDER BY ticket);
BEGIN
    PERFORM must_be('{agent,lead}');
    DELETE FROM presence WHERE login = session_user AND NOT ticket = ANY(numbers);
    INSERT INTO presence SELECT session_user, id, now() + interval '1 minute' FROM ticket
        WHERE id = ANY(numbers) AND sees(lane)
        ON CONFLICT (ticket, login) DO UPDATE SET until = excluded.until;
    IF before <> ARRAY(SELECT DISTINCT unnest(numbers) ORDER BY 1) THEN
        PERFORM pg_notify('tridesk', '');
    END IF;
END $$;

-- Replies on their way to customers

CREATE FUNCTION tridesk.take_post(desk text, homes text[])
RETURNS TABLE (id bigint, ticket bigint, author text, at timestamptz, mark text, content bytea)
LANGUAGE plpgsql SECURITY DEFINER SET search_path = tridesk, pg_temp AS $$
-- Take waiting replies for this desk's outbox, and return all that it has taken and not settled; each goes to one desk.
BEGIN
    PERFORM must_be('{agent,lead}');
    UPDATE message SET delivery = 'taken', courier = desk WHERE message.id IN (
        SELECT m.id FROM message m JOIN ticket t ON t.id = m.ticket
        WHERE m.delivery = 'waiting' AND t.home = ANY(homes) AND sees(t.lane)
        ORDER BY m.id LIMIT 20 FOR UPDATE OF m SKIP LOCKED);
    RETURN QUERY SELECT m.id, m.ticket, m.author, m.at, m.mark, m.content FROM message m
        WHERE m.delivery = 'taken' AND m.courier = desk ORDER BY m.id;
END $$;

CREATE FUNCTION tridesk.settle_post(desk text, number bigint, became text, why text) RETURNS void LANGUAGE plpgsql
SECURITY DEFINER SET search_path = tridesk, pg_temp AS $$
-- Report what became of a reply; one that did not leave reopens its ticket.
DECLARE
    of message;
    before text;
    changed jsonb := '{}';
BEGIN
    PERFORM must_be('{agent,lead}');
    UPDATE message SET delivery = became, reason = why
        WHERE id = number AND courier = desk AND delivery IN ('taken', 'held') AND delivery <> became RETURNING * INTO of;
    IF NOT FOUND THEN
        RETURN;
    END IF;
    IF became IN ('held', 'failed') THEN
        SELECT status INTO before FROM ticket WHERE id = of.ticket FOR UPDATE;
        IF before NOT IN ('new', 'open') THEN
            changed := jsonb_build_object('status', jsonb_build_array(before, 'open'));
            UPDATE ticket SET status = 'open', version = version + 1, changed_at = now(), changed_by = session_user,
                touched = touched || jsonb_build_object('status', jsonb_build_array(version + 1, session_user))
            WHERE id = of.ticket;
        END IF;
    END IF;
    INSERT INTO event (ticket, message, actor, kind, detail) VALUES (of.ticket, number, session_user, 'post',
        changed || jsonb_build_object('delivery', became, 'reason', why));
    PERFORM pg_notify('tridesk', of.ticket::text);
END $$;

-- What only a lead may do

CREATE FUNCTION tridesk.free_all(of_login text) RETURNS integer LANGUAGE plpgsql SECURITY DEFINER
SET search_path = tridesk, pg_temp AS $$
-- Free the new and open tickets of a person, and return how many they were.
DECLARE
    t ticket;
    result integer := 0;
BEGIN
    PERFORM must_be('{lead}');
    FOR t IN SELECT * FROM ticket WHERE owner = of_login AND status IN ('new', 'open') AND sees(lane) ORDER BY id FOR UPDATE
    LOOP
        UPDATE ticket SET owner = '', version = version + 1, changed_at = now(), changed_by = session_user,
            touched = touched || jsonb_build_object('owner', jsonb_build_array(version + 1, session_user))
        WHERE id = t.id;
        INSERT INTO event (ticket, actor, kind, detail) VALUES (t.id, session_user, 'freed',
            jsonb_build_object('owner', jsonb_build_array(of_login, '')));
        PERFORM pg_notify('tridesk', t.id::text);
        result := result + 1;
    END LOOP;
    RETURN result;
END $$;

-- Who may do what

GRANT USAGE ON SCHEMA tridesk TO tridesk_reader;
GRANT SELECT ON tridesk.team, tridesk.migration, tridesk.member, tridesk.ticket, tridesk.message, tridesk.event,
    tridesk.presence
    TO tridesk_reader;
REVOKE EXECUTE ON ALL FUNCTIONS IN SCHEMA tridesk FROM PUBLIC;
GRANT EXECUTE ON FUNCTION tridesk.my_lanes(), tridesk.sees(text), tridesk.holder(tridesk.ticket), tridesk.renew()
    TO tridesk_reader;
GRANT EXECUTE ON FUNCTION tridesk.attend(bigint[]) TO tridesk_agent;
GRANT EXECUTE ON FUNCTION tridesk.operate(text, bigint, bigint, jsonb, bytea), tridesk.open_ticket(text, jsonb, bytea),
    tridesk.take_post(text, text[]), tridesk.settle_post(text, bigint, text, text) TO tridesk_agent;
GRANT EXECUTE ON FUNCTION tridesk.free_all(text) TO tridesk_lead;
