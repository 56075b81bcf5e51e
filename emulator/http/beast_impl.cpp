// Beast's own compiled code, once for the whole program.
#include <boost/beast/src.hpp>
