/// require_sound_temporary: refuses at compile time what g++ 12 would corrupt memory with.
///
/// It destroys an aggregate temporary in a co_await expression twice: `co_await channel.send({1, name})` or
/// `send(Item{1, name})`, when a member has a destructor (test/canary shows it). A named aggregate is sound; but an
/// rvalue reference does not tell whether there was a name, so that moved ones are refused with the temporaries.
#pragma once

#include <type_traits>

namespace trawl::coro {

#if defined(__GNUC__) && !defined(__clang__) && __GNUC__ < 13
template <class T>
inline constexpr bool kSoundTemporary = !std::is_aggregate_v<T> || std::is_trivially_destructible_v<T>;
#else
template <class T>
inline constexpr bool kSoundTemporary = true;
#endif

/// For the body of a function whose result is awaited and that takes a T&&.
template <class T>
constexpr void require_sound_temporary() noexcept {
    static_assert(kSoundTemporary<T>,
                  "g++ 12 destroys a struct twice that is made in a co_await expression: give the struct a "
                  "constructor, or name the item on the line before and hand over the name, without std::move");
}

}  // namespace trawl::coro
