// What the catalogue of a database tells of its shape.
#pragma once

namespace ballast {

// Rows of: name, kind (`is`, `column`, `rest`), item, text. Every name is written with its schema,
// whatever search_path a role has. What an extension brought, partitions (their parent tells) and
// what people make in Odoo's own interface (x_…) are left out.
inline constexpr const char* fingerprint_query = R"sql(
SET search_path = pg_catalog;
WITH ours AS (
  SELECT c.oid, c.relkind,
         CASE WHEN c.relkind IN ('v', 'm') THEN 'view ' WHEN c.relkind = 'c' THEN 'type ' ELSE '' END
           || n.nspname || '.' || c.relname AS name
  FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
  WHERE c.relkind IN ('r', 'p', 'f', 'v', 'm', 'c') AND NOT c.relispartition
    AND n.nspname !~ '^pg_' AND n.nspname <> 'information_schema' AND c.relname !~ '^x_'
    AND NOT EXISTS (SELECT 1 FROM pg_depend e WHERE e.deptype = 'e'
                    AND ((e.classid = 'pg_class'::regclass AND e.objid = c.oid)
                         OR (e.classid = 'pg_type'::regclass AND e.objid = c.reltype)))
), custom AS (
  SELECT attrelid, attnum FROM pg_attribute WHERE attnum > 0 AND attname ~ '^x_'
), types AS (
  SELECT t.oid, t.typtype, t.typbasetype, t.typtypmod, t.typnotnull, t.typdefault,
         'type ' || n.nspname || '.' || t.typname AS name
  FROM pg_type t JOIN pg_namespace n ON n.oid = t.typnamespace
  WHERE t.typtype IN ('e', 'd') AND n.nspname !~ '^pg_' AND n.nspname <> 'information_schema'
    AND t.typname !~ '^x_'
    AND NOT EXISTS (SELECT 1 FROM pg_depend e WHERE e.deptype = 'e'
                    AND e.classid = 'pg_type'::regclass AND e.objid = t.oid)
)
SELECT name, 'is', '', '' FROM ours
UNION ALL
SELECT name, 'is', '', '' FROM types
UNION ALL
SELECT o.name, 'column', a.attname,
       format_type(a.atttypid, a.atttypmod)
         || CASE WHEN a.attcollation <> t.typcollation
                 THEN coalesce((SELECT ' collate ' || l.collname FROM pg_collation l
                                WHERE l.oid = a.attcollation), '') ELSE '' END
         || CASE WHEN a.attnotnull THEN ' not null' ELSE '' END
         || coalesce(' default ' || pg_get_expr(d.adbin, d.adrelid), '')
FROM ours o
JOIN pg_attribute a ON a.attrelid = o.oid AND a.attnum > 0 AND NOT a.attisdropped
JOIN pg_type t ON t.oid = a.atttypid
LEFT JOIN pg_attrdef d ON d.adrelid = a.attrelid AND d.adnum = a.attnum
WHERE a.attname !~ '^x_'
UNION ALL
SELECT o.name, 'rest', k.conname, pg_get_constraintdef(k.oid)
FROM ours o JOIN pg_constraint k ON k.conrelid = o.oid
WHERE k.contype IN ('c', 'f', 'p', 'u', 'x')
  AND NOT EXISTS (SELECT 1 FROM custom x WHERE x.attrelid = k.conrelid AND x.attnum = ANY (k.conkey))
UNION ALL
SELECT o.name, 'rest', '', pg_get_indexdef(i.indexrelid)
FROM ours o JOIN pg_index i ON i.indrelid = o.oid
WHERE i.indisvalid
  AND NOT EXISTS (SELECT 1 FROM pg_constraint k WHERE k.conindid = i.indexrelid
                  AND k.contype IN ('p', 'u', 'x'))
  AND NOT EXISTS (SELECT 1 FROM pg_depend e JOIN custom x ON x.attrelid = e.refobjid
                  AND x.attnum = e.refobjsubid
                  WHERE e.classid = 'pg_class'::regclass AND e.objid = i.indexrelid
                  AND e.refclassid = 'pg_class'::regclass)
UNION ALL
SELECT o.name, 'rest', '', pg_get_viewdef(o.oid) FROM ours o WHERE o.relkind IN ('v', 'm')
UNION ALL
SELECT y.name, 'column', 'values', string_agg(quote_literal(l.enumlabel), ', ' ORDER BY l.enumsortorder)
FROM types y JOIN pg_enum l ON l.enumtypid = y.oid GROUP BY y.name
UNION ALL
SELECT y.name, 'column', 'domain',
       format_type(y.typbasetype, y.typtypmod) || CASE WHEN y.typnotnull THEN ' not null' ELSE '' END
         || coalesce(' default ' || y.typdefault, '')
FROM types y WHERE y.typtype = 'd'
UNION ALL
SELECT y.name, 'rest', k.conname, pg_get_constraintdef(k.oid)
FROM types y JOIN pg_constraint k ON k.contypid = y.oid AND k.contype = 'c'
)sql";

}  // namespace ballast
