#include "host/plugin/module.hpp"

#include "host/base/input_error.hpp"
#include "host/base/sha256.hpp"
#include "host/plugin/catalogue.hpp"
#include "host/plugin/float_control.hpp"
#include "host/plugin/module_encoder.hpp"
#include "host/plugin/parameters.hpp"
#include "tests/unit/plugin/plugin_files.hpp"

#include <writ/abi/plugin.h>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <elf.h>
#include <signal.h>
#include <sys/stat.h>

#include <clocale>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <random>
#include <string>
#include <vector>

namespace writ::plugin {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::Not;

class ModuleTest : public ::testing::Test {
 protected:
  [[nodiscard]] std::filesystem::path objects() const { return folder_.path() / "objects"; }
  [[nodiscard]] std::shared_ptr<const Module> load(const std::filesystem::path& file) const {
    return Module::load(file, objects());
  }
  /// Why the file is refused; "" if it is not.
  [[nodiscard]] std::string refusal(const std::filesystem::path& file) const {
    try {
      (void)load(file);
      return "";
    } catch (const base::InputError& error) {
      EXPECT_EQ(std::string(error.what()).find('\n'), std::string::npos) << "one line";
      EXPECT_THAT(error.what(), HasSubstr(file.string()));
      return error.what();
    }
  }
  [[nodiscard]] std::string refusal_of(const std::string& name, const std::string& content) const {
    return refusal(folder_.write(name, content));
  }

  TemporaryFolder folder_;
};

/// Bytes of the good plugin, and where its note's description is.
struct GoodFile {
  std::string bytes = bytes_of_file(test_plugin("c_counter"));
  std::size_t note = 0;

