// Requests with placeholders: "GET https://www.example.com/api/products/{product}". Where the
// values are few, every request is made once and used again, so that the cloud can remember what
// it has found out about it.
#pragma once

#include "emulator/simulation/cloud.hpp"
#include "emulator/simulation/scenario.hpp"

#include <deque>
#include <map>

namespace diorama::simulation {

// Draws the values of placeholders.
class Values {
public:
    explicit Values(const std::map<std::string, ValueSource>& sources);

    struct Source {
        ValueSource source;
        std::optional<Zipf> zipf;
        std::uint64_t next = 0;

        // The number of a value, 0 <= result < count(); for a sequence the next one.
        std::uint64_t draw(Random& random);
        // How many different ones there are; nothing: without bound.
        std::optional<std::uint64_t> count() const;
    };

    // Stays where it is; nullptr: no such name.
    Source* find(const std::string& name);
    // As of its source; 0 for a name that there is not.
    std::uint64_t draw(const std::string& name, Random& random);
    std::string text(const std::string& name, std::uint64_t number) const;
    // How many different ones there are; nothing: without bound, or no such name.
    std::optional<std::uint64_t> count_of(const std::string& name) const;

private:
    std::map<std::string, Source> sources_;
};

// A text with placeholders, taken apart.
class Template {
public:
    explicit Template(const std::string& text);

    const std::vector<std::string>& placeholders() const { return names_; }

    // One text for each placeholder.
    std::string fill(const std::vector<std::string>& texts) const;

private:
    std::vector<std::string> literals_; // one more than names_
    std::vector<std::string> names_;
};

class RequestTemplate {
public:
    // `next_id` numbers the requests of all templates of a run.
    RequestTemplate(const RequestStep& step, Values& values, std::uint32_t& next_id);

    struct Drawn {
        const HTTPRequest* request = nullptr;   // valid as long as the template, or `own`
        std::unique_ptr<const HTTPRequest> own; // where the values are many
    };

    Drawn draw(Random& random);

    const std::string& host() const { return step_.host; }

private:
    HTTPRequest make(const std::vector<std::uint64_t>& numbers, std::uint32_t id) const;
    Drawn draw_own(Random& random);
    std::vector<std::uint64_t> numbers_of(std::uint64_t index) const;

    struct Placeholder {
        Values::Source* source = nullptr;
        std::uint64_t count = 1; // of its values; 1 where there is no bound
    };

    RequestStep step_;
    Template path_;
    Values& values_;
    std::uint32_t& next_id_;
    std::vector<Placeholder> placeholders_;          // parallel to those of path_
    std::vector<std::unique_ptr<HTTPRequest>> made_; // by number, where there are few
};

} // namespace diorama::simulation
