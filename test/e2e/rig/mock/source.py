"""One scenario while it is served: its rows, what was asked of it, and the way of a request through gates and style."""

import json
import time

from rig.mock.bodies import BODIES
from rig.mock.family import family
from rig.mock.gates import GATES, refuses_doubled
from rig.mock.moving import Moving
from rig.mock.scenario import Scenario
from rig.mock.styles import STYLES, Refused
from rig.mock.wire import Answer, Request

ALL_STYLES = STYLES | {"family": family}


class Source:
    def __init__(self, server, scenario: Scenario):
        self.server, self.scenario = server, scenario
        self.options, self.quirks, self.per_page = scenario.options, scenario.quirks, scenario.per_page
        self.rows = scenario.all_rows()
        self.moving = Moving(scenario.rows, **self.quirks["moves"]) if "moves" in self.quirks else None
        self.begin = time.monotonic()
        self.asked = self.in_flight = self.peak = 0
        self.memory: dict = {}
        self.extra_headers: dict[str, str] = {}
        self.log: list[dict] = []

    def latency_s(self, request: Request) -> float:
        """`latency_ms` for each page; `slow_page` takes {page: ms}."""
        own = self.quirks.get("slow_page", {}).get(next(iter(request.params("page")), "1"), 0)
        return (self.quirks.get("latency_ms", 0) + own) / 1000

    def answer(self, request: Request) -> Answer:
        self.asked += 1
        self._grow_or_shrink()
        answer = self._gated(request) or self._page(request)
        answer.headers |= self.extra_headers
        if self.moving:
            self.moving.on_request(self.asked)
        self.log.append({"method": request.method, "path": request.path, "query": request.query,
                         "headers": request.headers,
                         "body": request.body.decode(errors="replace"), "at_s": time.monotonic() - self.begin,
                         "status": answer.status, "in_flight": self.in_flight})
        return answer

    def chunks(self, size: int) -> list[list[dict]]:
        return self.scenario.chunks(size, self.visible()) or [[]]

    def visible(self) -> list[dict]:
        rows = self.moving.rows() if self.moving else self.rows
        return rows[: self.quirks.get("caps_at")]

    def total(self) -> int:
        return len(self.moving.ids if self.moving else self.rows)

    def report(self) -> dict:
        facts = self.moving.facts() if self.moving else {"rows": self.visible()}
        return {"requests": self.log, "peak": self.peak, **facts}

    def _grow_or_shrink(self) -> None:
        for how, sign in (("grows", 1), ("shrinks", -1)):
            change = self.quirks.get(how)
            if change and self.asked == change["after"] + 1:
                changed = Scenario("", rows=len(self.rows) + sign * change["by"])
                self.rows = changed.all_rows()

    def _gated(self, request: Request) -> Answer | None:
        for gate, how in [(refuses_doubled, self.quirks.get("takes_lists_of")),
                          *((GATES[name], how) for name, how in self.quirks.items() if name in GATES)]:
            if answer := gate(self, request, how):
                return answer
        return None

    def _page(self, request: Request) -> Answer:
        try:
            answer = ALL_STYLES[self.scenario.style](self, request)
            for name, how in self.quirks.items():
                if name in BODIES:
                    BODIES[name](self, request, answer, how)
            return answer
        except Refused as refused:
            return refused.answer
        except (KeyError, IndexError, TypeError, AttributeError, json.JSONDecodeError) as error:
            return Answer({"error": f"nonsense: {error!r}"}, 400)
