-- wrk walks the 100 pages in order and reports its own counts as one JSON line.
local requests = {}
local next_page = 0

function init(args)
    for number = 1, 100 do
        requests[number] = wrk.format("GET", "/page-" .. number .. ".json")
    end
end

function request()
    next_page = next_page % 100 + 1
    return requests[next_page]
end

function done(summary, latency, all_requests)
    local e = summary.errors
    local errors = e.connect + e.read + e.write + e.status + e.timeout
    io.write(string.format('{"pages": %d, "wire_bytes": %d, "seconds": %.6f, "errors": %d}\n',
        summary.requests, summary.bytes, summary.duration / 1e6, errors))
end
