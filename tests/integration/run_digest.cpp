// run_digest RUN_FOLDER: one JSON array for each record of a run, [seq, type, checksum of the
// bytes], and after that for an ORDER its id, client id, intent, state and command, for a FILL its
// order, client id and the venue's trade id, for a VERDICT its intent. Fails where the journal is
// damaged.
#include "host/base/crc32c.hpp"
#include "host/journal/reader.hpp"
#include "host/journal/storage.hpp"
#include "host/model/record_view.hpp"

#include <boost/json/array.hpp>
#include <boost/json/serialize.hpp>

#include <cstdio>
#include <iostream>

int main(int argc, char** argv) {
  using namespace writ;
  if (argc != 2) return 2;
  journal::PosixStorage storage;
  auto reader = journal::Reader::open(storage, argv[1]);
  if (!reader) {
    std::fprintf(stderr, "run_digest: %s: %s\n", argv[1], base::to_string(reader.error()).c_str());
    return 1;
  }
  while (true) {
    const auto next = reader->next();
    if (!next) {
      std::fprintf(stderr, "run_digest: %s\n", reader->describe(next.error()).c_str());
      return 1;
    }
    if (*next == nullptr) return 0;
    const writ_record& record = **next;
    boost::json::array line{record.seq, record.type, base::crc32c(model::bytes_of(record))};
    if (const auto* order = model::as<writ_order>(record)) {
      line.insert(line.end(), {order->order_id, model::text_of(order->client_order_id),
                               order->intent_id, order->state, order->command});
    } else if (const auto* fill = model::as<writ_fill>(record)) {
      line.insert(line.end(), {fill->order_id, model::text_of(fill->client_order_id),
                               model::text_of(fill->exchange_trade_id)});
    } else if (const auto* verdict = model::as<writ_verdict>(record)) {
      line.emplace_back(verdict->intent_id);
    }
    std::cout << boost::json::serialize(line) << "\n";
  }
}
