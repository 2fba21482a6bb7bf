-- Values that get lost on the way through CSV, Python or floating point. One table a family of types.
CREATE TABLE public.num (
    id int, b bool, i2 smallint, i8 bigint, f4 real, f8 float8, n numeric, fits numeric(38,20), nan numeric(30,20),
    wide numeric(40,2), negative numeric(4,-2), tiny numeric(2,4), money money, oid oid
);
INSERT INTO public.num VALUES
    (1, true, -32768, -9223372036854775808, 'NaN', 'NaN', 'NaN', '-0.00000000000000000001', 'NaN', 1, 1200, 0.0012, 5, 4294967295),
    (2, false, 32767, 9223372036854775807, 'Infinity', '-Infinity', 'Infinity', 999999999999999999.99999999999999999999, NULL, -1.5, -99, 0, -1, 0),
    (3, NULL, 0, 9007199254740993, 1e-45, 5e-324, 123456789012345678901234567890.123456789012345678901234567890, 1.5, 1.5, 0, 0, 0, 0, 1),
    (4, NULL, NULL, NULL, 0.1, 0.1::float8 + 0.2::float8, 1.500, NULL, NULL, NULL, NULL, NULL, NULL, NULL),
    (5, NULL, NULL, NULL, 16777216, '-0', '-0', 0, 0, 0, 0, 0, 0, 0);

CREATE TABLE public.times (id int, d date, ts timestamp, tz timestamptz, t time, ttz timetz, i interval);
INSERT INTO public.times VALUES
    (1, '0001-01-01', '0001-01-01', '0001-01-01Z', '24:00', '12:00:00.5+14', '1 year 2 mons -3 days 04:05:06.7'),
    (2, '9999-12-31', '9999-12-31 23:59:59.999999', '9999-12-31 23:59:59.999999Z', '00:00', '0:00-12', '-1 day'),
    (3, NULL, NULL, NULL, NULL, NULL, NULL),
    (4, '2024-02-29', '2024-03-31 02:30', '2024-03-31 03:30:00.00001+02', '23:59:59.999999', NULL, '0');

CREATE TABLE public.beyond (a date, b date, c date, ts timestamp, tz timestamptz, ok date);
INSERT INTO public.beyond VALUES
    ('infinity', '0044-03-15 BC', '5874897-12-31', '294276-12-31 23:59:59.999999', '-infinity', '2024-01-01'),
    ('2024-01-01', '2024-01-01', '2024-01-01', '4713-01-01 BC', '2024-01-01Z', '2024-01-01');

CREATE TABLE public.txt (a text, b bytea, c char(6), v varchar(9));
INSERT INTO public.txt VALUES
    (NULL, NULL, NULL, NULL), ('', '', '', ''), ('NULL', '\x00', 'A1', 'y '), ('\N', '\x5c4e', 'A2', '\.'),
    ('\.', '\x5c2e', NULL, NULL), (E'two\nlines', '\x0a', NULL, NULL), (E'cr\ronly', '\x0d', NULL, NULL),
    (E'crlf\r\nend', '\x0d0a', NULL, NULL), (E'tab\there', '\x09', NULL, NULL),
    ('c:\new\table', '\xff00fe0a5c22', NULL, NULL), ('say "hi", ok', NULL, NULL, NULL), ('it''s', NULL, NULL, NULL),
    ('  both ends  ', NULL, NULL, NULL), (E'end\n', NULL, NULL, NULL), (U&'\FEFFbom', NULL, NULL, NULL),
    ('🐘 é é', NULL, NULL, NULL), (U&'line\2028sep', NULL, NULL, NULL), ('"', NULL, NULL, NULL),
    (',', NULL, NULL, NULL), (E'\b\f\x7f', NULL, NULL, NULL), ('t', NULL, NULL, NULL), ('NA', NULL, NULL, NULL),
    (repeat('x', 1048576), decode(repeat('00ff', 524288), 'hex'), NULL, NULL);

CREATE TYPE public.mood AS ENUM ('so, so', 'fine');
CREATE TYPE public.pair AS (a int, b text);
CREATE DOMAIN public.cents AS numeric(10,2) CHECK (value >= 0);
CREATE DOMAIN public.more_cents AS public.cents;
CREATE TABLE public.others (
    j json, jb jsonb, e public.mood, p public.pair, c public.more_cents, arr int[], texts text[], r int4range,
    u uuid, x xml, bits bit varying(9), ip inet, ch "char", nm name, pt point, vec tsvector
);
INSERT INTO public.others VALUES
    ('{"b":1,  "a":2,"a":3}', '{"n":1234567890123456789}', 'so, so', '(1,"a,b")', 12.30, '{1,NULL}', '{"",NULL,"NULL"}',
     '[1,5)', 'a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11', NULL, '101', '::1', 'x', 'n', '(1.5,-0)', '''a'':1'),
    ('null', 'null', 'fine', '(,)', 0, '{}', '{}', 'empty', NULL, NULL, '', NULL, '', '', NULL, ''),
    ('{"z":"\u0000", "n":1e400}', '0.10000000000000000000001', NULL, ROW(NULL, ''), NULL, NULL, NULL, NULL, NULL, NULL,
     NULL, NULL, NULL, NULL, NULL, NULL);
