-- DR-07: a table whose name looks like a template.
CREATE SCHEMA o;
CREATE TABLE o."{{ ds }}" (id int PRIMARY KEY, "{{ params.src }}" text);
INSERT INTO o."{{ ds }}" VALUES (1, '{{ ds }}'), (2, '{% raw %}');
