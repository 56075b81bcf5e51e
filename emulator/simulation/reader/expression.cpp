// See expression.hpp: calls, laws and the sources of values. Curves stand in curves.cpp.
#include "emulator/simulation/reader/expression.hpp"

#include "emulator/simulation/mistake.hpp"

#include <fmt/format.h>

#include <cmath>

namespace diorama::simulation {

namespace {

constexpr std::size_t most_arguments = 10'000;

struct LawWord {
    std::string_view name;
    std::size_t arguments; // 0: any number from 1
    std::string_view usage;
};

constexpr std::array laws{
    LawWord{"constant", 1, "constant(6ms)"},
    LawWord{"exponential", 1, "exponential(4s), by its mean"},
    LawWord{"uniform", 2, "uniform(1ms, 3ms), from and to"},
    LawWord{"normal", 2, "normal(6ms, 1ms), by mean and deviation"},
    LawWord{"lognormal", 2, "lognormal(6ms, 0.5), by median and the deviation of the logarithm"},
    LawWord{"empirical", 0, "empirical(1ms 50%, 20ms 50%), values and their shares"},
};

Parsed<LawWord> law_named(const Piece& name) {
    std::vector<std::string> known;
    for (const LawWord& law : laws) {
        if (law.name == name.text) return law;
        known.emplace_back(law.name);
    }
    return Problem{
        name.offset,
        fmt::format("no law `{}`", name.text),
        nearest_word(name.text, known)
    };
}

// "1ms 50%" or "1ms: 50%".
Parsed<RandomVariable> empirical_of(const std::vector<Piece>& arguments, Quantity quantity) {
    std::vector<std::pair<double, double>> weighted;
    double sum = 0;
    for (const Piece& argument : arguments) {
        const auto space = argument.text.find_last_of(" :");
        if (space == std::string::npos)
            return Problem{argument.offset, "a value and its share, like `20ms 5%`"};
        const auto until = argument.text.find_last_not_of(" :", space);
        const Piece value{
            argument.text.substr(0, until == std::string::npos ? 0 : until + 1),
            argument.offset
        };
        const Piece share{argument.text.substr(space + 1), argument.offset + space + 1};
        const auto drawn = quantity_of(value, quantity);
        if (!drawn) return drawn.problem;
        const auto weight = quantity_of(share, Quantity::share);
        if (!weight) return weight.problem;
        weighted.emplace_back(*drawn, *weight);
        sum += *weight;
    }
    const std::size_t offset = arguments.empty() ? 0 : arguments.front().offset;
    if (!(sum > 0)) return Problem{offset, "the shares add up to nothing"};
    if (std::abs(sum - 1) > 0.001 && sum <= 1.5)
        return Problem{offset, fmt::format("the shares add up to {:.4g}%, not 100%", sum * 100)};
    return RandomVariable::empirical(std::move(weighted));
}

Parsed<RandomVariable> law_of(const LawWord& law, const Call& call, Quantity quantity) {
    const auto& arguments = call.arguments;
    if (law.arguments == 0 && !arguments.empty()) return empirical_of(arguments, quantity);
    if (arguments.size() != law.arguments || arguments.empty())
        return Problem{call.name.offset, fmt::format("write it like {}", law.usage)};
    const auto first = quantity_of(arguments[0], quantity);
    if (!first) return first.problem;
    if (law.name == "constant") return RandomVariable::constant(*first);
    if (law.name == "exponential") return RandomVariable::exponential(*first);
    const bool is_sigma = law.name == "lognormal";
    const auto second = quantity_of(arguments[1], is_sigma ? Quantity::number : quantity);
    if (!second) return second.problem;
    if (law.name == "normal") return RandomVariable::normal(*first, *second);
    // exp(20) is a factor of 500 million: nobody means that.
    if (is_sigma && *second > 20) return Problem{arguments[1].offset, "a deviation above 20"};
    if (is_sigma) return RandomVariable::lognormal(*first, *second);
    if (*second < *first) return Problem{arguments[1].offset, "the end is before the beginning"};
    return RandomVariable::uniform(*first, *second);
}

} // namespace

std::vector<Piece> split_at_commas(std::string_view text, std::size_t offset) {
    std::vector<Piece> pieces;
    int depth = 0;
    char quote = 0;
    std::size_t begin = 0;
    const auto finish = [&](std::size_t end) {
        const std::string_view raw = text.substr(begin, end - begin);
        const std::string_view piece = trimmed(raw);
        const std::size_t lead = piece.empty() ? 0 : raw.find_first_not_of(" \t\r\n");
        pieces.push_back({std::string(piece), offset + begin + lead});
        begin = end + 1;
    };
    for (std::size_t i = 0; i < text.size(); ++i) {
        const char letter = text[i];
        if (quote != 0) {
            if (letter == quote) quote = 0;
        } else if (letter == '"' || letter == '\'') {
            quote = letter;
        } else if (letter == '(' || letter == '[') {
            ++depth;
        } else if (letter == ')' || letter == ']') {
            --depth;
        } else if (letter == ',' && depth == 0) {
            finish(i);
        }
    }
    if (!trimmed(text).empty() || !pieces.empty()) finish(text.size());
    return pieces;
}

Parsed<Call> parse_call(std::string_view text) {
    const auto open = text.find('(');
    const auto name = trimmed(text.substr(0, open));
    const auto lead = text.find_first_not_of(" \t\r\n");
    Call call{{std::string(name), lead == std::string_view::npos ? 0 : lead}, {}};
    if (open == std::string_view::npos) return call;
    const auto close = text.find_last_not_of(" \t\r\n");
    if (text[close] != ')' || close < open)
        return Problem{text.size(), "a parenthesis is not closed"};
    call.arguments = split_at_commas(text.substr(open + 1, close - open - 1), open + 1);
    if (call.arguments.size() > most_arguments) return Problem{open, "too many arguments"};
    return call;
}

Parsed<double> quantity_of(const Piece& piece, Quantity quantity) {
    const auto value = parse_quantity(piece.text, quantity);
    if (!value) {
        const bool lacks_unit = quantity == Quantity::duration && parse_number(piece.text);
        if (lacks_unit)
            return Problem{
                piece.offset,
                fmt::format(
                    "`{}` has no unit; write `{}s`, `{}m` …",
                    piece.text,
                    piece.text,
                    piece.text
                )
            };
        return Problem{
            piece.offset,
            fmt::format("`{}` is not {}", piece.text, description_of(quantity))
        };
    }
    if (*value < 0) return Problem{piece.offset, fmt::format("`{}` is negative", piece.text)};
    return *value;
}

Parsed<RandomVariable> parse_law(std::string_view text, Quantity quantity) {
    if (text.find('(') == std::string_view::npos) {
        const std::string word(trimmed(text));
        const bool is_word = !word.empty() && std::isalpha(static_cast<unsigned char>(word[0]));
        if (is_word) {
            const auto law = law_named({word, 0});
            if (!law) return law.problem;
            return Problem{0, fmt::format("write it like {}", law->usage)};
        }
        const auto value = quantity_of({word, 0}, quantity);
        if (!value) return value.problem;
        return RandomVariable::constant(*value);
    }
    const auto call = parse_call(text);
    if (!call) return call.problem;
    const auto law = law_named(call->name);
    if (!law) return law.problem;
    return law_of(*law, *call, quantity);
}

namespace {

Parsed<double> count_of(const Piece& piece) {
    const auto count = quantity_of(piece, Quantity::number);
    if (!count) return count.problem;
    if (*count < 1 || *count != std::floor(*count) || *count > 1e15)
        return Problem{piece.offset, fmt::format("`{}` is not a count from 1", piece.text)};
    return count;
}

Parsed<ValueSource> counted_source(const Call& call, ValueSource::Kind kind) {
    const bool has_exponent = kind == ValueSource::Kind::zipf;
    if (call.arguments.size() != (has_exponent ? 2 : 1)) {
        const auto usage = has_exponent ? "zipf(10000, 1.1), how many and the exponent"
                                        : "uniform(10000), how many";
        return Problem{call.name.offset, fmt::format("write it like {}", usage)};
    }
    const auto count = count_of(call.arguments[0]);
    if (!count) return count.problem;
    ValueSource source;
    source.kind = kind;
    source.count = static_cast<std::uint64_t>(*count);
    if (has_exponent) {
        const auto exponent = quantity_of(call.arguments[1], Quantity::number);
        if (!exponent) return exponent.problem;
        if (*exponent > 20) return Problem{call.arguments[1].offset, "an exponent above 20"};
        source.exponent = *exponent;
    }
    return source;
}

Parsed<ValueSource> files_source(const Call& call) {
    if (call.arguments.empty() || call.arguments.size() > 2)
        return Problem{
            call.name.offset,
            "write it like files(AssetsBucket) or files(AssetsBucket, 1.1), with the exponent of a "
            "Zipf law"
        };
    ValueSource source;
    source.kind = ValueSource::Kind::files;
    source.bucket = call.arguments[0].text;
    source.exponent = 0;
    if (call.arguments.size() == 2) {
        const auto exponent = quantity_of(call.arguments[1], Quantity::number);
        if (!exponent) return exponent.problem;
        if (*exponent > 20) return Problem{call.arguments[1].offset, "an exponent above 20"};
        source.exponent = *exponent;
    }
    return source;
}

} // namespace

Parsed<ValueSource> parse_value_source(std::string_view text) {
    const auto call = parse_call(text);
    if (!call) return call.problem;
    const std::string& name = call->name.text;
    ValueSource source;
    if (name == "uniform") return counted_source(*call, ValueSource::Kind::uniform);
    if (name == "zipf") return counted_source(*call, ValueSource::Kind::zipf);
    if (name == "files") return files_source(*call);
    if (name == "sequence") {
        source.kind = ValueSource::Kind::sequence;
        return source;
    }
    if (name == "choice") {
        source.kind = ValueSource::Kind::choice;
        for (const Piece& argument : call->arguments)
            source.choices.push_back(argument.text);
        if (source.choices.empty()) return Problem{0, "a choice between nothing"};
        return source;
    }
    return Problem{
        call->name.offset,
        fmt::format("no source of values `{}`", name),
        nearest_word(name, {"uniform", "zipf", "sequence", "choice", "files"})
    };
}

} // namespace diorama::simulation
