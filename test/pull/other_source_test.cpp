#include "other_source.hpp"

#include <gtest/gtest.h>

namespace trawl::pulling {
namespace {

TEST(OtherSource, IsToldByHostPortAndPath) {
    const std::string here = "https://api.example.com/v1/items";
    EXPECT_TRUE(are_one_source(here, here + "?state=open"));
    EXPECT_TRUE(are_one_source(here, here + "/"));
    EXPECT_TRUE(are_one_source(here, "http://api.example.com/v1/items"));
    EXPECT_TRUE(are_one_source(here, "https://api.example.com:443/v1/items"));
    EXPECT_TRUE(are_one_source(here, "https://user:***@api.example.com/v1/items"));
    EXPECT_FALSE(are_one_source(here, "https://other.example.com/v1/items"));
    EXPECT_FALSE(are_one_source(here, "https://api.example.com/v2/items"));
    EXPECT_FALSE(are_one_source(here, "https://api.example.com:8443/v1/items"));
}

TEST(OtherSource, OnThisMachineAPortIsWhateverWasFree) {
    EXPECT_TRUE(are_one_source("http://127.0.0.1:8901/items", "http://127.0.0.1:40001/items"));
    EXPECT_TRUE(are_one_source("http://127.0.0.1:8901/items", "http://localhost/items"));
    EXPECT_FALSE(are_one_source("http://127.0.0.1:8901/items", "http://127.0.0.1:8901/others"));
    EXPECT_FALSE(are_one_source("http://127.0.0.1:8901/items", "http://127.example.com:8901/items"));
}

TEST(OtherSource, WhatIsNoUrlIsNoOther) {
    EXPECT_TRUE(are_one_source("https://***:x/items", "https://b.example/items"));
}

}  // namespace
}  // namespace trawl::pulling
