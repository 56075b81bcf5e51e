// Spatial values in their forms, and spatial columns as others are given them.
#include "services/rds/data/protocol/result_writer.hpp"
#include "services/rds/data/sql/geometry.hpp"
#include "tests/support/database.hpp"

#include <doctest/doctest.h>

using diorama::test::Folder;
using diorama::test::Instance;
using diorama::test::run;
using namespace diorama::rds::sql;

namespace {

const std::string mixed =
    "GEOMETRYCOLLECTION(POINT(1 2),LINESTRING(0 0,1.5 -1e20),POLYGON((0 0,9 0,9 "
    "9,0 0),(3 1,3 2,4 2,3 1)),MULTIPOINT((1 1),(2 2)),MULTILINESTRING((0 0,1 "
    "1),(2 2,3 3)),MULTIPOLYGON(((0 0,1 0,1 1,0 0))),GEOMETRYCOLLECTION EMPTY)";

} // namespace

TEST_CASE("a geometry is the same in each of its forms") {
    const auto geometry = geometry_of_wkt(mixed);
    REQUIRE(geometry);
    CHECK(wkt_of(*geometry) == mixed);
    const auto read = geometry_of_wkb(wkb_of(*geometry));
    REQUIRE(read);
    CHECK(wkt_of(*read) == mixed);
    const auto value = spatial_value(spatial_bytes({4326, *geometry}));
    REQUIRE(value);
    CHECK(value->srid == 4326);
    CHECK(wkt_of(value->geometry) == mixed);
}

TEST_CASE("WKB is read in both orders of bytes") {
    const std::string big("\x00\x00\x00\x00\x01\x3f\xf0\x00\x00\x00\x00\x00\x00\x40\x00", 15);
    const auto point = geometry_of_wkb(big + std::string(6, '\0'));
    REQUIRE(point);
    CHECK(wkt_of(*point) == "POINT(1 2)");
}

TEST_CASE("what is cut off, too long or too deep is no geometry") {
    const auto bytes = wkb_of(*geometry_of_wkt(mixed));
    for (std::size_t size = 0; size < bytes.size(); ++size)
        CHECK(!geometry_of_wkb(bytes.substr(0, size)));
    CHECK(!geometry_of_wkb(bytes + '\0'));
    std::string deep;
    std::string text;
    for (int i = 0; i < 100'000; ++i) {
        deep += std::string("\x01\x07\x00\x00\x00\x01\x00\x00\x00", 9);
        text += "GEOMETRYCOLLECTION(";
    }
    CHECK(!geometry_of_wkb(deep));
    CHECK(!geometry_of_wkt(text));
    const std::string many("\x01\x02\x00\x00\x00\xff\xff\xff\xff", 9); // so many points
    CHECK(!geometry_of_wkb(many));
    CHECK(!geometry_of_wkt("POINT(nan 1)"));
    CHECK(!geometry_of_wkt("POINT(1e999 1)"));
}

TEST_CASE("spatial columns are the same on another instance") {
    Instance source("source");
    Instance replica("replica");
    REQUIRE(
        source.run("CREATE TABLE t (id INT PRIMARY KEY, g GEOMETRY NOT NULL SRID 4326, SPATIAL KEY "
                   "(g))") == "ok 0"
    );
    REQUIRE(
        source.run("INSERT INTO t VALUES (1, ST_GeomFromText('POINT(1 2)', 4326)), (2, "
                   "ST_GeomFromText('LINESTRING(1 2,3 4)', 4326))") == "ok 2"
    );
    REQUIRE(source.run("UPDATE t SET g = ST_SwapXY(g) WHERE id = 2") == "ok 1");
    for (const auto& entry : source.engine.read_log(1, 100))
        CHECK(replica.engine.apply(entry));
    const std::string rows = "SELECT id, ST_SRID(g), ST_AsText(g), HEX(g) FROM t ORDER BY id";
    CHECK(replica.run(rows) == source.run(rows));
    CHECK(replica.run("SELECT COUNT(*) FROM t") == "2");
    CHECK(replica.run("SHOW CREATE TABLE t") == source.run("SHOW CREATE TABLE t"));
}

TEST_CASE("spatial columns are there again after a restart") {
    Folder folder;
    diorama::VirtualTime time;
    diorama::rds::EngineSettings settings;
    settings.path = folder.file("db");
    {
        diorama::rds::Engine engine(settings, time, diorama::Random(1));
        const auto session = engine.connect("root", "localhost");
        REQUIRE(run(*session, "CREATE DATABASE q") == "ok 1");
        REQUIRE(
            run(*session, "CREATE TABLE q.t (p POINT NOT NULL SRID 4326, SPATIAL KEY (p))") ==
            "ok 0"
        );
        REQUIRE(
            run(*session, "INSERT INTO q.t VALUES (ST_GeomFromText('POINT(1 2)', 4326))") == "ok 1"
        );
    }
    diorama::rds::Engine engine(settings, time, diorama::Random(1));
    const auto session = engine.connect("root", "localhost");
    CHECK(run(*session, "SELECT ST_AsText(p) FROM q.t") == "POINT(1 2)");
    CHECK(run(*session, "INSERT INTO q.t VALUES (POINT(1, 2))").starts_with("3643 HY000"));
    CHECK(
        run(*session, "SHOW CREATE TABLE q.t").find("SPATIAL KEY `p` (`p`)") != std::string::npos
    );
}

TEST_CASE("clients are told the type of geometries, and that they are bytes") {
    OutputColumn column;
    column.type = geometry_type(GeometryKind::point);
    const auto field = diorama::rds::describe(column, std::nullopt);
    CHECK(static_cast<int>(field.type) == 255);
    CHECK(field.character_set == 63);
    CHECK(field.length == 0xffffffff);
}
