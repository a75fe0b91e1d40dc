/// Everything, in reading order. Include this, or the layer that you need.
#pragma once

#include "trawl/base/error.hpp"
#include "trawl/base/format.hpp"
