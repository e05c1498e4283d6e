// Compiles Asio's TLS, once for the program.
#include "runtime/asio.h"
// After asio.h, which sets the mode.
#include <boost/asio/ssl/impl/src.hpp>
