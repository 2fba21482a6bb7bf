-- Words and dice for invented data. The schema `seed` is dropped once a product is loaded.
-- The dice are hashes, so every load gives the same rows.
CREATE SCHEMA seed;

CREATE FUNCTION seed.dice(id bigint, salt bigint, sides integer) RETURNS integer
LANGUAGE sql IMMUTABLE PARALLEL SAFE
RETURN (abs(hashint8extended(id, salt) % sides))::integer;

CREATE FUNCTION seed.pick(words text[], id bigint, salt bigint) RETURNS text
LANGUAGE sql IMMUTABLE PARALLEL SAFE
RETURN words[1 + seed.dice(id, salt, cardinality(words))];

CREATE FUNCTION seed.first_names() RETURNS text[] LANGUAGE sql IMMUTABLE PARALLEL SAFE RETURN ARRAY[
  'Ada', 'Adam', 'Aisha', 'Alejandro', 'Amélie', 'Anna', 'Anouk', 'Benjamin', 'Bilal', 'Björn', 'Bram', 'Camille',
  'Carmen', 'Chiara', 'Daan', 'Dagmar', 'David', 'Elif', 'Emma', 'Erik', 'Fatima', 'Femke', 'Filip', 'Gabriel',
  'Giulia', 'Greta', 'Hanna', 'Hugo', 'Ines', 'Ingrid', 'Jakub', 'Jan', 'Joana', 'Jonas', 'Katarína', 'Kofi',
  'Lars', 'Léa', 'Li', 'Lotte', 'Lucía', 'Maarten', 'Magnus', 'Maja', 'Marta', 'Mehmet', 'Mei', 'Milan',
  'Mohammed', 'Nadia', 'Niels', 'Noor', 'Olivia', 'Oskar', 'Paul', 'Pia', 'Quentin', 'Ravi', 'Rosa', 'Ruben',
  'Sanne', 'Sara', 'Sofie', 'Søren', 'Tariq', 'Teresa', 'Thijs', 'Tomás', 'Ursula', 'Viktor', 'Wei', 'Willem',
  'Xavier', 'Yara', 'Yusuf', 'Zoë'];

CREATE FUNCTION seed.last_names() RETURNS text[] LANGUAGE sql IMMUTABLE PARALLEL SAFE RETURN ARRAY[
  'Aalbers', 'Almeida', 'Andersen', 'Bakker', 'Becker', 'Bernard', 'Bianchi', 'Bos', 'Brandt', 'Brouwer', 'Chen',
  'Costa', 'da Silva', 'de Boer', 'de Groot', 'de Jong', 'de Vries', 'Dekker', 'Demir', 'Dijkstra', 'Dubois',
  'El Amrani', 'Fernández', 'Ferrari', 'Fischer', 'García', 'Haas', 'Hansen', 'Hendriks', 'Hoffmann', 'Horváth',
  'Jacobs', 'Jansen', 'Johansson', 'Kaya', 'Keller', 'Kowalski', 'Kuipers', 'Laurent', 'Lefèvre', 'Lindqvist',
  'López', 'Maas', 'Martínez', 'Meijer', 'Moreau', 'Mulder', 'Müller', 'Nagy', 'Novák', 'Nowak', 'O''Brien',
  'Olsen', 'Peeters', 'Petrova', 'Pietersen', 'Popescu', 'Prins', 'Ricci', 'Rossi', 'Schmidt', 'Schouten',
  'Schröder', 'Smit', 'Suzuki', 'Thomas', 'Tóth', 'van Beek', 'van den Berg', 'van der Meer', 'van Dijk', 'Verbeek',
  'Vermeulen', 'Visser', 'Wagner', 'Wang', 'Weber', 'Wiśniewska', 'Yilmaz', 'Zimmermann'];

CREATE FUNCTION seed.companies() RETURNS text[] LANGUAGE sql IMMUTABLE PARALLEL SAFE RETURN ARRAY[
  'Bakery', 'Bicycles', 'Boatyard', 'Brewery', 'Carpentry', 'Ceramics', 'Clinic', 'Dairy', 'Electrics', 'Florists',
  'Foods', 'Foundry', 'Freight', 'Glassworks', 'Greenhouses', 'Hotels', 'Instruments', 'Joinery', 'Laundry',
  'Logistics', 'Metalworks', 'Millers', 'Nurseries', 'Opticians', 'Packaging', 'Paints', 'Pharmacy', 'Plumbing',
  'Press', 'Roofing', 'Sailmakers', 'Seeds', 'Solar', 'Stationers', 'Textiles', 'Timber', 'Toys', 'Tyres', 'Wines'];

CREATE FUNCTION seed.streets() RETURNS text[] LANGUAGE sql IMMUTABLE PARALLEL SAFE RETURN ARRAY[
  'Acacia Lane', 'Bahnhofstraße', 'Beukenlaan', 'Calle del Pozo', 'Canal Street', 'Dorpsstraat', 'Elm Close',
  'Gartenweg', 'Haagweg', 'Harbour Road', 'Hoofdstraat', 'Kerkstraat', 'Kirchgasse', 'Langestraat', 'Lindenallee',
  'Market Square', 'Mill Lane', 'Molenweg', 'Nieuwstraat', 'Orchard Way', 'Parklaan', 'Place du Marché', 'Ringweg',
  'Rua Nova', 'Rue de la Gare', 'Schoolstraat', 'Station Road', 'Stationsplein', 'Via Garibaldi', 'Weidestraat'];

CREATE FUNCTION seed.remarks() RETURNS text[] LANGUAGE sql IMMUTABLE PARALLEL SAFE RETURN ARRAY[
  'The export stops at page three.', 'Could you send the invoice again, please?', 'We moved; the address is new.',
  'Since Tuesday nobody on our side can sign in.', 'The total differs from our own books by 0.01.',
  'Thanks, that solved it!', 'Please call before noon.', 'The attachment is empty on our side.',
  'We would like to add two seats.', 'Who is our contact during the holidays?', 'The report shows last year''s prices.',
  'Can the notice period be shortened?', 'It works again after a restart.', 'Our VAT number has changed.',
  'The "reply" button does nothing in the older browser.', E'First line.\nSecond line, after a break.',
  'Das Formular nimmt keine Umlaute an: ä, ö, ü.', 'Le fichier est arrivé, merci.', '发票已收到，谢谢。',
  'A tab	sits in this sentence.', 'Path: C:\temp\report.csv', 'No answer needed.'];

-- A name as it stands in an address: lower case, plain letters, no spaces.
CREATE FUNCTION seed.mail(first text, last text, id bigint) RETURNS text
LANGUAGE sql IMMUTABLE PARALLEL SAFE
RETURN regexp_replace(translate(lower(first || '.' || last), 'áàäâãéèëêíïóòöôõúüñçćčłńřśšýžøåőæ',
    'aaaaaeeeeiiooooouuncccnrssyzoaoa'), '[^a-z.]', '', 'g') || id || '@example.com';

-- Numbers from ranges that telephone authorities keep for fiction.
CREATE FUNCTION seed.phone(id bigint, salt bigint) RETURNS text
LANGUAGE sql IMMUTABLE PARALLEL SAFE
RETURN CASE seed.dice(id, salt, 3)
    WHEN 0 THEN '+44 20 7946 0' || lpad(seed.dice(id, salt + 1, 1000)::text, 3, '0')
    WHEN 1 THEN '+1 202 555 01' || lpad(seed.dice(id, salt + 1, 100)::text, 2, '0')
    ELSE '+44 7700 900' || lpad(seed.dice(id, salt + 1, 1000)::text, 3, '0') END;
