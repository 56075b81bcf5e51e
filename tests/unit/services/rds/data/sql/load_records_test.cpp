// The lines and fields of LOAD DATA's files.
#include "services/rds/data/sql/load_records.hpp"

#include <doctest/doctest.h>

#include <string>

using diorama::rds::sql::RecordFormat;
using diorama::rds::sql::Records;

namespace {

// Fields between brackets, lines apart; NULL is a dash.
std::string
taken_apart(std::string_view bytes, const RecordFormat& format, std::uint64_t skipped = 0) {
    Records records(bytes, format);
    records.skip_lines(skipped);
    std::string text;
    while (const auto fields = records.next()) {
        for (const auto& field : *fields)
            text += field ? "[" + *field + "]" : "-";
        text += "\n";
    }
    return text;
}

} // namespace

TEST_CASE("load data: tabs end fields, newlines end lines, and the last line needs none") {
    CHECK(taken_apart("1\tone\n2\t\n3\tthree", {}) == "[1][one]\n[2][]\n[3][three]\n");
    CHECK(taken_apart("", {}) == "");
    CHECK(taken_apart("\n", {}) == "[]\n");
}

TEST_CASE("load data: backslashes escape, and \\N is NULL") {
    CHECK(taken_apart("a\\tb\t\\N\tx\\N\t\\\\\n", {}) == "[a\tb]-[xN][\\]\n");
    CHECK(taken_apart("a\\\nb\tc\n", {}) == "[a\nb][c]\n");
    RecordFormat plain;
    plain.escape.clear();
    CHECK(taken_apart("a\\tb\t\\N\n", plain) == "[a\\tb][\\N]\n");
}

TEST_CASE("load data: enclosed fields hold separators, and their quotes are doubled") {
    const RecordFormat csv{",", "\"", "\\", "", "\r\n"};
    CHECK(
        taken_apart("\"a,b\",2,\"say \"\"hi\"\"\"\r\nNULL,\"NULL\",\"x\"y\"\r\n", csv) ==
        "[a,b][2][say \"hi\"]\n-[NULL][x\"y]\n"
    );
    CHECK(taken_apart("\"two\r\nlines\",1", csv) == "[two\r\nlines][1]\n");
}

TEST_CASE("load data: lines are skipped, and what stands before a prefix is left out") {
    CHECK(taken_apart("id\tname\n1\tone\n", {}, 1) == "[1][one]\n");
    CHECK(taken_apart("only\n", {}, 5) == "");
    RecordFormat prefixed;
    prefixed.line_start = "xxx";
    CHECK(
        taken_apart("xxxabc\t1\nsomething xxxdef\t2\nghi\t3\n", prefixed) == "[abc][1]\n[def][2]\n"
    );
}
