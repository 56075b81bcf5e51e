// A session beside another whose transaction is open, so that it does not write alone.
#pragma once

#include "tests/support/sessions.hpp"

namespace diorama::test {

// One session has an open transaction, so that the other does not write alone.
struct Beside {
    Beside() {
        db.run("CREATE TABLE t (id INT PRIMARY KEY, n INT, u TIMESTAMP ON UPDATE NOW())");
        db.run("CREATE TABLE words (a VARCHAR(9), b INT, n INT, PRIMARY KEY (a, b), KEY (n))");
        db.run("INSERT INTO t (id, n) VALUES (1, 10), (2, 20), (3, 30)");
        db.run("INSERT INTO words VALUES ('one', 1, 1), ('two', 2, 2)");
        other.run("BEGIN");
        other.run("UPDATE t SET n = 11 WHERE id = 1");
        session.run("BEGIN");
    }

    bool is_aside() const {
        return !db.engine.writer_lock().is_held_by(&session.connection()) &&
               db.engine.row_locks().transactions() > 1;
    }

    std::string aside(std::string_view sql) {
        auto answer = session.run(sql);
        return is_aside() ? answer : answer + ", with the writer's place";
    }

    std::string rows() { return db.run("SELECT id, n FROM t ORDER BY id"); }

    mutable Instance db;
    WaitingSession other{db.engine};
    mutable WaitingSession session{db.engine};
};

} // namespace diorama::test
