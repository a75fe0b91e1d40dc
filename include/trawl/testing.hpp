/// For tests of your own: a loop whose time jumps, whose order comes from a seed, and which reports deadlocks;
/// connections in memory; a disk that fails when it is told to.
#pragma once

#include "trawl/loop/virtual_loop.hpp"
#include "trawl/net/file_faults.hpp"
#include "trawl/net/memory_stream.hpp"
