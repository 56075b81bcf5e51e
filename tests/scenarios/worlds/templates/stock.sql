-- What is in stock; one row for each thing that the shop sells.
CREATE TABLE stock (item VARCHAR(255) NOT NULL PRIMARY KEY, sold INT NOT NULL DEFAULT 0);
INSERT INTO stock (item) VALUES ('hat'), ('scarf'), ('umbrella');
