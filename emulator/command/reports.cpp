// See command/reports.hpp.
#include "emulator/command/reports.hpp"

#include "emulator/simulation/scenario_reader.hpp"

#include <fmt/format.h>

#include <cstdio>
#include <filesystem>
#include <fstream>
#include <iostream>
#include <stdexcept>
#include <sys/ioctl.h>
#include <unistd.h>

namespace diorama {

namespace {

constexpr std::size_t largest_report = std::size_t{1} << 30;

std::string folder_of(const std::string& path) {
    const auto folder = std::filesystem::path(path).parent_path().string();
    return folder.empty() ? "." : folder;
}

} // namespace

simulation::TerminalStyle terminal_style(int descriptor) {
    simulation::TerminalStyle style;
    style.is_terminal = isatty(descriptor) != 0;
    winsize size{};
    if (style.is_terminal && ioctl(descriptor, TIOCGWINSZ, &size) == 0 && size.ws_col > 0)
        style.width = size.ws_col;
    return style;
}

void write_file(const std::string& path, const std::string& text) {
    // Devices and pipes (/dev/stdout) cannot be renamed onto.
    std::error_code ignored;
    const bool is_special =
        std::filesystem::exists(path, ignored) && !std::filesystem::is_regular_file(path, ignored);
    const std::string aside = is_special ? path : fmt::format("{}.{}.partial", path, getpid());
    std::ofstream file(aside, std::ios::binary | std::ios::trunc);
    file << text;
    file.close();
    if (!file || (!is_special && std::rename(aside.c_str(), path.c_str()) != 0)) {
        if (!is_special) std::filesystem::remove(aside, ignored);
        throw std::runtime_error("cannot write " + path);
    }
}

std::string problem_with_writing(const std::string& path) {
    if (path.empty()) return {};
    std::error_code ignored;
    if (std::filesystem::is_directory(path, ignored)) return path + " is a folder";
    const auto folder = folder_of(path);
    if (!std::filesystem::is_directory(folder, ignored)) return "there is no folder " + folder;
    const bool exists = std::filesystem::exists(path, ignored);
    if (access(exists ? path.c_str() : folder.c_str(), W_OK) != 0) return "cannot write " + path;
    return {};
}

int tell_merged(const simulation::MergedRuns& merged, const MergeOptions& options, bool is_quiet) {
    if (!options.report.empty()) write_file(options.report, simulation::merged_html(merged));
    if (!options.json.empty()) write_file(options.json, simulation::merged_json(merged));
    if (!is_quiet) {
        std::cout << simulation::merged_text(merged, terminal_style(STDOUT_FILENO));
        for (const auto& path : {options.report, options.json})
            if (!path.empty()) std::cout << "Report  " << path << '\n';
        std::cout << std::flush;
    }
    if (!merged.mistakes.empty()) return 2;
    return merged.held() ? 0 : 1;
}

int merge_report_files(const MergeOptions& options) {
    for (const auto& path : {options.report, options.json}) {
        const auto problem = problem_with_writing(path);
        if (problem.empty()) continue;
        std::cerr << "diorama: " << problem << '\n';
        return 2;
    }
    std::vector<simulation::ReportText> reports;
    std::vector<std::string> unreadable;
    for (const auto& path : options.files) {
        auto text = simulation::DiskFiles().read(path, largest_report);
        if (text)
            reports.push_back({path, std::move(*text)});
        else
            unreadable.push_back(path + ": cannot be read");
    }
    auto merged = simulation::merge_reports(reports);
    merged.mistakes.insert(merged.mistakes.begin(), unreadable.begin(), unreadable.end());
    return tell_merged(merged, options);
}

} // namespace diorama
