// See service_proof.hpp.
#include "emulator/aws/service_proof.hpp"

#include "emulator/random/random.hpp"

#include <string>

namespace diorama::aws {

std::string_view service_proof() {
    static const std::string proof = [] {
        Random chance(seed_from_machine());
        return chance.base62(40);
    }();
    return proof;
}

} // namespace diorama::aws
