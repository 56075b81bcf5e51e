// Choices for drawn worlds, in words.
#pragma once

#include "emulator/random/random.hpp"

#include <initializer_list>

namespace diorama::simulation {

class Chance {
public:
    explicit Chance(Random random)
        : random_(std::move(random)) {}

    bool with(double probability) { return random_.real() < probability; }

    // Both ends included.
    int number(int least, int greatest) {
        return least +
               static_cast<int>(random_.below(static_cast<std::uint64_t>(greatest - least) + 1));
    }

    template <class Value>
    Value one_of(std::initializer_list<Value> values) {
        return *(values.begin() + random_.below(values.size()));
    }

private:
    Random random_;
};

} // namespace diorama::simulation
