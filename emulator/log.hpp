// One line per event worth knowing, on standard error. Lines are for people; nothing reads them
// back.
#pragma once

#include <fmt/core.h>

#include <string_view>

namespace diorama {

enum class LogLevel { debug, note, warning, error };

class Log {
public:
    virtual ~Log() = default;
    // `component` is the service or the room of the ground ("elbv2", "http"). Any thread may call.
    virtual void line(LogLevel level, std::string_view component, std::string_view text) = 0;
    virtual bool enabled(LogLevel level) const = 0;

    template <class... Args>
    void write(
        LogLevel level,
        std::string_view component,
        fmt::format_string<Args...> text,
        Args&&... args
    ) {
        if (enabled(level)) line(level, component, fmt::format(text, std::forward<Args>(args)...));
    }

    // A note about something malformed that came from outside (HTTP, TLS, DNS, MySQL). Anybody can
    // send as much of it as they like: a log may leave lines out, and then says how many.
    template <class... Args>
    void refuse(std::string_view component, fmt::format_string<Args...> text, Args&&... args) {
        if (enabled(LogLevel::note))
            refusal(component, fmt::format(text, std::forward<Args>(args)...));
    }

protected:
    virtual void refusal(std::string_view component, std::string_view text) {
        line(LogLevel::note, component, text);
    }
};

// Discards everything.
class SilentLog final : public Log {
public:
    void line(LogLevel, std::string_view, std::string_view) override {}

    bool enabled(LogLevel) const override { return false; }
};

} // namespace diorama
