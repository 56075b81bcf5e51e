// Numbers and dates as CloudWatch writes them into the texts of alarms, which is as Java does.
#pragma once

#include "emulator/time/time.hpp"

#include <string>

namespace diorama::cloudwatch {

// Java's Double.toString: "21.0", "0.05", "1.0E7".
std::string java_double(double value);
// "2022-11-08T11:26:05.399+0000".
std::string java_timestamp(Timestamp when);
// "08/11/22 11:25:00".
std::string short_timestamp(Timestamp when);

} // namespace diorama::cloudwatch
