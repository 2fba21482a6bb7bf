-- Contracts, invoices and payments.
CREATE SCHEMA billing;
CREATE TYPE billing.invoice_status AS ENUM ('draft', 'open', 'paid', 'written off');
CREATE TYPE billing.period AS (months integer, days integer);

CREATE TABLE billing.products (
    sku text PRIMARY KEY,
    name text NOT NULL,
    monthly numeric(10, 2) NOT NULL CHECK (monthly > 0),
    notice billing.period,
    retired boolean NOT NULL DEFAULT false
);
INSERT INTO billing.products (sku, name, monthly, notice) VALUES
    ('CRM-S', 'CRM Small', 19.00, '(1,0)'), ('CRM-M', 'CRM Medium', 49.50, '(1,0)'), ('CRM-L', 'CRM Large', 129.00, '(3,0)'),
    ('SUP-1', 'Support, office hours', 25.00, '(0,14)'), ('SUP-2', 'Support, day and night', 240.00, '(3,0)'),
    ('FAX', 'Fax gateway', 7.95, NULL), ('API', 'API access', 99.99, '(0,30)'), ('TRN', 'Training "on site"', 850.00, NULL);
UPDATE billing.products SET retired = true WHERE sku = 'FAX';

CREATE TABLE billing.contracts (
    id integer GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    customer_id bigint NOT NULL,
    sku text NOT NULL,
    seats integer NOT NULL DEFAULT 1 CHECK (seats > 0),
    starts date NOT NULL,
    ends date,
    signed_by text NOT NULL,
    CHECK (ends > starts)
);
INSERT INTO billing.contracts (customer_id, sku, seats, starts, ends, signed_by)
SELECT c.id, p.sku, 1 + seed.dice(c.id, 200, 25), c.created_at::date + 3,
    CASE WHEN c.id % 3 = 0 THEN c.created_at::date + 400 + seed.dice(c.id, 201, 900) END, c.full_name
FROM public.customers AS c
JOIN (SELECT sku, row_number() OVER (ORDER BY sku) - 1 AS n FROM billing.products) AS p ON p.n = seed.dice(c.id, 202, 8)
WHERE c.id % 5 < 3
ORDER BY c.id;

-- Numbers are given out by a sequence of its own; cancelled drafts left gaps, and a block is kept for paper forms.
CREATE SEQUENCE billing.invoice_number START WITH 100000 INCREMENT BY 3 CACHE 20;

CREATE TABLE billing.invoices (
    id bigint NOT NULL,
    issued_on date NOT NULL,
    number bigint NOT NULL DEFAULT nextval('billing.invoice_number'),
    contract_id integer NOT NULL,
    status billing.invoice_status NOT NULL DEFAULT 'draft',
    net numeric(12, 2) NOT NULL,
    vat numeric(12, 2) NOT NULL,
    amount numeric(12, 2) GENERATED ALWAYS AS (net + vat) STORED,
    due_on date NOT NULL,
    PRIMARY KEY (id, issued_on),
    UNIQUE (number, issued_on)
) PARTITION BY RANGE (issued_on);
CREATE TABLE billing.invoices_2023 PARTITION OF billing.invoices FOR VALUES FROM ('2023-01-01') TO ('2024-01-01');
CREATE TABLE billing.invoices_2024 PARTITION OF billing.invoices FOR VALUES FROM ('2024-01-01') TO ('2025-01-01');
CREATE TABLE billing.invoices_2025 PARTITION OF billing.invoices FOR VALUES FROM ('2025-01-01') TO ('2026-01-01');
CREATE TABLE billing.invoices_2026 PARTITION OF billing.invoices FOR VALUES FROM ('2026-01-01') TO ('2027-01-01');
CREATE TABLE billing.invoices_older PARTITION OF billing.invoices DEFAULT;
INSERT INTO billing.invoices (id, issued_on, number, contract_id, status, net, vat, due_on)
SELECT i, issued, 100000 + 3 * (i + i / 50), contract,
    (CASE WHEN i % 97 = 0 THEN 'written off' WHEN i > 28500 THEN 'open' WHEN i % 211 = 0 THEN 'draft' ELSE 'paid' END)::billing.invoice_status,
    net, round(net * 0.21, 2), issued + 30
FROM generate_series(1, 30000) AS i,
    LATERAL (SELECT date '2022-03-01' + i * 1700 / 30000, 1 + seed.dice(i, 210, 12000), (1900 + seed.dice(i, 211, 480000)) / 100.0) AS n (issued, contract, net);
SELECT setval('billing.invoice_number', 195000);

CREATE TABLE billing.invoice_lines (
    invoice_id bigint NOT NULL,
    issued_on date NOT NULL,
    line smallint NOT NULL,
    sku text NOT NULL,
    quantity numeric NOT NULL,
    price numeric(10, 4) NOT NULL,
    remark text,
    PRIMARY KEY (invoice_id, issued_on, line)
);
INSERT INTO billing.invoice_lines
SELECT id, issued_on, line, p.sku, seed.dice(id, 220 + line, 4000) / 16.0, p.monthly * 0.9875,
    CASE WHEN id % 19 = 0 THEN seed.pick(seed.remarks(), id, 221) END
FROM billing.invoices CROSS JOIN LATERAL generate_series(1, 1 + seed.dice(id, 222, 2)) AS line
JOIN (SELECT sku, monthly, row_number() OVER (ORDER BY sku) - 1 AS n FROM billing.products) AS p ON p.n = seed.dice(id, 230 + line, 8);

CREATE TABLE billing.payments (
    id bigserial PRIMARY KEY,
    invoice_id bigint NOT NULL,
    issued_on date NOT NULL,
    received_at timestamptz NOT NULL,
    amount numeric(12, 2) NOT NULL,
    payer text NOT NULL,
    account char(18),
    bank_data text
);
INSERT INTO billing.payments (invoice_id, issued_on, received_at, amount, payer, account, bank_data)
SELECT i.id, i.issued_on, i.issued_on + seed.dice(i.id, 240, 45000) * interval '1 minute', i.amount, k.signed_by,
    'XX00TEST' || lpad(seed.dice(i.id, 241, 1000000000)::text, 10, '0'),
    CASE WHEN i.id % 25 = 0 THEN format('<entry ref="%s"><payer>%s</payer></entry>', i.number, k.signed_by) END
FROM billing.invoices AS i JOIN billing.contracts AS k ON k.id = i.contract_id
WHERE i.status = 'paid' ORDER BY i.id;

CREATE TABLE billing.reminders (id serial PRIMARY KEY, invoice_id bigint NOT NULL, issued_on date NOT NULL, sent_on date, level smallint DEFAULT 1);
