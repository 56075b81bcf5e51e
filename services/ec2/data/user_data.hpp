// Settings read from an instance's user data. The built-in application is configured by lines of
// the form KEY=VALUE (with or without "export"), which are at the same time valid in a shell
// script, so that one template serves both here and on AWS. Nothing is executed.
#pragma once

#include "emulator/time/time.hpp"

#include <cstdint>
#include <map>
#include <string>
#include <string_view>

namespace diorama::ec2 {

using Settings = std::map<std::string, std::string>;

// Lines that are not settings are passed over; quotes around a value are removed; a later line
// wins.
Settings read_settings(std::string_view user_data);

struct ApplicationSettings {
    std::uint16_t port = 80;                                 // PORT
    Duration cpu_per_request = std::chrono::milliseconds(2); // CPU_MS
    std::string database_host;                               // DB_HOST; empty: no database
    std::uint16_t database_port = 3306;                      // DB_PORT
    std::string database_read_host;                          // DB_READ_HOST: of a read replica
    std::uint16_t database_read_port = 3306;                 // DB_READ_PORT; else DB_PORT
    std::string database_user;                               // DB_USER
    std::string database_password;                           // DB_PASSWORD
    std::string database_name;                               // DB_NAME
    std::string message;                                     // MESSAGE, shown on the page
};

ApplicationSettings application_settings(const Settings& settings);

} // namespace diorama::ec2
