// Subqueries of several rows, and what may be selected beside GROUP BY.
#include "tests/support/database.hpp"

#include <doctest/doctest.h>

using diorama::test::Instance;

namespace {

struct Shop : Instance {
    Shop() {
        run("CREATE TABLE customers (id INT PRIMARY KEY, name VARCHAR(20), city VARCHAR(20), "
            "mail VARCHAR(20) NOT NULL UNIQUE)");
        run("CREATE TABLE orders (id INT PRIMARY KEY, customer INT, price DECIMAL(8,2))");
        run("INSERT INTO customers VALUES (1,'Ann','Rome','a'),(2,'Bob','Rome','b'),"
            "(3,'Cy','Oslo','c')");
        run("INSERT INTO orders VALUES (1,1,2.50),(2,1,4.00),(3,2,1.25)");
    }
};

constexpr const char* several = "1242 21000 Subquery returns more than 1 row";

std::string not_grouped(int number, const std::string& list, const std::string& column) {
    return "1055 42000 Expression #" + std::to_string(number) + " of " + list +
           " is not in GROUP BY clause and contains nonaggregated column '" + column +
           "' which is not functionally dependent on columns in GROUP BY clause; this is "
           "incompatible with sql_mode=only_full_group_by";
}

} // namespace

TEST_CASE("scalar subqueries: a second row is an error, none is NULL") {
    Shop db;
    CHECK(db.run("SELECT (SELECT id FROM orders)") == several);
    CHECK(db.run("SELECT (SELECT 1 UNION SELECT 2)") == several);
    CHECK(db.run("SELECT name FROM customers WHERE id = (SELECT customer FROM orders)") == several);
    CHECK(db.run("UPDATE customers SET id = (SELECT id FROM orders)") == several);
    CHECK(db.run("SELECT (SELECT price FROM orders WHERE id = 9)") == "NULL");
    CHECK(db.run("SELECT (SELECT price FROM orders WHERE id = 2)") == "4.00");
    CHECK(db.run("SELECT (SELECT id FROM orders ORDER BY id DESC LIMIT 1)") == "3");
    CHECK(db.run("SELECT (SELECT max(price) FROM orders)") == "4.00");
}

TEST_CASE("scalar subqueries: rows are counted for each row around them") {
    Shop db;
    const std::string price = "(SELECT price FROM orders o WHERE o.customer = c.id)";
    CHECK(
        db.run("SELECT c.id, " + price + " FROM customers c WHERE c.id > 1 ORDER BY c.id") ==
        "2|1.25;3|NULL"
    );
    CHECK(db.run("SELECT c.id, " + price + " FROM customers c ORDER BY c.id DESC") == several);
    CHECK(
        db.run("SELECT c.id, (SELECT c.name FROM orders o WHERE o.id = c.id) FROM customers c "
               "ORDER BY c.id") == "1|Ann;2|Bob;3|Cy"
    );
    CHECK(
        db.run("SELECT sum((SELECT o.price FROM orders o WHERE o.id = c.id)) FROM customers c") ==
        "7.75"
    );
}

TEST_CASE("group by: what depends on nothing grouped is refused") {
    Shop db;
    CHECK(
        db.run("SELECT city, name FROM customers GROUP BY city") ==
        not_grouped(2, "SELECT list", "q.customers.name")
    );
    CHECK(
        db.run("SELECT concat(city, upper(name)) FROM customers GROUP BY city") ==
        not_grouped(1, "SELECT list", "q.customers.name")
    );
    CHECK(
        db.run("SELECT * FROM customers GROUP BY name, city") ==
        not_grouped(1, "SELECT list", "q.customers.id")
    );
    CHECK(
        db.run("SELECT city FROM customers GROUP BY city ORDER BY name") ==
        not_grouped(1, "ORDER BY clause", "q.customers.name")
    );
    CHECK(
        db.run("SELECT c.id, o.price FROM customers c JOIN orders o ON o.customer = c.id GROUP BY "
               "c.id") == not_grouped(2, "SELECT list", "q.o.price")
    );
    db.run("SET sql_mode = ''");
    CHECK(
        db.run("SELECT city, max(name) FROM customers GROUP BY name, city LIMIT 1") == "Rome|Ann"
    );
    CHECK(db.run("SELECT count(*), city FROM customers WHERE id = 3 GROUP BY name") == "1|Oslo");
}

TEST_CASE("group by: what keys, equalities and grouped expressions determine is selected") {
    Shop db;
    for (const std::string sql :
         {"SELECT city, count(*), max(name), any_value(name) FROM customers GROUP BY city",
          "SELECT * FROM customers GROUP BY id",
          "SELECT id, name FROM customers GROUP BY mail ORDER BY city",
          "SELECT upper(city), count(*) FROM customers GROUP BY upper(city)",
          "SELECT upper(city) AS town FROM customers GROUP BY town ORDER BY town",
          "SELECT city FROM customers GROUP BY 1 ORDER BY count(*)",
          "SELECT name, city FROM customers WHERE city = 'Rome' GROUP BY name",
          "SELECT c.name, count(o.id) FROM customers c LEFT JOIN orders o ON o.customer = c.id "
          "GROUP BY c.id HAVING count(o.id) > 0",
          "SELECT c.name, c.city, sum(o.price) FROM orders o JOIN customers c ON c.id = o.customer "
          "GROUP BY o.customer",
          "SELECT d.city, d.n FROM (SELECT city, count(*) AS n FROM customers GROUP BY city) d "
          "GROUP BY d.city",
          "SELECT (SELECT max(c.name) FROM orders o WHERE o.customer = 1) FROM customers c "
          "GROUP BY c.id"}) {
        CAPTURE(sql);
        const auto result = db.run(sql);
        CAPTURE(result);
        CHECK(result.find(" 42000 ") == std::string::npos);
        CHECK(result.find(" HY000 ") == std::string::npos);
        CHECK_FALSE(result.empty());
    }
}
