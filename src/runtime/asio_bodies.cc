// Compiles Asio itself, once for the program.
#include "runtime/asio.h"
// After asio.h, which sets the mode.
#include <boost/asio/impl/src.hpp>
