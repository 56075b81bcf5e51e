// Worlds drawn for the swarm are scenarios without a mistake, and the same for the same seed.
#include "emulator/simulation/scenario_reader.hpp"
#include "emulator/simulation/swarm/drawn_world.hpp"

#include <doctest/doctest.h>

#include <map>
#include <optional>
#include <set>

using namespace diorama::simulation;

namespace {

// The two files of a world, without a disk.
class TwoFiles final : public SourceFiles {
public:
    explicit TwoFiles(const DrawnWorld& world) {
        texts_["world.yaml"] = world.scenario;
        texts_[world.template_file] = world.cloud;
    }

    bool exists(const std::string& path) const override { return read(path, 0).has_value(); }

    std::optional<std::string> read(const std::string& path, std::size_t) const override {
        const auto found = texts_.find(path.substr(path.find_last_of('/') + 1));
        return found == texts_.end() ? std::nullopt : std::optional(found->second);
    }

private:
    std::map<std::string, std::string> texts_;
};

} // namespace

TEST_CASE("drawn worlds: one seed draws one world, another another") {
    const auto once = draw_world(7);
    const auto twice = draw_world(7);
    CHECK(once.scenario == twice.scenario);
    CHECK(once.cloud == twice.cloud);
    CHECK(draw_world(8).scenario != once.scenario);
}

TEST_CASE("drawn worlds: they are read without a mistake, and differ") {
    std::set<std::string> clouds;
    for (std::uint64_t seed = 1; seed <= 60; ++seed) {
        const auto world = draw_world(seed);
        TwoFiles files(world);
        const auto read = read_scenario("world.yaml", {.files = &files, .overrides = {}});
        CHECK(read.is_runnable());
        for (const auto& mistake : read.mistakes)
            FAIL_CHECK("seed " << seed << ": " << text_of(mistake));
        clouds.insert(world.cloud);
    }
    CHECK(clouds.size() > 50);
}
