// The report as JUnit XML, which CI systems show: a test case per expectation and per checker.
#pragma once

#include "emulator/simulation/results.hpp"

#include <string>

namespace diorama::simulation {

std::string junit_report(const Results& results);

} // namespace diorama::simulation
