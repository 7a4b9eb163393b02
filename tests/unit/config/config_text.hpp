#pragma once

#include "host/config/config.hpp"
#include "host/config/yaml_text.hpp"

#include <string>

namespace writ::config {

/// The least configuration that is whole, 12 lines; more may be put after it.
inline const std::string kLeast =
    "mode: paper\n"
    "journal: {dir: journal}\n"
    "accounts:\n"
    "  - name: main\n"
    "    reporting: USDT\n"
    "    initial: {USDT: \"10000\"}\n"
    "strategies:\n"
    "  - name: mm\n"
    "    plugin: writ.market_maker\n"
    "    account: main\n"
    "    instruments: [sim/BTCUSDT]\n"
    "    params: {gamma: \"0.10\", levels: 2, post_only: true}\n";

/// Checks a text as the file `writ.yaml` of the folder /etc/writ.
inline Loaded load_text(const std::string& text) {
  Loaded loaded;
  loaded.document = Document::check(parse_yaml(text, "writ.yaml"));
  loaded.config = read_config(loaded.document, "/etc/writ");
  return loaded;
}

}  // namespace writ::config
