// See mistake.hpp.
#include "emulator/simulation/mistake.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cctype>
#include <tuple>
#include <utility>

namespace diorama::simulation {

namespace {

// Longer words are not compared: nobody misspells a kilobyte.
constexpr std::size_t longest_word = 120;

std::string lower(std::string_view text) {
    std::string result(text);
    for (char& letter : result)
        letter = static_cast<char>(std::tolower(static_cast<unsigned char>(letter)));
    return result;
}

// Insertions, removals, replacements and swaps of neighbours that make one word of the other
// (optimal string alignment).
std::size_t distance(std::string_view first, std::string_view second) {
    std::vector<std::size_t> before(second.size() + 1);
    std::vector<std::size_t> last(second.size() + 1);
    std::vector<std::size_t> row(second.size() + 1);
    for (std::size_t j = 0; j <= second.size(); ++j)
        last[j] = j;
    for (std::size_t i = 1; i <= first.size(); ++i) {
        row[0] = i;
        for (std::size_t j = 1; j <= second.size(); ++j) {
            const std::size_t replaced = last[j - 1] + (first[i - 1] == second[j - 1] ? 0 : 1);
            row[j] = std::min({last[j] + 1, row[j - 1] + 1, replaced});
            const bool swapped =
                i > 1 && j > 1 && first[i - 1] == second[j - 2] && first[i - 2] == second[j - 1];
            if (swapped) row[j] = std::min(row[j], before[j - 2] + 1);
        }
        before.swap(last);
        last.swap(row);
    }
    return last.back();
}

} // namespace

std::string sentence_of(const Mistake& mistake) {
    if (mistake.suggestion.empty()) return mistake.message;
    return fmt::format("{}; did you mean `{}`?", mistake.message, mistake.suggestion);
}

std::string text_of(const Mistake& mistake) {
    const auto& [file, line, column] = mistake.position;
    if (line == 0) return fmt::format("{}: {}", file, sentence_of(mistake));
    return fmt::format("{}:{}:{}: {}", file, line, column, sentence_of(mistake));
}

void Mistakes::add(Position position, std::string message, std::string suggestion) {
    Mistake mistake{std::move(position), std::move(message), std::move(suggestion)};
    if (std::ranges::find(found_, mistake) != found_.end()) return;
    if (found_.size() < most)
        found_.push_back(std::move(mistake));
    else
        ++left_out_;
}

std::vector<Mistake> Mistakes::take() {
    std::vector<std::string> files;
    for (const auto& mistake : found_) {
        if (std::ranges::find(files, mistake.position.file) == files.end())
            files.push_back(mistake.position.file);
    }
    using Rank = std::tuple<std::ptrdiff_t, int, int, std::size_t>;
    std::vector<std::pair<Rank, Mistake>> ranked;
    for (auto& mistake : found_) {
        const auto& [file, line, column] = mistake.position;
        const auto number = std::ranges::find(files, file) - files.begin();
        ranked.emplace_back(Rank{number, line, column, ranked.size()}, std::move(mistake));
    }
    std::ranges::sort(ranked, {}, &std::pair<Rank, Mistake>::first);
    found_.clear();
    for (auto& [rank, mistake] : ranked)
        found_.push_back(std::move(mistake));
    if (left_out_ > 0) {
        const Position where{found_.front().position.file, 0, 0};
        found_.push_back({where, fmt::format("and {} more mistakes", left_out_)});
    }
    left_out_ = 0;
    return std::exchange(found_, {});
}

std::string nearest_word(std::string_view word, const std::vector<std::string>& known) {
    if (word.empty() || word.size() > longest_word) return {};
    std::size_t least = std::clamp<std::size_t>(word.size() / 3, 1, 4) + 1;
    std::string best;
    const std::string asked = lower(word);
    for (const auto& candidate : known) {
        if (candidate.size() > longest_word) continue;
        const std::size_t steps = distance(asked, lower(candidate));
        if (steps < least) {
            least = steps;
            best = candidate;
        }
    }
    return best;
}

} // namespace diorama::simulation
