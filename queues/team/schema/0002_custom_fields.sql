-- Custom fields: kept with the ticket, each changed by itself.
ALTER TABLE tridesk.ticket ADD COLUMN fields jsonb NOT NULL DEFAULT '{}';

CREATE OR REPLACE FUNCTION tridesk.operate(operation_id text, number bigint, base bigint, what jsonb, content bytea DEFAULT NULL)
RETURNS jsonb LANGUAGE plpgsql SECURITY DEFINER SET search_path = tridesk, pg_temp AS $$
-- Change a ticket, or add a message, or both. `base` is the version that the agent saw; NULL for any.
DECLARE
    t ticket;
    values jsonb;
    valued text[] := '{}';
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
        WHERE key NOT IN ('set', 'owner', 'add', 'remove', 'fields', 'message');
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
    values := t.fields;
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
    FOR field, wanted IN SELECT * FROM jsonb_each_text(coalesce(what -> 'fields', '{}')) LOOP
        CONTINUE WHEN coalesce(t.fields ->> field, '') = wanted;
        IF base < (t.touched -> ('field.' || field) ->> 0)::bigint
                AND t.touched -> ('field.' || field) ->> 1 <> session_user THEN
            clashes := clashes || ('field.' || field);
        END IF;
        values := CASE wanted WHEN '' THEN values - field ELSE values || jsonb_build_object(field, wanted) END;
        valued := valued || ('field.' || field);
    END LOOP;
    IF values <> t.fields THEN
        changed := changed || jsonb_build_object('fields', jsonb_build_array(t.fields, values));
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
                UNION SELECT unnest(valued)
                UNION SELECT 'said' WHERE added IS NOT NULL AND said <> 'note'
            ) AS keys;
        t := jsonb_populate_record(t, (SELECT coalesce(jsonb_object_agg(key, value -> 1), '{}') FROM jsonb_each(changed)));
        UPDATE ticket SET version = t.version, touched = t.touched, status = t.status, lane = t.lane,
            subject = t.subject, language = t.language, tags = t.tags, owner = t.owner, fields = t.fields,
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

CREATE OR REPLACE FUNCTION tridesk.open_ticket(operation_id text, what jsonb, content bytea) RETURNS jsonb LANGUAGE plpgsql
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
        INSERT INTO ticket (status, owner, owned_until, lane, subject, requestor, language, tags, home, fields)
        VALUES (state ->> 'status', coalesce(state ->> 'owner', ''), now() + (SELECT lease FROM team), state ->> 'lane',
            state ->> 'subject', state ->> 'requestor', coalesce(state ->> 'language', ''),
            ARRAY(SELECT jsonb_array_elements_text(coalesce(state -> 'tags', '[]'))), coalesce(state ->> 'home', ''),
            coalesce(state -> 'fields', '{}'))
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
