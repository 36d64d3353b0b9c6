// Boost.Asio's own translation unit (BOOST_ASIO_SEPARATE_COMPILATION): compiled once, not in every
// file.
#include <boost/asio/impl/src.hpp>
