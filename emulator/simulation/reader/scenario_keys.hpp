// Every section of a scenario file and every key in it, once: the reader takes what may be written
// and what a misspelling meant from here, the published schema its shape and its words.
#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace diorama::simulation {

// What stands behind a key.
enum class Form {
    anything, // checked by what reads it
    text,
    flag,
    count, // a whole number
    number,
    duration,
    moment, // a time of the virtual calendar
    size,
    share,
    time_law, // a law over durations
    size_law,
    texts, // one or a list
    words, // a map from names to texts or numbers
    section,
    sections, // a list of sections
    named,    // a map from names to sections
};

struct Key {
    std::string_view name;
    Form form = Form::text;
    std::string_view description;
    std::string_view section = {}; // whose keys stand below it
    bool may_be_text = false;      // a section that has a short form
    bool is_required = false;
    std::string_view choices = {}; // "poisson|constant"
};

struct SectionKeys {
    std::string_view name;
    std::string_view description;
    std::span<const Key> keys;

    const Key* find(std::string_view key) const;
    std::vector<std::string> names() const;
};

std::span<const SectionKeys> all_sections();
// The section of that name, which there is.
const SectionKeys& section_named(std::string_view name);

std::vector<std::string> split_choices(std::string_view choices);

} // namespace diorama::simulation
