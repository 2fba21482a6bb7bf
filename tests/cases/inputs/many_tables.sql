-- DR-06: more tables than Airflow maps tasks over.
CREATE SCHEMA many;
DO $$ BEGIN FOR g IN 1..1500 LOOP EXECUTE format('CREATE TABLE many.t%s (id int)', g); END LOOP; END $$;
DO $$ BEGIN FOR g IN 1..1500 LOOP EXECUTE format('INSERT INTO many.t%s VALUES (%s)', g, g); END LOOP; END $$;
