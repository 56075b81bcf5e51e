// See standard_log.hpp.
#include "emulator/standard_log.hpp"

#include <spdlog/sinks/stdout_sinks.h>
#include <spdlog/spdlog.h>

namespace diorama {

namespace {

spdlog::level::level_enum level_of(LogLevel level) {
    switch (level) {
    case LogLevel::debug:
        return spdlog::level::debug;
    case LogLevel::note:
        return spdlog::level::info;
    case LogLevel::warning:
        return spdlog::level::warn;
    case LogLevel::error:
        return spdlog::level::err;
    }
    return spdlog::level::info;
}

constexpr std::size_t longest_line = 1000;

// What clients sent may be quoted in a line; it must not make two of one, nor speak to a terminal.
std::string one_line(std::string_view text) {
    std::string line(text.substr(0, longest_line));
    for (char& c : line) {
        const auto byte = static_cast<unsigned char>(c);
        if (byte < 0x20 || byte == 0x7f) c = '?';
    }
    if (text.size() > longest_line) line += "...";
    return line;
}

} // namespace

StandardLog::StandardLog(LogLevel least)
    // Not in spdlog's registry, which knows a name once: two worlds may live side by side.
    : logger_(std::make_shared<spdlog::logger>(
          "diorama",
          std::make_shared<spdlog::sinks::stderr_sink_mt>()
      )) {
    logger_->set_level(level_of(least));
    logger_->flush_on(spdlog::level::debug);
    logger_->set_pattern("%Y-%m-%dT%H:%M:%S.%eZ %l %v", spdlog::pattern_time_type::utc);
}

StandardLog::~StandardLog() {
    for (const auto& [component, count] : refusals_.left_out())
        tell_left_out(component, count);
}

bool StandardLog::enabled(LogLevel level) const {
    return logger_->should_log(level_of(level));
}

void StandardLog::line(LogLevel level, std::string_view component, std::string_view text) {
    logger_->log(level_of(level), "{} {}", component, one_line(text));
}

void StandardLog::refusal(std::string_view component, std::string_view text) {
    RateLimit::Verdict verdict;
    {
        const std::lock_guard lock(mutex_);
        verdict = refusals_.ask(component, RateLimit::machine_now());
    }
    if (!verdict.is_admitted) return;
    if (verdict.left_out > 0) tell_left_out(component, verdict.left_out);
    line(LogLevel::note, component, text);
}

void StandardLog::tell_left_out(std::string_view component, std::size_t count) {
    write(LogLevel::note, component, "{} lines like these were left out", count);
}

} // namespace diorama
