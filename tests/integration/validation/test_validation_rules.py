"""Rows that break a rule of the target's own catalogue are counted exactly, also where the source has them too.

A sound server keeps its rules; the catalogue is bent by hand here, as a broken index or a restored backup may do.
"""

from __future__ import annotations

from collections.abc import Callable

import pytest
from validation_pair import Pair, facts_of, run_sql

from sunset.database.postgres.endpoint import Endpoint, read_only
from sunset.database.postgres.tables import find_table, quoted_tables
from sunset.validation.constraints import find_constraints
from sunset.validation.rules import READ_TABLES, Rule, measure_rules

pytestmark = pytest.mark.integration


@pytest.fixture
def measured(make_database: Callable[[str], Endpoint]) -> Callable[[str], dict[str, Rule]]:
    def measure(script: str) -> dict[str, Rule]:
        database = make_database("rules")
        run_sql(database, script)
        with read_only(database, "tests") as connection:
            names = quoted_tables(connection, (), ())
            tables = [find_table(connection, name) for name in names]
            constraints = find_constraints(connection, names)
        with read_only(database, "tests", READ_TABLES) as connection:
            return {f"{rule.table} {rule.name}": rule for rule in measure_rules(connection, tables, constraints)}

    return measure


def broken(rules: dict[str, Rule]) -> dict[str, int | None]:
    return {name: rule.found for name, rule in rules.items() if rule.found and rule.name != "rows"}


def test_not_null_on_a_column_of_nulls_counts_them_all(measured):
    rules = measured(
        """
        CREATE TABLE public.all_null (a int, b int);
        INSERT INTO public.all_null SELECT NULL, n FROM generate_series(1, 10000) n;
        UPDATE pg_attribute SET attnotnull = true WHERE attrelid = 'public.all_null'::regclass AND attnum > 0;
        """
    )
    assert rules["public.all_null rows"].found == 10000
    assert broken(rules) == {"public.all_null not null a": 10000}


def test_empty_tables_keep_every_rule(measured):
    rules = measured(
        "CREATE TABLE public.parent (id int PRIMARY KEY, code text UNIQUE CHECK (code <> ''));"
        "CREATE TABLE public.child (id int PRIMARY KEY, parent int NOT NULL REFERENCES public.parent)"
    )
    assert set(rules) == {
        "public.parent rows",
        "public.parent not null id",
        "public.parent check parent_code_check",
        "public.parent unique parent_pkey",
        "public.parent unique parent_code_key",
        "public.child rows",
        "public.child not null id",
        "public.child not null parent",
        "public.child unique child_pkey",
        "public.child foreign key child_parent_fkey",
    }
    assert {rule.found for rule in rules.values()} == {0}


def test_doubles_under_a_unique_key_are_counted_from_the_table_and_not_its_index(measured):
    rules = measured(
        """
        CREATE TABLE public.doubled (id int, part text);
        INSERT INTO public.doubled SELECT n % 10, 'x' FROM generate_series(1, 13) n;
        INSERT INTO public.doubled VALUES (NULL, 'x'), (NULL, 'x');
        CREATE INDEX doubled_key ON public.doubled (id, part);
        CREATE INDEX doubled_nulls ON public.doubled (id, part);
        UPDATE pg_index SET indisunique = true WHERE indexrelid IN
            ('public.doubled_key'::regclass, 'public.doubled_nulls'::regclass);
        UPDATE pg_index SET indnullsnotdistinct = true WHERE indexrelid = 'public.doubled_nulls'::regclass;
        """
    )
    assert broken(rules) == {"public.doubled unique doubled_key": 3, "public.doubled unique doubled_nulls": 4}


