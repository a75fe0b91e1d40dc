"""The sources that the limiter is measured on, as options of bench/origin: the nine of the simulation, and two resources of one origin."""
import dataclasses

PAGE_SIZE = 10  # records: small pages, so that the machine is not what bounds the throughput


@dataclasses.dataclass(frozen=True)
class Kind:
    """`levels`: fixed numbers of requests at once, of which the best is sought. `pages`: what its best needs about 40 s for, of all
    resources together. `rate`: the bound, where it is known. `changes`: seconds at which the capacity changes."""

    name: str
    options: str
    levels: tuple
    pages: int
    rate: float = 0
    changes: tuple = ()
    resources: tuple = ("subdivisions",)


POOL = "--capacity 40 --jitter exp --rtt 2ms"
KINDS = (
    Kind("pool of 40, 50 ms", f"{POOL} --latency 50ms", (24, 32, 40, 44, 52, 64), 32_000),
    Kind("pool of 40, even", "--capacity 40 --jitter even --rtt 2ms --latency 50ms", (24, 32, 40, 44, 52, 64), 32_000),
    Kind("slow pool of 4, 400 ms", "--capacity 4 --jitter exp --rtt 2ms --latency 400ms", (2, 3, 4, 5, 6, 8), 400),
    Kind("distant, RTT 200 ms, 100 workers", "--capacity 100 --jitter exp --rtt 200ms --latency 50ms", (400, 500, 600, 700), 80_000),
    Kind("cliff: beyond 30 it thrashes", "--capacity 30 --jitter exp --rtt 2ms --latency 50ms --cliff 1.5", (24, 28, 30, 32, 34, 40), 23_600),
    Kind("deep offsets slow down", f"{POOL} --latency 30ms --deep 1", (24, 32, 40, 44, 52, 64), 24_000),
    Kind("token bucket 100/s, 429", "--capacity 200 --jitter exp --rtt 2ms --latency 30ms --rate 100 --burst 20 --retry-after none",
         (3, 4), 4_000, rate=100),
    Kind("halves at 15 s, back at 25 s", f"{POOL} --latency 50ms --vary 15s:20,25s:40", (36, 40, 44, 52), 28_000, changes=(15, 25)),
    Kind("one at a time, 20 ms", "--capacity 1 --jitter exp --rtt 2ms --latency 20ms", (1, 2, 3, 4), 2_000),
    Kind("two resources, 20 and 120 ms", f"{POOL} --latency 20ms --latency-of languages:120ms", (36, 40, 44, 52), 22_800,
         resources=("subdivisions", "languages")),
)
