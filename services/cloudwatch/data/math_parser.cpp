// The grammar of metric math: a recursive descent over or, and, comparison, sum, product, sign,
// power and primary, in that order of binding.
#include "services/cloudwatch/data/metric_math.hpp"

#include <fmt/core.h>

#include <array>
#include <charconv>

namespace diorama::cloudwatch {

namespace {

constexpr int max_depth = 64;
constexpr std::size_t max_length = 2048; // AWS: MetricExpression, length constraints

bool is_letter(char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

bool is_digit(char c) {
    return c >= '0' && c <= '9';
}

class Parser {
public:
    explicit Parser(std::string_view text)
        : text_(text) {}

    ParsedMath parse() {
        MathNode node;
        if (!parse_level(0, node)) return {{}, error_};
        skip_blanks();
        if (at_ < text_.size()) return {{}, unexpected()};
        return {std::move(node), {}};
    }

private:
    using Operators = std::array<std::string_view, 6>;

    // Longer operators first, so that "<=" is not read as "<".
    static constexpr std::array<Operators, 5> levels{{
        {"||", "OR"},
        {"&&", "AND"},
        {"==", "!=", "<=", ">=", "<", ">"},
        {"+", "-"},
        {"*", "/"},
    }};

    bool parse_level(std::size_t level, MathNode& node) {
        if (level == levels.size()) return parse_sign(node);
        if (!parse_level(level + 1, node)) return false;
        while (const auto operation = take_operator(levels[level])) {
            MathNode right;
            if (!parse_level(level + 1, right)) return false;
            MathNode joined{
                .kind = MathNode::Kind::operation,
                .name = std::string(*operation),
                .operands = {}
            };
            joined.operands.push_back(std::move(node));
            joined.operands.push_back(std::move(right));
            node = std::move(joined);
        }
        return true;
    }

    bool parse_sign(MathNode& node) {
        skip_blanks();
        if (at_ < text_.size() && text_[at_] == '-') {
            ++at_;
            if (++depth_ > max_depth) return fail("The expression is nested too deeply");
            MathNode operand;
            if (!parse_sign(operand)) return false;
            --depth_;
            node = {.kind = MathNode::Kind::operation, .name = "negate", .operands = {}};
            node.operands.push_back(std::move(operand));
            return true;
        }
        if (!parse_primary(node)) return false;
        skip_blanks();
        if (at_ >= text_.size() || text_[at_] != '^') return true;
        ++at_;
        if (++depth_ > max_depth) return fail("The expression is nested too deeply");
        MathNode exponent;
        if (!parse_sign(exponent)) return false;
        --depth_;
        MathNode power{.kind = MathNode::Kind::operation, .name = "^", .operands = {}};
        power.operands.push_back(std::move(node));
        power.operands.push_back(std::move(exponent));
        node = std::move(power);
        return true;
    }

    bool parse_primary(MathNode& node) {
        skip_blanks();
        if (at_ >= text_.size()) return fail("Unexpected end of expression");
        const char c = text_[at_];
        if (c == '(') return parse_group(node);
        if (c == '[') return parse_list(node);
        if (c == '"' || c == '\'') return parse_text(node, c);
        if (is_digit(c) || c == '.') return parse_number(node);
        if (is_letter(c)) return parse_name(node);
        return fail(unexpected());
    }

    bool parse_group(MathNode& node) {
        if (++depth_ > max_depth) return fail("The expression is nested too deeply");
        ++at_;
        if (!parse_level(0, node)) return false;
        --depth_;
        return expect(')');
    }

    // [m1, m2] is an array of time series.
    bool parse_list(MathNode& node) {
        ++at_;
        node = {.kind = MathNode::Kind::call, .name = "[]", .operands = {}};
        return parse_operands(node, ']');
    }

    bool parse_text(MathNode& node, char quote) {
        const auto end = text_.find(quote, at_ + 1);
        if (end == std::string_view::npos) return fail("Unterminated string literal");
        node = {
            .kind = MathNode::Kind::text,
            .name = std::string(text_.substr(at_ + 1, end - at_ - 1)),
            .operands = {}
        };
        at_ = end + 1;
        return true;
    }

    bool parse_number(MathNode& node) {
        const char* first = text_.data() + at_;
        const auto [end, error] = std::from_chars(first, text_.data() + text_.size(), node.number);
        if (error != std::errc{}) return fail(unexpected());
        at_ += static_cast<std::size_t>(end - first);
        node.kind = MathNode::Kind::number;
        return true;
    }

    bool parse_name(MathNode& node) {
        const auto first = at_;
        while (at_ < text_.size() &&
               (is_letter(text_[at_]) || is_digit(text_[at_]) || text_[at_] == '_'))
            ++at_;
        node.name = std::string(text_.substr(first, at_ - first));
        skip_blanks();
        if (at_ < text_.size() && text_[at_] == '(') {
            ++at_;
            node.kind = MathNode::Kind::call;
            return parse_operands(node, ')');
        }
        const bool is_id = node.name[0] >= 'a' && node.name[0] <= 'z';
        node.kind = is_id ? MathNode::Kind::reference : MathNode::Kind::keyword;
        return true;
    }

    bool parse_operands(MathNode& node, char close) {
        if (++depth_ > max_depth) return fail("The expression is nested too deeply");
        skip_blanks();
        if (at_ < text_.size() && text_[at_] == close) {
            ++at_;
            --depth_;
            return true;
        }
        while (true) {
            MathNode operand;
            if (!parse_level(0, operand)) return false;
            node.operands.push_back(std::move(operand));
            skip_blanks();
            if (at_ < text_.size() && text_[at_] == ',') {
                ++at_;
                continue;
            }
            --depth_;
            return expect(close);
        }
    }

    std::optional<std::string_view> take_operator(const Operators& operators) {
        skip_blanks();
        for (const auto operation : operators) {
            if (operation.empty() || !text_.substr(at_).starts_with(operation)) continue;
            const auto after = at_ + operation.size();
            const bool is_word = is_letter(operation[0]);
            if (is_word && after < text_.size() && (is_letter(text_[after]) || text_[after] == '_'))
                continue;
            at_ = after;
            return operation;
        }
        return {};
    }

    void skip_blanks() {
        while (at_ < text_.size() && (text_[at_] == ' ' || text_[at_] == '\t' || text_[at_] == '\n')
        )
            ++at_;
    }

    bool expect(char c) {
        skip_blanks();
        if (at_ >= text_.size()) return fail("Unexpected end of expression");
        if (text_[at_] != c) return fail(unexpected());
        ++at_;
        return true;
    }

    std::string unexpected() const {
        return fmt::format("Unexpected character '{}' at position {}", text_[at_], at_);
    }

    bool fail(std::string error) {
        error_ = std::move(error);
        return false;
    }

    std::string_view text_;
    std::size_t at_ = 0;
    int depth_ = 0;
    std::string error_;
};

} // namespace

ParsedMath parse_math(std::string_view expression) {
    if (expression.size() > max_length) return {{}, "The expression is too long"};
    return Parser(expression).parse();
}

std::set<std::string> references_of(const MathNode& node) {
    std::set<std::string> found;
    if (node.kind == MathNode::Kind::reference) found.insert(node.name);
    for (const auto& operand : node.operands)
        found.merge(references_of(operand));
    return found;
}

} // namespace diorama::cloudwatch