def test_orphans_are_counted_also_of_composite_and_partitioned_parents(measured):
    rules = measured(
        """
        CREATE TABLE public.parent (a int, b text, PRIMARY KEY (a, b)) PARTITION BY LIST (a);
        CREATE TABLE public.parent_1 PARTITION OF public.parent FOR VALUES IN (1);
        CREATE TABLE public.parent_2 PARTITION OF public.parent FOR VALUES IN (2);
        CREATE TABLE public.child (id int PRIMARY KEY, a int, b text);
        ALTER TABLE public.child ADD CONSTRAINT parent FOREIGN KEY (b, a) REFERENCES public.parent (b, a);
        INSERT INTO public.parent VALUES (1, 'x'), (2, 'y'), (2, 'z');
        INSERT INTO public.child VALUES (1, 1, 'x'), (2, 2, 'y'), (3, 2, 'z'), (4, NULL, 'q'), (5, NULL, NULL);
        SET session_replication_role = replica;
        DELETE FROM public.parent WHERE b IN ('x', 'y');
        """
    )
    assert broken(rules) == {"public.child foreign key parent": 2}


def test_broken_checks_are_counted_and_null_is_no_breach(measured):
    rules = measured(
        """
        CREATE TABLE public.checked (n int);
        INSERT INTO public.checked VALUES (1), (-1), (-2), (NULL);
        ALTER TABLE public.checked ADD CONSTRAINT positive CHECK (n > 0) NOT VALID;
        UPDATE pg_constraint SET convalidated = true WHERE conname = 'positive';
        """
    )
    assert broken(rules) == {"public.checked check positive": 2}


def test_a_constraint_that_promises_nothing_is_left_out(measured):
    rules = measured(
        """
        CREATE FUNCTION public.own(int) RETURNS bool LANGUAGE sql AS 'SELECT true';
        CREATE TABLE public.loose (n int CHECK (public.own(n)));
        INSERT INTO public.loose VALUES (NULL), (-1);
        ALTER TABLE public.loose ADD CONSTRAINT positive CHECK (n > 0) NOT VALID;
        ALTER TABLE public.loose ADD CONSTRAINT filled NOT NULL n NOT VALID;
        ALTER TABLE public.loose ADD CONSTRAINT wished CHECK (n > 0) NOT ENFORCED;
        """
    )
    assert set(rules) == {"public.loose rows"}


def test_keys_of_an_extension_type_compare_as_the_type_does(measured):
    rules = measured(
        """
        CREATE SCHEMA ext; CREATE EXTENSION citext SCHEMA ext;
        CREATE TABLE public.parent (code ext.citext PRIMARY KEY);
        CREATE TABLE public.child (code ext.citext REFERENCES public.parent);
        INSERT INTO public.parent VALUES ('Banana'); INSERT INTO public.child VALUES ('banana');
        """
    )
    assert broken(rules) == {}


def test_names_of_every_kind_are_measured(measured):
    rules = measured(
        r"""
        CREATE TABLE public."%s {{ ds }} q:x" ("%(a)s" int PRIMARY KEY, "b;--" int NOT NULL CHECK ("b;--" % 2 = 0));
        INSERT INTO public."%s {{ ds }} q:x" VALUES (1, 2);
        """
    )
    assert len(rules) == 5
    assert broken(rules) == {}


def test_a_rule_that_cannot_be_measured_is_told_and_stops_no_other(measured):
    rules = measured(
        """
        CREATE TABLE public.a (n int); INSERT INTO public.a VALUES (0);
        ALTER TABLE public.a ADD CONSTRAINT reciprocal CHECK (1 / n > 0) NOT VALID;
        UPDATE pg_constraint SET convalidated = true WHERE conname = 'reciprocal';
        CREATE TABLE public.b (n int NOT NULL);
        """
    )
    assert rules["public.a check reciprocal"].fault == "DivisionByZero"
    assert rules["public.a rows"].found is None
    assert rules["public.b not null n"].found == 0


def test_a_broken_rule_fails_a_validation_whose_facts_are_equal(pair: Pair):
    bend = """
        SET session_replication_role = replica; DELETE FROM crm.customers WHERE id = 17;
        UPDATE pg_attribute SET attnotnull = true WHERE attrelid = 'crm.all_null'::regclass AND attname = 'b';
    """
    run_sql(pair.source, bend)
    run_sql(pair.target, bend)
    result = pair.validate(source_facts=facts_of(pair.source))
    assert result.differences == ()
    assert not result.success
    assert "crm.all_null: not null b: broken by 3 of its rows." in result.lines()
    assert "crm.invoices: foreign key invoices_customer_id_fkey: broken by 4 of its rows." in result.lines()
