-- Comments and security labels: (classid, objid, kind, identity, definition). Large objects have theirs in their fact.
SELECT d.classoid, d.objoid, 'comment', o.type || ' ' || replace(o.identity, ' on language ', ' language '), d.description
FROM pg_description d, pg_identify_object(d.classoid, d.objoid, d.objsubid) AS o
WHERE d.classoid <> 'pg_largeobject'::regclass
UNION ALL
SELECT l.classoid, l.objoid, 'security label', o.type || ' ' || o.identity || ' by ' || l.provider, l.label
FROM pg_seclabel l, pg_identify_object(l.classoid, l.objoid, l.objsubid) AS o
WHERE l.classoid <> 'pg_largeobject'::regclass