  GoodFile() {
    const std::string owner("\x05\0\0\0\x10\0\0\0\x01\0\0\0writ\0\0\0\0", 20);
    note = bytes.find(owner) + owner.size();
  }
  [[nodiscard]] std::string with_note_word(std::size_t word, std::uint32_t value) const {
    std::string changed = bytes;
    std::memcpy(changed.data() + note + 4 * word, &value, sizeof value);
    return changed;
  }
};

TEST_F(ModuleTest, OfABuildThatIsMappedAlreadyHasAMappingOfItsOwn) {
  const auto first = load(test_plugin("c_counter"));
  auto second = load(test_plugin("c_counter"));
  EXPECT_NE(&first->table(), &second->table());
  const auto own = second->mapped_path();
  EXPECT_NE(own, first->mapped_path());
  EXPECT_FALSE(std::filesystem::exists(own));
  EXPECT_TRUE(is_mapped(own));
  second.reset();
  EXPECT_FALSE(is_mapped(own));
  EXPECT_TRUE(is_mapped(first->mapped_path()));
}

TEST_F(ModuleTest, LoadsACopyNamedByItsHash) {
  const auto file = test_plugin("c_counter");
  const auto module = load(file);
  EXPECT_EQ(module->object_hash_hex(), base::sha256_hex(bytes_of_file(file)));
  EXPECT_EQ(module->object_path(), objects() / module->object_hash_hex());
  EXPECT_EQ(bytes_of_file(module->object_path()), bytes_of_file(file));
  EXPECT_EQ(module->vendor(), "Writ tests");
  ASSERT_EQ(module->descriptors().size(), 1U);
  EXPECT_NE(module->find("test.c_counter"), nullptr);
  EXPECT_EQ(module->find("test.other"), nullptr);
  EXPECT_EQ(module->facts().exports, std::vector<std::string>{"writ_module_v1"});
}

TEST_F(ModuleTest, StaysUsableWhenItsFileIsOverwritten) {
  const auto file = folder_.write("live.so", bytes_of_file(test_plugin("c_counter")));
  const auto module = load(file);
  std::ofstream(file, std::ios::binary | std::ios::trunc) << std::string(40'000, '\0');
  EXPECT_EQ(module->table().create("nobody", nullptr, nullptr, 0, 0, nullptr), WRIT_E_NOT_FOUND);
}

TEST_F(ModuleTest, RepairsADamagedCopyBeforeLoadingIt) {
  const std::string hash = base::sha256_hex(bytes_of_file(test_plugin("c_counter")));
  std::filesystem::create_directories(objects());
  std::ofstream(objects() / hash) << "damaged";
  EXPECT_EQ(load(test_plugin("c_counter"))->object_hash_hex(), hash);
}

TEST_F(ModuleTest, UnloadsWithItsLastOwner) {
  const auto mapped = [] {
    std::ifstream maps("/proc/self/maps");
    return std::string(std::istreambuf_iterator<char>(maps), {});
  };
  auto module = load(test_plugin("probe"));
  const std::string object = module->object_hash_hex();
  EXPECT_THAT(mapped(), HasSubstr(object));
  module.reset();
  EXPECT_THAT(mapped(), Not(HasSubstr(object)));
}

TEST_F(ModuleTest, RefusesFilesThatAreNoPlugins) {
  EXPECT_THAT(refusal(folder_.path() / "absent.so"), HasSubstr("no such file"));
  EXPECT_THAT(refusal(folder_.path()), HasSubstr("not a regular file"));
  EXPECT_THAT(refusal_of("empty.so", ""), HasSubstr("empty file"));
  EXPECT_THAT(refusal_of("text.so", "strategies:\n  - name: mm\n"),
              HasSubstr("not an ELF shared object"));
  EXPECT_THAT(refusal_of("short.so",
                         "\x7f"
                         "EL"),
              HasSubstr("truncated"));
  EXPECT_THAT(refusal("/proc/self/exe"), Not(testing::IsEmpty()));
}

TEST_F(ModuleTest, RefusesAPluginOfAnotherMajorWithoutRunningIt) {
  const GoodFile good;
  EXPECT_THAT(refusal_of("major.so", good.with_note_word(0, 2)),
              HasSubstr("built for plugin ABI major 2, this host speaks 1"));
  EXPECT_FALSE(std::filesystem::exists(objects())) << "refused before it was copied";
}

TEST_F(ModuleTest, RefusesAPluginThatNeedsANewerMinor) {
  const GoodFile good;
  EXPECT_THAT(refusal_of("minor.so", good.with_note_word(1, 3)),
              HasSubstr("requires plugin ABI 1.3"));
  EXPECT_THAT(refusal(test_plugin("harm_newer_minor")), HasSubstr("requires plugin ABI 1.7"));
}

TEST_F(ModuleTest, RefusesOtherPointersAndUnknownFlags) {
  const GoodFile good;
  EXPECT_THAT(refusal_of("bits.so", good.with_note_word(2, 32)), HasSubstr("32-bit pointers"));
  EXPECT_THAT(refusal_of("flags.so", good.with_note_word(3, 1)), HasSubstr("unknown flags"));
}

TEST_F(ModuleTest, RefusesOtherMachinesAndClasses) {
  GoodFile good;
  std::string bytes = good.bytes;
  bytes[EI_CLASS] = ELFCLASS32;
  EXPECT_THAT(refusal_of("class.so", bytes), HasSubstr("not a 64-bit object"));
  bytes = good.bytes;
  const Elf64_Half arm = EM_ARM;
  std::memcpy(bytes.data() + offsetof(Elf64_Ehdr, e_machine), &arm, sizeof arm);
  EXPECT_THAT(refusal_of("machine.so", bytes), HasSubstr("another machine"));
}

TEST_F(ModuleTest, RefusesWhatItsSymbolsSay) {
  EXPECT_THAT(refusal(test_plugin("harm_no_note")), HasSubstr("no .note.writ"));
  EXPECT_THAT(refusal(test_plugin("harm_two_exports")), HasSubstr("only writ_module_v1 may be"));
  EXPECT_THAT(refusal(test_plugin("harm_stack")), HasSubstr("executable stack"));
}

TEST_F(ModuleTest, RefusesAUniqueSymbolBecauseItCouldNeverBeUnloaded) {
  GoodFile good;
  std::string bytes = good.bytes;
  Elf64_Ehdr header;
  std::memcpy(&header, bytes.data(), sizeof header);
  for (unsigned s = 0; s < header.e_shnum; ++s) {
    Elf64_Shdr section;
    std::memcpy(&section, bytes.data() + header.e_shoff + s * sizeof section, sizeof section);
    if (section.sh_type != SHT_DYNSYM) continue;
    for (std::uint64_t at = section.sh_offset; at < section.sh_offset + section.sh_size;
         at += sizeof(Elf64_Sym)) {
      Elf64_Sym symbol;
      std::memcpy(&symbol, bytes.data() + at, sizeof symbol);
      if (symbol.st_shndx == SHN_UNDEF) continue;
      symbol.st_info = ELF64_ST_INFO(STB_GNU_UNIQUE, ELF64_ST_TYPE(symbol.st_info));
      std::memcpy(bytes.data() + at, &symbol, sizeof symbol);
    }
  }
  EXPECT_THAT(refusal_of("unique.so", bytes), HasSubstr("unique symbol"));
}

TEST_F(ModuleTest, RefusesEveryTruncationWithoutCrashing) {
  const GoodFile good;
  std::size_t refused = 0;
  for (std::size_t size = 0; size < good.bytes.size(); size += 97) {
    try {
      (void)inspect_object("cut.so", std::string_view(good.bytes).substr(0, size));
      ADD_FAILURE() << "accepted " << size << " of " << good.bytes.size() << " bytes";
    } catch (const base::InputError&) {
      ++refused;
    }
  }
  EXPECT_GT(refused, 100U);
}

TEST_F(ModuleTest, SurvivesFlippedBytesInTheFile) {
  const GoodFile good;
  std::mt19937_64 random(7);
  std::size_t refused = 0;
  for (int i = 0; i < 3'000; ++i) {
    std::string bytes = good.bytes;
    for (int flips = 0; flips < 4; ++flips) {
      // Mostly in the headers, where every byte is a claim.
      const std::size_t range = flips % 2 == 0 ? 1024 : bytes.size();
      bytes[random() % range] = static_cast<char>(random());
    }
    try {
      (void)inspect_object("flipped.so", bytes);
    } catch (const base::InputError&) {
      ++refused;
    }
  }
  EXPECT_GT(refused, 100U);
}

TEST_F(ModuleTest, RefusesStartUpThatHarmsTheProcessAndUndoesIt) {
  struct sigaction before {};
  ASSERT_EQ(::sigaction(SIGUSR2, nullptr, &before), 0);
  const auto folder = std::filesystem::current_path();
  const mode_t mask = ::umask(022);

  EXPECT_THAT(refusal(test_plugin("harm_handler")),
              HasSubstr("installs a handler for signal " + std::to_string(SIGUSR2)));
  EXPECT_THAT(refusal(test_plugin("harm_locale")), HasSubstr("changes the locale"));
  EXPECT_THAT(refusal(test_plugin("harm_folder")), HasSubstr("changes the working folder"));
  EXPECT_THAT(refusal(test_plugin("harm_umask")), HasSubstr("changes the umask"));

  struct sigaction after {};
  ASSERT_EQ(::sigaction(SIGUSR2, nullptr, &after), 0);
  EXPECT_EQ(after.sa_handler, before.sa_handler);
  EXPECT_STREQ(std::setlocale(LC_NUMERIC, nullptr), "C");
  EXPECT_EQ(std::filesystem::current_path(), folder);
  EXPECT_EQ(::umask(mask), 022U);
}

#if defined(__x86_64__)
TEST_F(ModuleTest, RefusesFastMathStartUpAndRestoresTheFloatingPointControl) {
  const auto before = FloatControl::current();
  EXPECT_THAT(refusal(test_plugin("harm_fast_math")), HasSubstr("floating-point control"));
  EXPECT_EQ(FloatControl::current(), before);
}
#endif

TEST_F(ModuleTest, RefusesAThreadLeftBehind) {
  // In a child: the thread cannot be undone.
  EXPECT_EXIT(
      {
        const bool refused =
            refusal(test_plugin("harm_thread")).find("leaves a thread behind") != std::string::npos;
        ::_exit(refused ? 0 : 1);
      },
      ::testing::ExitedWithCode(0), "");
}

/// A file of many plugins, and what its module says as bytes.
class DescribedTest : public ModuleTest {
 protected:
  [[nodiscard]] std::shared_ptr<const Module> describe(std::vector<std::byte> bytes) const {
    return Module::describe(file_, objects(), [&](const std::filesystem::path&) {
      return Description{bytes, {}};
    });
  }

  PluginFile file_{test_plugin("scenario_plugins")};
  std::vector<std::byte> bytes_ = ModuleEncoder::encode(load(file_.path())->table());
};

TEST_F(DescribedTest, SaysWhatTheLoadedOneSays) {
  const auto loaded = load(file_.path());
  const auto described = describe(bytes_);
  ASSERT_EQ(described->descriptors().size(), loaded->descriptors().size());
  EXPECT_GT(loaded->descriptors().size(), 3U);
  for (std::size_t i = 0; i < loaded->descriptors().size(); ++i) {
    EXPECT_EQ(writ::plugin::describe(described->descriptors()[i]),
              writ::plugin::describe(loaded->descriptors()[i]));
  }
  EXPECT_TRUE(described->mapped_path().empty());
}

TEST_F(DescribedTest, DamagedBytesAreRefusedOrSound) {
  std::mt19937 random(11);
  int refused = 0;
  for (int i = 0; i < 5'000; ++i) {
    auto damaged = bytes_;
    if (i % 2 == 0) damaged.resize(random() % damaged.size());
    for (int flips = i % 2 == 0 ? 0 : 3; flips > 0; --flips) {
      damaged[random() % damaged.size()] = static_cast<std::byte>(random());
    }
    try {
      (void)describe(damaged);
    } catch (const base::InputError&) {
      ++refused;
    }
  }
  EXPECT_GT(refused, 2'500) << "all that are cut, and more";
}

TEST_F(ModuleTest, AFileThatMentionsAnIdMayOfferIt) {
  const PluginFile file(test_plugin("c_counter"));
  EXPECT_TRUE(file.mentions("test.c_counter"));
  EXPECT_FALSE(file.mentions("test.c_count")) << "a part of an id is another";
  EXPECT_FALSE(file.mentions("writ.market_maker"));
}

TEST_F(ModuleTest, CatalogueKeepsGoodFilesAndSaysWhyOthersAreNot) {
  const auto plugins = folder_.path() / "plugins";
  std::filesystem::create_directories(plugins);
  std::filesystem::copy(test_plugin("c_counter"), plugins / "a.so");
  std::filesystem::copy(test_plugin("c_counter"), plugins / "b.so");
  std::ofstream(plugins / "c.so") << "text";
  std::ofstream(plugins / "notes.txt") << "not looked at";

  const auto open = [this](const PluginFile& file) { return Module::load(file, objects()); };
  const auto catalogue = Catalogue::scan({plugins}, open);
  ASSERT_EQ(catalogue.modules().size(), 1U);
  ASSERT_EQ(catalogue.refusals().size(), 2U);
  EXPECT_THAT(catalogue.refusals()[0].reason,
              AllOf(HasSubstr("b.so"), HasSubstr("offers test.c_counter"), HasSubstr("a.so")));
  EXPECT_THAT(catalogue.refusals()[1].reason, HasSubstr("c.so: not an ELF"));
  EXPECT_EQ(catalogue.find("test.c_counter"), catalogue.modules()[0]);
  EXPECT_EQ(catalogue.find("test.c_countr"), nullptr);
  EXPECT_THROW((void)Catalogue::scan({folder_.path() / "nowhere"}, open), base::InputError);
}

}  // namespace
}  // namespace writ::plugin
