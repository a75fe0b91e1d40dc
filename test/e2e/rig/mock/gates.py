"""What stands between a request and its page: logins, limits, faults. A gate gives an answer, or lets the request in.

Each is a quirk by its name; its argument is the quirk's value. `source.memory` is what a gate remembers.
"""

import base64
import time
from email.utils import formatdate
from urllib.parse import parse_qs

from rig.mock import jwt
from rig.mock.wire import Answer, Request


def refuses_doubled(source, request: Request, lists: str) -> Answer | None:
    """On for every source: a parameter that comes twice is a client's mistake with a next URL, but for one of which the
    source takes a list."""
    keys = [key for key, _ in request.query if key != lists]
    doubled = {key for key in keys if keys.count(key) > 1}
    return Answer({"error": f"parameter {sorted(doubled)[0]} is doubled"}, 400) if doubled else None


def throttles(source, request: Request, how: dict) -> Answer | None:
    """Of all requests, those from `after` on, so many `times`, are too many. `says`: seconds, date, past, nonsense,
    reset or nothing."""
    if not how["after"] < source.asked <= how["after"] + how.get("times", 1):
        return None
    wait_s = how.get("wait_s", 1)
    headers = {"seconds": {"Retry-After": str(wait_s)},
               "date": {"Retry-After": formatdate(time.time() + wait_s, usegmt=True)},
               "past": {"Retry-After": "Wed, 21 Oct 2015 07:28:00 GMT"}, "nonsense": {"Retry-After": "soon"},
               "reset": {"RateLimit-Remaining": "0", "RateLimit-Reset": str(wait_s)}}.get(how.get("says"), {})
    source.memory.setdefault("refused_at", time.monotonic())
    return Answer({"error": "too many requests"}, how.get("status", 429), headers)


def quota(source, request: Request, how: dict) -> Answer | None:
    """`limit` requests in a window of a second, told with every answer, as draft-ietf-httpapi-ratelimit-headers has it."""
    now = time.monotonic()
    if now - source.memory.get("window", -1) >= 1:
        source.memory |= {"window": now, "left": how["limit"]}
    source.memory["left"] -= 1
    left = source.memory["left"]
    source.extra_headers = {"RateLimit-Limit": str(how["limit"]), "RateLimit-Remaining": str(max(left, 0)),
                            "RateLimit-Reset": "1"}
    return Answer({"error": "over the quota"}, 429, {"Retry-After": "1"}) if left < 0 else None


def fails_once(source, request: Request, how: dict) -> Answer | None:
    """The `nth` request, once, has the status `status`."""
    return Answer({"error": "a bad moment"}, how.get("status", 500)) if source.asked == how["nth"] else None


def fails_always(source, request: Request, how: dict) -> Answer | None:
    """Page `page`, whenever it is asked for."""
    return Answer({"error": "broken"}, how.get("status", 500)) if request.params("page") == [str(how["page"])] else None


def error_body(source, request: Request, how: dict) -> Answer | None:
    """Page `page` is a refusal that says 200."""
    if request.params("page") != [str(how["page"])]:
        return None
    return Answer(how.get("body", {"error": {"code": 17, "message": "User request limit reached"}}))


def html_login(source, request: Request, how: dict) -> Answer | None:
    if request.params("page") != [str(how["page"])]:
        return None
    return Answer(raw=b"<!doctype html><title>Log in</title>", content_type="text/html")


def empty_204(source, request: Request, how: dict) -> Answer | None:
    """The page behind the last has no content."""
    page = next(iter(request.params("page")), "1")
    return Answer(status=204) if int(page) > how["last"] else None


def moved(source, request: Request, how: dict) -> Answer | None:
    """What is asked for is somewhere else: once, in circles, without TLS (`to_plain`), at another host."""
    if request.path.endswith("/moved") and not how.get("circle"):
        return None
    server = source.server
    where = f"http://{server.plain_host}" if how.get("to_plain") else f"http://{server.other_host}" if how.get("to_other") else ""
    query = "&".join(f"{key}={value}" for key, value in request.query)
    return Answer(status=how.get("status", 302),
                  headers={"Location": f"{where}{request.path.rstrip('/')}/moved?{query}"[:2000]})


