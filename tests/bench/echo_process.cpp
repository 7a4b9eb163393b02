#include "tests/bench/echo_process.hpp"

#include "host/sandbox/doorbell.hpp"

#include <signal.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cstdio>
#include <cstdlib>
#include <cstring>

namespace writ::bench {
namespace {

template <class T>
T* share() {
  void* memory =
      ::mmap(nullptr, sizeof(T), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
  if (memory == MAP_FAILED) {
    std::perror("echo process");
    std::exit(1);
  }
  return static_cast<T*>(memory);
}

}  // namespace

EchoProcess::EchoProcess(Waits waits)
    : waits_(waits),
      shared_(share<Shared>()),
      out_(shared_->there, shared_->there_bytes, sizeof shared_->there_bytes),
      in_(shared_->back, shared_->back_bytes, sizeof shared_->back_bytes) {
  pid_ = ::fork();
  if (pid_ == 0) {
    (void)::prctl(PR_SET_PDEATHSIG, SIGKILL);
    serve();
  }
}

EchoProcess::~EchoProcess() {
  (void)::kill(pid_, SIGKILL);
  (void)::waitpid(pid_, nullptr, 0);
  ::munmap(shared_, sizeof(Shared));
}

void EchoProcess::wait(const sandbox::RingReader& reader, sandbox::Doorbell& door) const {
  const auto there = [&reader] { return !reader.empty(); };
  while (!there()) {
    if (waits_ == Waits::kSpinning) {
      sandbox::pause_processor();
    } else {
      sandbox::sleep_at(door, nullptr, there);
    }
  }
}

void EchoProcess::serve() {
  sandbox::RingReader in(shared_->there, shared_->there_bytes, sizeof shared_->there_bytes);
  sandbox::RingWriter out(shared_->back, shared_->back_bytes, sizeof shared_->back_bytes);
  for (;;) {
    wait(in, shared_->at_child);
    sandbox::RingReader::Message message;
    if (in.next(message) != sandbox::RingReader::State::kMessage) ::_exit(1);
    std::memcpy(out.reserve(1, 8), message.payload, 8);
    in.release();
    out.commit();
    sandbox::ring(shared_->at_parent);
  }
}

void EchoProcess::round_trip(const void* bytes, std::size_t size) {
  std::memcpy(out_.reserve(1, size), bytes, size);
  out_.commit();
  sandbox::ring(shared_->at_child);
  wait(in_, shared_->at_parent);
  sandbox::RingReader::Message message;
  if (in_.next(message) != sandbox::RingReader::State::kMessage) std::exit(1);
  in_.release();
}

}  // namespace writ::bench
