#include "host/venue/net/failure.hpp"

#include "host/base/result.hpp"

namespace writ::venue::net {

std::string Failure::text() const {
  std::string text = base::to_string(error_);
  if (!cause_.empty()) text += " (" + cause_ + ")";
  return text;
}

void throw_exception_from_error(const Failure& failure, const boost::source_location&) {
  throw base::Failure(failure.error());
}

}  // namespace writ::venue::net
