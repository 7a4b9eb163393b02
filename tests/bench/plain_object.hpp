#pragma once

#include <string>

namespace writ::bench {

/// A shared object whose functions are found by name and called by pointer: the least a host can
/// do. Ends the program with a message if something is not there.
class PlainObject {
 public:
  explicit PlainObject(const std::string& file);
  ~PlainObject();
  PlainObject(const PlainObject&) = delete;
  PlainObject& operator=(const PlainObject&) = delete;

  template <class Function>
  [[nodiscard]] Function function(const char* name) const {
    return reinterpret_cast<Function>(symbol(name));
  }

 private:
  [[nodiscard]] void* symbol(const char* name) const;
  void* handle_;
};

/// Path of a shared object built for the benchmarks.
[[nodiscard]] std::string bench_object(const std::string& name);
/// Path of a plugin of the product.
[[nodiscard]] std::string product_plugin(const std::string& name);

}  // namespace writ::bench
