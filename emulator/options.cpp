// See options.hpp.
#include "emulator/options.hpp"

#include <cstdlib>
#include <filesystem>
#include <iostream>
#include <map>

#include <CLI/CLI.hpp>

namespace diorama {

namespace {

constexpr auto description =
    R"(Diorama: a small, complete model of a cloud. One process that answers the AWS API, and whose load balancers balance,
caches cache, names resolve, groups scale and databases answer SQL.

    diorama up                                start it; clients use http://localhost:4566
    export AWS_ENDPOINT_URL=http://localhost:4566 AWS_ACCESS_KEY_ID=test AWS_SECRET_ACCESS_KEY=test AWS_DEFAULT_REGION=us-east-1
    aws s3 mb s3://hello                      any client of AWS works unchanged
    dig @127.0.0.1 -p 4553 www.example.com    hosted zones answer DNS
    http_proxy=http://localhost:4566 curl http://www.example.com/
                                              any HTTP client reaches the emulated names
)";

std::string text_of_environment(const char* name) {
    const char* value = std::getenv(name);
    return value == nullptr ? std::string() : std::string(value);
}

std::string default_authority_folder() {
    const auto shared = text_of_environment("XDG_DATA_HOME");
    if (!shared.empty()) return shared + "/diorama";
    const auto home = text_of_environment("HOME");
    return home.empty() ? (std::filesystem::temp_directory_path() / "diorama").string() : home + "/.local/share/diorama";
}

[[noreturn]] void complain(const std::string& sentence) {
    std::cerr << "diorama: " << sentence << '\n';
    std::exit(1);
}

std::optional<network::Endpoint> parse_dns(const std::string& text) {
    if (text == "off") return std::nullopt;
    const auto endpoint = network::Endpoint::parse(text);
    if (!endpoint) complain("--dns wants an address and a port, like 127.0.0.1:4553, or off");
    return endpoint;
}

void add_up_options(CLI::App& up, Options& options, std::string& dns) {
    up.add_option("--port", options.port, "The port of the API and of everything reached by Host header")
        ->capture_default_str();
    up.add_option("--host", options.host,
        "The address to listen on; loopback (IPv4 and IPv6) unless you say otherwise. Beware: any credentials are accepted");
    up.add_option("--dns", dns, "Where Route 53 answers DNS over UDP and TCP, or off")->capture_default_str();
    up.add_option("--data", options.data_folder,
        "Keep everything in this folder, durable before it is acknowledged; without it everything is in memory");
    const std::map<std::string, Advertise> forms{{"local", Advertise::local}, {"aws", Advertise::aws}};
    up.add_option("--advertise", options.advertise,
          "local: names that the API returns work on this machine without set-up; aws: they are exactly AWS's and resolve in the "
          "emulator's DNS and proxy")
        ->transform(CLI::CheckedTransformer(forms, CLI::ignore_case))
        ->option_text("local|aws [local]");
    up.add_option("--time-scale", options.time_scale,
          "How many emulated seconds pass in a real one: with 60 a one-minute alarm takes a second")
        ->check(CLI::Range(1.0, 1000.0))
        ->capture_default_str();
    up.add_option("--seed", options.seed, "Makes identifiers and random choices repeat from run to run");
    up.add_option("--threads", options.threads, "Edge threads; 0 means one for each core")->check(CLI::Range(0, 64));
    up.add_flag("--allow-exec", options.allow_exec,
        "Run the user data of instances as child processes on this machine. Without it user data is never executed and the "
        "built-in demonstration application serves");
    const std::map<std::string, LogLevel> levels{{"debug", LogLevel::debug}, {"info", LogLevel::note},
        {"warning", LogLevel::warning}, {"error", LogLevel::error}};
    up.add_option("--log", options.log_level, "What is worth a line on standard error")
        ->transform(CLI::CheckedTransformer(levels, CLI::ignore_case))
        ->option_text("debug|info|warning|error [info]");
}

} // namespace

Options parse_options(int argc, char** argv) {
    Options options;
    options.authority_folder = default_authority_folder();
    std::string dns = "127.0.0.1:4553";
    CLI::App app(description, "diorama");
    app.set_version_flag("--version", std::string("diorama ") + version);
    app.require_subcommand(1);
    auto* up = app.add_subcommand("up", "Start the emulator; prints Ready. when it serves, ends on SIGTERM or Ctrl-C");
    add_up_options(*up, options, dns);
    auto* authority = app.add_subcommand("ca", "Print the certificate of Diorama's own certificate authority (PEM)");
    for (auto* command : {up, authority}) {
        command->add_option("--ca", options.authority_folder, "The folder of the certificate authority")->capture_default_str();
    }
    try {
        app.parse(argc, argv);
    } catch (const CLI::ParseError& error) {
        std::exit(app.exit(error) == 0 ? 0 : 2);
    }
    options.command = authority->parsed() ? Command::print_authority : Command::up;
    options.dns = parse_dns(dns);
    if (!options.host.empty() && !network::IPAddress::parse(options.host)) complain("--host wants an IP address");
    return options;
}

} // namespace diorama
