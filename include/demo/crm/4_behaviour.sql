-- What makes a heap of tables a product: keys, indexes, views, functions, triggers, permissions, remarks.
ALTER TABLE public.teams ADD FOREIGN KEY (lead_id) REFERENCES public.users DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE public.users ADD FOREIGN KEY (team_id) REFERENCES public.teams, ADD FOREIGN KEY (manager_id) REFERENCES public.users;
ALTER TABLE public.customers ADD FOREIGN KEY (owner_id) REFERENCES public.users;
ALTER TABLE public.addresses ADD FOREIGN KEY (customer_id) REFERENCES public.customers ON DELETE CASCADE,
    ADD FOREIGN KEY (country) REFERENCES public.countries ON UPDATE CASCADE;
ALTER TABLE public.contacts ADD FOREIGN KEY (customer_id) REFERENCES public.customers ON DELETE CASCADE;
ALTER TABLE public.consents ADD FOREIGN KEY (customer_id) REFERENCES public.customers;
ALTER TABLE public.documents ADD FOREIGN KEY (customer_id) REFERENCES public.customers;
ALTER TABLE public.tickets ADD FOREIGN KEY (customer_id) REFERENCES public.customers, ADD FOREIGN KEY (duplicate_of) REFERENCES public.tickets,
    ADD FOREIGN KEY (assignee_id) REFERENCES public.users ON DELETE SET NULL;
ALTER TABLE public.ticket_messages ADD FOREIGN KEY (ticket_id) REFERENCES public.tickets, ADD FOREIGN KEY (author_id) REFERENCES public.users;
ALTER TABLE public.ticket_tags ADD FOREIGN KEY (ticket_id) REFERENCES public.tickets;
ALTER TABLE public.events ADD FOREIGN KEY (customer_id) REFERENCES public.customers;
ALTER TABLE public.campaign_members ADD FOREIGN KEY (campaign_id) REFERENCES public.campaigns,
    ADD FOREIGN KEY (customer_id) REFERENCES public.customers NOT VALID;
ALTER TABLE billing.contracts ADD FOREIGN KEY (customer_id) REFERENCES public.customers, ADD FOREIGN KEY (sku) REFERENCES billing.products;
ALTER TABLE billing.invoices ADD FOREIGN KEY (contract_id) REFERENCES billing.contracts;
ALTER TABLE billing.invoice_lines ADD FOREIGN KEY (invoice_id, issued_on) REFERENCES billing.invoices, ADD FOREIGN KEY (sku) REFERENCES billing.products;
ALTER TABLE billing.payments ADD FOREIGN KEY (invoice_id, issued_on) REFERENCES billing.invoices;
ALTER TABLE billing.reminders ADD FOREIGN KEY (invoice_id, issued_on) REFERENCES billing.invoices;

CREATE UNIQUE INDEX customers_one_account_an_email ON public.customers (lower(email)) WHERE status <> 'closed';
CREATE INDEX customers_tags ON public.customers USING gin (tags);
CREATE INDEX customers_search ON public.customers USING gin (to_tsvector('simple', coalesce(company, '') || ' ' || last_name));
CREATE INDEX customers_created ON public.customers (created_at DESC NULLS LAST) INCLUDE (status);
CREATE UNIQUE INDEX addresses_one_preferred ON public.addresses (customer_id) WHERE preferred;
CREATE INDEX addresses_location ON public.addresses USING gist (location);
CREATE INDEX tickets_not_closed ON public.tickets (assignee_id, priority) WHERE closed_at IS NULL;
CREATE INDEX ticket_messages_ticket ON public.ticket_messages (ticket_id);
CREATE INDEX events_customer ON public.events (customer_id, occurred_at);
CREATE INDEX events_payload ON public.events USING gin (payload jsonb_path_ops);
CREATE INDEX audit_log_time ON public.audit_log USING brin (logged_at);
CREATE INDEX invoices_contract ON billing.invoices (contract_id);
CREATE INDEX payments_invoice ON billing.payments (invoice_id, issued_on);
CREATE STATISTICS public.addresses_city_country (dependencies) ON city, country FROM public.addresses;

CREATE FUNCTION billing.open_amount(customer bigint) RETURNS numeric LANGUAGE sql STABLE AS $$
    SELECT coalesce(sum(i.amount), 0) FROM billing.invoices AS i JOIN billing.contracts AS k ON k.id = i.contract_id
    WHERE k.customer_id = customer AND i.status = 'open'
$$;
CREATE FUNCTION public.set_updated_at() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    NEW.updated_at := now();
    RETURN NEW;