def echoes(source, request: Request, how: dict) -> Answer | None:
    """Page `page` refuses, and repeats all that it was sent: in its body, a header and a link."""
    if next(iter(request.params("page")), "1") != str(how["page"]):
        return None
    sent = [*request.headers.values(), *(value for _, value in request.query)]
    link = f"<{request.path}?{'&'.join(f'{key}={value}' for key, value in request.query)}>; rel=next"
    return Answer({"error": "you sent " + " ".join(sent)}, how.get("status", 401),
                  {"Link": link, "WWW-Authenticate": f'Bearer realm="{request.headers.get("authorization", "")}"'})


def wants(source, request: Request, how: dict) -> Answer | None:
    """Each of `headers`, `cookies` and `query` must be there as it is written, also in every later request."""
    cookies = dict(part.strip().split("=", 1) for part in request.headers.get("cookie", "").split(";") if "=" in part)
    given = [(request.headers.get(name.lower()), value) for name, value in how.get("headers", {}).items()]
    given += [(cookies.get(name), value) for name, value in how.get("cookies", {}).items()]
    given += [(next(iter(request.params(name)), None), value) for name, value in how.get("query", {}).items()]
    return None if all(has == value for has, value in given) else Answer({"error": "who are you?"},
                                                                         how.get("status", 401))


def oauth2(source, request: Request, how: dict) -> Answer | None:
    """RFC 6749 section 4.4; with a `public_key`, RFC 7523 section 2.1. A token lasts for `uses` requests; `expires_in`
    is what the endpoint says."""
    memory = source.memory
    if request.path.endswith("/oauth/token"):
        return _new_token(source, request, how)
    token = request.headers.get("authorization", "").removeprefix("Bearer ")
    if not token or token not in memory.get("tokens", {}) or memory["tokens"][token] <= 0:
        return Answer({"error": "invalid_token"}, 401, {"WWW-Authenticate": 'Bearer error="invalid_token"'})
    memory["tokens"][token] -= 1
    return None


def _new_token(source, request: Request, how: dict) -> Answer:
    form = {key: values[0] for key, values in parse_qs(request.body.decode()).items()}
    if form.get("grant_type") != (jwt.GRANT_TYPE if "public_key" in how else "client_credentials"):
        return Answer({"error": "unsupported_grant_type"}, 400)
    refusal = _refusal_of_jwt(request, how, form) if "public_key" in how else _refusal_of_secret(request, how, form)
    if refusal:
        return refusal
    tokens = source.memory.setdefault("tokens", {})
    token = f"{how.get('prefix', 'token')}-{len(tokens) + 1}"
    tokens[token] = how.get("uses", 1000)
    return Answer({"access_token": token, "token_type": "Bearer", "expires_in": how.get("expires_in", 3600)})


def _refusal_of_jwt(request: Request, how: dict, form: dict) -> Answer | None:
    wrong = jwt.fault_of(form.get("assertion", ""), how["public_key"], issuer=how["id"],
                         audience=f"{request.scheme}://{request.host}{request.raw_path}", scope=how.get("scope"))
    # A rude endpoint repeats what it was sent.
    return Answer({"error": "invalid_grant", "error_description": f"{wrong}: {form}"}, 400) if wrong else None


def _refusal_of_secret(request: Request, how: dict, form: dict) -> Answer | None:
    basic = base64.b64encode(f"{how['id']}:{how['secret']}".encode()).decode()
    is_basic = request.headers.get("authorization") == f"Basic {basic}"
    if not is_basic and (form.get("client_id"), form.get("client_secret")) != (how["id"], how["secret"]):
        return Answer({"error": "invalid_client"}, 401)
    return None


GATES = {gate.__name__: gate for gate in
         (throttles, quota, fails_once, fails_always, error_body, html_login, empty_204, moved, echoes, wants, oauth2)}
