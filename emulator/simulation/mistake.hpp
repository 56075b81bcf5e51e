// What is wrong with a file that somebody wrote: where, what, and which word was probably meant.
// Readers collect all mistakes of a file before anybody is bothered with the first.
#pragma once

#include "emulator/simulation/scenario.hpp"

#include <string>
#include <string_view>
#include <vector>

namespace diorama::simulation {

struct Mistake {
    Position position;
    std::string message;
    std::string suggestion = {}; // a word that exists and looks like the one given

    bool operator==(const Mistake&) const = default;
};

// "unknown key `trafic`; did you mean `traffic`?"
std::string sentence_of(const Mistake& mistake);
// The same after "day.yaml:3:1: ".
std::string text_of(const Mistake& mistake);

// In the order in which they were found, each once. Beyond `most` they are only counted: a file
// that is no scenario at all would fill the screen.
class Mistakes {
public:
    static constexpr std::size_t most = 100;

    void add(Position position, std::string message, std::string suggestion = {});

    bool empty() const { return found_.empty(); }

    const std::vector<Mistake>& found() const { return found_; }

    // Sorted by position within the order of files, with a last one that counts those left out.
    std::vector<Mistake> take();

private:
    std::vector<Mistake> found_;
    std::size_t left_out_ = 0;
};

// The word of `known` that `word` is a misspelling of; empty when none is near.
std::string nearest_word(std::string_view word, const std::vector<std::string>& known);

} // namespace diorama::simulation
