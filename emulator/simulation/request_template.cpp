// See request_template.hpp.
#include "emulator/simulation/request_template.hpp"

namespace diorama::simulation {

namespace {

// More different requests than this are not kept.
constexpr std::uint64_t kept_requests = 200'000;

} // namespace

Values::Values(const std::map<std::string, ValueSource>& sources) {
    for (const auto& [name, source] : sources) {
        Source& made = sources_[name];
        made.source = source;
        if (source.kind == ValueSource::Kind::zipf)
            made.zipf.emplace(source.count, source.exponent);
        if (source.kind == ValueSource::Kind::ranked || source.kind == ValueSource::Kind::files)
            made.zipf.emplace(source.choices.size(), source.exponent);
    }
}

std::uint64_t Values::Source::draw(Random& random) {
    switch (source.kind) {
    case ValueSource::Kind::uniform:
        return random.below(source.count);
    case ValueSource::Kind::choice:
        return random.below(source.choices.size());
    case ValueSource::Kind::zipf:
    case ValueSource::Kind::files:
    case ValueSource::Kind::ranked:
        return zipf->draw(random) - 1;
    case ValueSource::Kind::sequence:
        break;
    }
    return next++;
}

std::optional<std::uint64_t> Values::Source::count() const {
    if (source.kind == ValueSource::Kind::sequence) return std::nullopt;
    return source.choices.empty() ? source.count : source.choices.size();
}

Values::Source* Values::find(const std::string& name) {
    const auto found = sources_.find(name);
    return found == sources_.end() ? nullptr : &found->second;
}

std::uint64_t Values::draw(const std::string& name, Random& random) {
    Source* source = find(name);
    return source == nullptr ? 0 : source->draw(random);
}

std::string Values::text(const std::string& name, std::uint64_t number) const {
    const auto found = sources_.find(name);
    if (found == sources_.end()) return "{" + name + "}";
    const auto& choices = found->second.source.choices;
    return choices.empty() ? std::to_string(number + 1) : choices[number];
}

std::optional<std::uint64_t> Values::count_of(const std::string& name) const {
    const auto found = sources_.find(name);
    return found == sources_.end() ? std::nullopt : found->second.count();
}

Template::Template(const std::string& text) {
    std::size_t from = 0;
    for (;;) {
        const auto open = text.find('{', from);
        const auto close = open == std::string::npos ? open : text.find('}', open);
        if (close == std::string::npos) break;
        literals_.push_back(text.substr(from, open - from));
        names_.push_back(text.substr(open + 1, close - open - 1));
        from = close + 1;
    }
    literals_.push_back(text.substr(from));
}

std::string Template::fill(const std::vector<std::string>& texts) const {
    std::string filled = literals_[0];
    for (std::size_t i = 0; i < names_.size(); ++i) {
        filled += texts[i];
        filled += literals_[i + 1];
    }
    return filled;
}

RequestTemplate::RequestTemplate(const RequestStep& step, Values& values, std::uint32_t& next_id)
    : step_(step)
    , path_(step.path)
    , values_(values)
    , next_id_(next_id) {
    std::uint64_t different = 1;
    for (const auto& name : path_.placeholders()) {
        const auto count = values.count_of(name);
        placeholders_.push_back({values.find(name), count.value_or(1)});
        different = count && *count > 0 && different <= kept_requests ? different * *count
                                                                      : kept_requests + 1;
    }
    if (different <= kept_requests) made_.resize(different);
}

HTTPRequest
RequestTemplate::make(const std::vector<std::uint64_t>& numbers, std::uint32_t id) const {
    HTTPRequest request;
    request.id = id;
    request.host = step_.host;
    request.is_tls = step_.is_tls;
    request.body_bytes = step_.body_bytes;
    request.signed_for = step_.signed_for;
    std::vector<std::string> texts;
    for (std::size_t i = 0; i < numbers.size(); ++i) {
        const auto& name = path_.placeholders()[i];
        texts.push_back(values_.text(name, numbers[i]));
        request.values.emplace_back(name, texts.back());
    }
    request.head.method = step_.method;
    request.head.target = path_.fill(texts);
    request.head.headers.add("Host", step_.host);
    if (step_.body_bytes > 0)
        request.head.headers.add("Content-Length", std::to_string(step_.body_bytes));
    return request;
}

RequestTemplate::Drawn RequestTemplate::draw(Random& random) {
    if (made_.empty()) return draw_own(random);
    std::uint64_t index = 0;
    for (const auto& [source, count] : placeholders_)
        index = index * count + (source == nullptr ? 0 : source->draw(random));
    auto& kept = made_[index];
    if (kept == nullptr) kept = std::make_unique<HTTPRequest>(make(numbers_of(index), ++next_id_));
    return {kept.get(), nullptr};
}

RequestTemplate::Drawn RequestTemplate::draw_own(Random& random) {
    std::vector<std::uint64_t> numbers;
    for (const auto& placeholder : placeholders_)
        numbers.push_back(placeholder.source == nullptr ? 0 : placeholder.source->draw(random));
    auto own = std::make_unique<const HTTPRequest>(make(numbers, 0));
    const auto* request = own.get();
    return {request, std::move(own)};
}

// What draw() made the index of.
std::vector<std::uint64_t> RequestTemplate::numbers_of(std::uint64_t index) const {
    std::vector<std::uint64_t> numbers(placeholders_.size());
    for (std::size_t i = numbers.size(); i-- > 0; index /= placeholders_[i].count)
        numbers[i] = index % placeholders_[i].count;
    return numbers;
}

} // namespace diorama::simulation
