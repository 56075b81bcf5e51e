// How long things take that take minutes on AWS and that nobody wants to wait for in a test: an
// instance that comes up, a database that fails over. A live emulator is brisk; a simulation, whose
// time costs nothing, is faithful.
#pragma once

#include "emulator/time/time.hpp"

namespace diorama {

enum class Pace {
    brisk,    // as soon as a client can tell one state from the next
    faithful, // as long as AWS takes, by its documentation or by observation
};

struct PacedDuration {
    Duration brisk;
    Duration faithful;

    constexpr Duration at(Pace pace) const { return pace == Pace::brisk ? brisk : faithful; }
};

} // namespace diorama
