// Settings out of a shell script that is never run.
#include "services/ec2/data/user_data.hpp"

#include <doctest/doctest.h>

using namespace diorama::ec2;

TEST_CASE("user data: assignments are read from a script, everything else is passed over") {
    const auto settings =
        read_settings("#!/bin/bash\nset -e\nexport DB_HOST=shop.rds.localhost\nDB_PORT=4510\r\n  "
                      "DB_PASSWORD='se cret=1'\n"
                      "DB_NAME=\"shop\"\ncurl http://x/?a=b\nif [ a = b ]; then rm -rf /; "
                      "fi\nDB_NAME=store\n1X=no\n=\n");
    CHECK(settings.at("DB_HOST") == "shop.rds.localhost");
    CHECK(settings.at("DB_PASSWORD") == "se cret=1");
    CHECK(settings.at("DB_NAME") == "store");
    CHECK(settings.size() == 4);
    const auto application = application_settings(settings);
    CHECK(application.database_port == 4510);
    CHECK(application.port == 80);
}

TEST_CASE("user data: numbers that are none leave the default") {
    const auto application =
        application_settings({{"PORT", "http"}, {"CPU_MS", "-3"}, {"DB_PORT", "99999"}});
    CHECK(application.port == 80);
    CHECK(application.cpu_per_request == std::chrono::milliseconds(2));
    CHECK(application.database_port == 3306);
}
