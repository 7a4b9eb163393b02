// A signal whose values no replay makes again: another build of it takes its place.
#include "host/plugin/nondeterministic.hpp"

#include "host/model/record_view.hpp"
#include "host/plugin/descriptor.hpp"

#include <writ/abi/ext/state.h>

#include <gtest/gtest.h>

#include <cstdint>
#include <cstring>
#include <filesystem>
#include <vector>

namespace writ::plugin {
namespace {

/// Counts what it is told, and has a timer from its start.
struct Listener {
  writ_plugin table{};
  const writ_host* host = nullptr;
  std::uint64_t heard = 0;
  bool saves = true;
};

Listener& of(writ_plugin* plugin) { return *static_cast<Listener*>(plugin->self); }

constexpr writ_ext_state kState = {
    sizeof(writ_ext_state), 0,
    [](writ_plugin* plugin, void* buffer, std::size_t capacity, std::size_t* size) {
      // More than any first buffer.
      *size = 10'000;
      if (capacity < *size) return writ_status{WRIT_E_LIMIT};
      std::memset(buffer, 0, *size);
      std::memcpy(buffer, &of(plugin).heard, sizeof(std::uint64_t));
      return writ_status{WRIT_OK};
    },
    [](writ_plugin* plugin, std::uint32_t schema, const void* bytes, std::size_t size) {
      if (schema != 1 || size != 10'000) return writ_status{WRIT_E_CORRUPT};
      std::memcpy(&of(plugin).heard, bytes, sizeof(std::uint64_t));
      return writ_status{WRIT_OK};
    }};

Listener* made = nullptr;  // by the create that was called last

writ_status create(const char*, const writ_host* host, const writ_value*, std::uint32_t,
                   std::uint32_t, writ_plugin** plugin) {
  made = new Listener;
  made->host = host;
  auto& table = made->table;
  table.struct_size = sizeof table;
  table.self = made;
  table.init = [](writ_plugin* p) {
    return of(p).host->set_timer(of(p).host, 1, of(p).host->now(of(p).host) + 50);
  };
  table.destroy = [](writ_plugin* p) { delete &of(p); };
  table.on_event = [](writ_plugin* p, const writ_event*) {
    ++of(p).heard;
    return writ_status{WRIT_OK};
  };
  table.get_extension = [](writ_plugin* p, const char* id) -> const void* {
    return of(p).saves && std::strcmp(id, WRIT_EXT_STATE) == 0 ? &kState : nullptr;
  };
  *plugin = &table;
  return WRIT_OK;
}

std::int64_t core_time = 0;

class NondeterministicTest : public ::testing::Test {
 protected:
  NondeterministicTest() {
    module_.struct_size = sizeof module_;
    module_.create = create;
    core_.struct_size = sizeof core_;
    core_.now = [](const writ_host*) noexcept { return core_time; };
    core_time = 1'000;
  }
  /// One that works; `made` is its author's.
  writ_plugin* start(Nondeterministic& isolation) {
    writ_plugin* plugin = nullptr;
    EXPECT_EQ(
        isolation.create(
            {object_, "test.listener", &core_, {}, {}, 7, WRIT_CAN_TIMER, &module_, descriptor_},
            &plugin),
        WRIT_OK);
    EXPECT_EQ(plugin->init(plugin), WRIT_OK);
    return plugin;
  }

  const std::filesystem::path object_;
  Descriptor descriptor_;
  writ_module module_{};
  writ_host core_{};
  NondeterministicPort port_;
  Nondeterministic old_{"old", port_};
  Nondeterministic fresh_{"fresh", port_};
};

TEST_F(NondeterministicTest, TakesOverStateAndTimersOfOneThatGoes) {
  auto* old = start(old_);
  auto trade = model::make_record<writ_trade>();
  for (int i = 0; i < 3; ++i) EXPECT_EQ(old->on_event(old, &trade.header), WRIT_OK);
  const auto due = old_.next_due();
  core_time = 2'000;
  auto* fresh = start(fresh_);
  EXPECT_NE(fresh_.next_due(), due);
  fresh_.take_over(old_, 1);
  EXPECT_EQ(made->heard, 3U);
  EXPECT_EQ(fresh_.next_due(), due);
  EXPECT_EQ(fresh_.poll(1'000), nullptr) << "nothing went wrong";
  old->destroy(old);
  fresh->destroy(fresh);
}

TEST_F(NondeterministicTest, ThatGetsNoStateGoesOnWithoutAndSaysSoOnce) {
  auto* old = start(old_);
  made->saves = false;
  auto* fresh = start(fresh_);
  fresh_.take_over(old_, 1);
  const auto* told = fresh_.poll(1'000);
  ASSERT_NE(told, nullptr);
  const auto* error = model::as<writ_plugin_fault>(*told);
  ASSERT_NE(error, nullptr);
  EXPECT_EQ(error->fault, static_cast<std::uint32_t>(WRIT_FAULT_ERROR));
  EXPECT_EQ(error->detail, WRIT_E_UNSUPPORTED);
  EXPECT_EQ(fresh_.poll(1'000), nullptr);
  old->destroy(old);
  fresh->destroy(fresh);
}

}  // namespace
}  // namespace writ::plugin