END $$;
CREATE FUNCTION public.log_change() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog AS $$
BEGIN
    INSERT INTO public.audit_log VALUES (date_trunc('minute', now()), session_user, lower(TG_OP), TG_TABLE_NAME);
    RETURN NULL;
END $$;
CREATE PROCEDURE billing.write_off(before date) LANGUAGE sql AS $$
    UPDATE billing.invoices SET status = 'written off' WHERE status = 'open' AND due_on < before
$$;
CREATE AGGREGATE public.product_of (numeric) (sfunc = numeric_mul, stype = numeric, initcond = '1');

CREATE TRIGGER set_updated_at BEFORE UPDATE ON public.customers FOR EACH ROW EXECUTE FUNCTION public.set_updated_at();
CREATE TRIGGER log_change AFTER INSERT OR UPDATE OR DELETE ON public.customers FOR EACH ROW EXECUTE FUNCTION public.log_change();
ALTER TABLE public.customers ENABLE ALWAYS TRIGGER log_change;
CREATE TRIGGER log_fax AFTER INSERT ON public.legacy_faxes FOR EACH STATEMENT EXECUTE FUNCTION public.log_change();
ALTER TABLE public.legacy_faxes DISABLE TRIGGER log_fax;
CREATE TRIGGER log_change AFTER UPDATE OF status ON billing.invoices FOR EACH ROW WHEN (OLD.status IS DISTINCT FROM NEW.status)
    EXECUTE FUNCTION public.log_change();

CREATE VIEW public.customer_overview AS
    SELECT c.id, c.full_name, coalesce(c.company, c.full_name) AS label, c.status, a.city, billing.open_amount(c.id) AS open_amount
    FROM public.customers AS c LEFT JOIN public.addresses AS a ON a.customer_id = c.id AND a.preferred;
CREATE VIEW public.open_tickets WITH (security_barrier) AS
    SELECT id, subject, priority, customer_id FROM public.tickets WHERE closed_at IS NULL WITH LOCAL CHECK OPTION;
CREATE VIEW billing.overdue AS
    SELECT o.label, i.number, i.amount, i.due_on FROM billing.invoices AS i JOIN billing.contracts AS k ON k.id = i.contract_id
    JOIN public.customer_overview AS o ON o.id = k.customer_id WHERE i.status = 'open';
CREATE MATERIALIZED VIEW billing.revenue_by_month AS
    SELECT date_trunc('month', issued_on)::date AS month, sum(amount) AS revenue, count(*) AS invoices
    FROM billing.invoices WHERE status <> 'draft' GROUP BY 1;
CREATE UNIQUE INDEX revenue_by_month_month ON billing.revenue_by_month (month);

COMMENT ON SCHEMA billing IS 'Invoices and payments; the ledger of record until 2027';
COMMENT ON TABLE public.customers IS 'Everyone we sold to, ever. Don''t delete: "closed" is a status.';
COMMENT ON COLUMN public.customers.score IS 'Black magic of 2016: nobody knows the formula (ask Finance?)';
COMMENT ON COLUMN billing.payments.account IS 'Account number; test country XX';
COMMENT ON FUNCTION billing.open_amount(bigint) IS 'Sum of open invoices, VAT included';
COMMENT ON VIEW public.customer_overview IS 'Start page of the desktop client';
COMMENT ON CONSTRAINT company_has_a_name ON public.customers IS 'Added after the import of 2019';

DO $$
DECLARE name text;
BEGIN  -- roles belong to the server, not to the database: they may be there already
    FOREACH name IN ARRAY ARRAY['crm_app', 'crm_reports', 'crm_support'] LOOP
        IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = name) THEN
            EXECUTE format('CREATE ROLE %I NOLOGIN', name);
        END IF;
    END LOOP;
END $$;
GRANT USAGE ON SCHEMA billing TO crm_app, crm_reports;
GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA public, billing TO crm_app;
GRANT USAGE ON ALL SEQUENCES IN SCHEMA public, billing TO crm_app;
GRANT SELECT ON billing.revenue_by_month, public.customer_overview TO crm_reports WITH GRANT OPTION;
GRANT SELECT (id, full_name, phone), UPDATE (phone) ON public.customers TO crm_support;
GRANT SELECT, UPDATE ON public.tickets, public.ticket_messages TO crm_support;
REVOKE ALL ON PROCEDURE billing.write_off(date) FROM PUBLIC;
GRANT EXECUTE ON PROCEDURE billing.write_off(date) TO crm_app;
