CREATE TABLE orders (
    id INT NOT NULL AUTO_INCREMENT PRIMARY KEY,
    item VARCHAR(255) NOT NULL,
    amount INT NOT NULL DEFAULT 1,
    instance VARCHAR(32),
    created_at DATETIME
);
INSERT INTO orders (item, amount, instance, created_at) VALUES ('a first order', 1, 'nobody', '2026-01-01 00:00:00');
