/// Everything, in reading order. Include this, or just the layer that you need.
#pragma once

// base: errors, text, time
#include "trawl/base/clock.hpp"
#include "trawl/base/error.hpp"
#include "trawl/base/format.hpp"

// coro: generators; Task and what combines tasks
#include "trawl/coro/async_generator.hpp"
#include "trawl/coro/context.hpp"
#include "trawl/coro/dump.hpp"
#include "trawl/coro/gather.hpp"
#include "trawl/coro/generator.hpp"
#include "trawl/coro/task.hpp"
#include "trawl/coro/task_set.hpp"

// loop: running tasks; time, threads, signals
#include "trawl/loop/channel.hpp"
#include "trawl/loop/loop.hpp"
#include "trawl/loop/ready.hpp"
#include "trawl/loop/shield.hpp"
#include "trawl/loop/signal.hpp"
#include "trawl/loop/task_group.hpp"
#include "trawl/loop/thread.hpp"
#include "trawl/loop/threads.hpp"
#include "trawl/loop/time.hpp"

// sync: how tasks take turns
#include "trawl/sync/barrier.hpp"
#include "trawl/sync/condition.hpp"
#include "trawl/sync/event.hpp"
#include "trawl/sync/lock.hpp"
#include "trawl/sync/queue.hpp"
#include "trawl/sync/semaphore.hpp"
#include "trawl/sync/stream.hpp"

// net: sockets, TLS, names, pipes, processes, files
#include "trawl/net/address.hpp"
#include "trawl/net/directory.hpp"
#include "trawl/net/file.hpp"
#include "trawl/net/pipe.hpp"
#include "trawl/net/process.hpp"
#include "trawl/net/resolver.hpp"
#include "trawl/net/staged_file.hpp"
#include "trawl/net/task_report.hpp"
#include "trawl/net/tcp.hpp"
#include "trawl/net/tls.hpp"
#include "trawl/net/udp.hpp"
#include "trawl/net/unix.hpp"

// http: a client
#include "trawl/http/client.hpp"
#include "trawl/http/cookies.hpp"
#include "trawl/http/download.hpp"
#include "trawl/http/har.hpp"
#include "trawl/http/json_records.hpp"
#include "trawl/http/json_text.hpp"
#include "trawl/http/response.hpp"
#include "trawl/http/url.hpp"

// fetch: every page of a source; as many requests at once as it can serve
#include "trawl/fetch/connector.hpp"
#include "trawl/fetch/limiter.hpp"
#include "trawl/fetch/origin_gate.hpp"
#include "trawl/fetch/pages.hpp"

// lake: tables, written and asked
#include "trawl/lake/query.hpp"
#include "trawl/lake/table.hpp"
#include "trawl/lake/writer.hpp"

// pull: from a source into a table
#include "trawl/pull/get.hpp"
#include "trawl/pull/look.hpp"
#include "trawl/pull/pull.hpp"
