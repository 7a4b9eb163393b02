// A plugin whose start-up does one thing a plugin must not, chosen by HARM_*.
#include <writ/module.hpp>
#include <writ/strategy.hpp>

#include <stdexcept>

#if defined(HARM_HANDLER)
#include <csignal>
#elif defined(HARM_LOCALE)
#include <clocale>
#elif defined(HARM_FOLDER)
#include <unistd.h>
#elif defined(HARM_UMASK)
#include <sys/stat.h>
#elif defined(HARM_THREAD)
#include <pthread.h>
#include <unistd.h>
#elif defined(HARM_EXIT) || defined(HARM_WRITE)
#include <fcntl.h>
#include <unistd.h>
#endif

namespace writ::test {
namespace {

#if defined(HARM_THREAD)
void* sleep_for_ever(void*) {
  for (;;) ::pause();
}
#endif

struct Harm {
  Harm() {
#if defined(HARM_HANDLER)
    (void)std::signal(SIGUSR2, [](int) {});
#elif defined(HARM_LOCALE)
    (void)std::setlocale(LC_NUMERIC, "C.UTF-8");
#elif defined(HARM_FOLDER)
    if (::chdir("/") != 0) ::_exit(9);
#elif defined(HARM_UMASK)
    (void)::umask(0);
#elif defined(HARM_THREAD)
    pthread_t thread{};
    (void)::pthread_create(&thread, nullptr, sleep_for_ever, nullptr);
#elif defined(HARM_EXIT)
    ::_exit(9);
#elif defined(HARM_WRITE)
    const int fd = ::open(HARM_WITNESS, O_WRONLY | O_CREAT, 0644);
    if (fd >= 0) ::close(fd);
#endif
  }
};
const Harm kHarm;

class Harmful final : public Strategy {
 public:
  static constexpr Description kDescription{
      .id = "test.harmful", .name = "Harmful", .version = "1.0.0", .doc = "Harms its host."};
#if defined(HARM_CONSTRUCTOR)
  Harmful() { throw std::runtime_error("the constructor throws"); }
#endif
};

}  // namespace
}  // namespace writ::test

#if defined(HARM_NO_NOTE)
extern "C" __attribute__((visibility("default"))) const writ_module* writ_module_v1() {
  static constexpr writ_module kModule = writ::detail::module_of<writ::test::Harmful>("Writ tests");
  return &kModule;
}
#elif defined(HARM_NEWER_MINOR)
WRIT_PLUGIN(7) {
  static constexpr writ_module kModule = writ::detail::module_of<writ::test::Harmful>("Writ tests");
  return &kModule;
}
#else
WRIT_MODULE("Writ tests", writ::test::Harmful)
#endif

#if defined(HARM_TWO_EXPORTS)
extern "C" __attribute__((visibility("default"))) int another_export() { return 1; }
#endif
