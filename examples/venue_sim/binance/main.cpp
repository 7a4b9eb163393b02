// writ-venue-sim: Binance spot and USDT-M futures on this machine. The first line of its output
// says where.
#include "certificate.hpp"
#include "host/base/input_error.hpp"
#include "options.hpp"
#include "server.hpp"
#include "venue.hpp"

#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>

#include <exception>
#include <fstream>
#include <iostream>
#include <iterator>
#include <optional>
#include <string>

namespace {

using namespace writ::venue_sim;
namespace json = boost::json;

/// A file is one fault or a list of them.
void add_faults(const std::string& path, Venue& venue) {
  std::ifstream file(path);
  if (!file) throw writ::base::InputError(path, "cannot be read");
  const std::string text{std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>()};
  const auto answer = venue.rest({"POST", "/sim/faults", text, ""});
  if (answer->status != 200) throw writ::base::InputError(path, answer->body);
}

json::object endpoints(const std::string& host, std::uint16_t port, bool tls, bool spot) {
  const std::string at = "://" + host + ":" + std::to_string(port);
  const std::string http = (tls ? "https" : "http") + at;
  const std::string websocket = (tls ? "wss" : "ws") + at;
  return {{"port", port},
          {"rest", http},
          {"websocket", websocket},
          {"websocket_api", websocket + (spot ? "/ws-api/v3" : "/ws-fapi/v1")}};
}

int run(const ProgramOptions& options) {
  Server server(options.clock);
  json::object said;
  ServerOptions serving;
  if (!options.tls_folder.empty()) {
    const Certificates files = make_certificates(options.tls_folder);
    serving.certificate_file = files.certificate_file;
    serving.key_file = files.key_file;
    said["ca_file"] = files.ca_file;
  }
  const bool tls = !options.tls_folder.empty();
  const std::string host = tls ? "localhost" : "127.0.0.1";
  std::optional<Venue> spot;
  std::optional<Venue> futures;
  if (options.spot_port) {
    spot.emplace(options.spot);
    for (const std::string& file : options.faults) add_faults(file, *spot);
    serving.port = *options.spot_port;
    said["spot"] = endpoints(host, server.serve(*spot, serving), tls, true);
  }
  if (options.futures_port) {
    futures.emplace(options.futures);
    for (const std::string& file : options.faults) add_faults(file, *futures);
    serving.port = *options.futures_port;
    said["futures"] = endpoints(host, server.serve(*futures, serving), tls, false);
  }
  std::cout << json::serialize(said) << std::endl;
  server.run();
  return 0;
}

}  // namespace

int main(int argc, char** argv) {
  try {
    const auto options = read_options(argc, argv);
    return options ? run(*options) : 0;
  } catch (const writ::base::InputError& error) {
    std::cerr << error.what() << '\n';
    return 2;
  } catch (const std::exception& error) {
    std::cerr << error.what() << '\n';
    return 1;
  }
}
