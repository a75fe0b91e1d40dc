"""Connector files that make no sense: what each is called, its text, and what the message must name.

Each message must have the place too: file:line:column.
"""

CLIENT = '[client]\nbase_url = "@URL@"\n'
ROWS = '[[resources]]\nname = "rows"\npath = "items"\n'

BAD_FILES = [
    ("no TOML", CLIENT + "[[resources\n", ("3:",)),
    ("an unknown key", CLIENT + ROWS + 'paginater = "json_link"\n', ("6:1", "paginater", "paginator")),
    ("an unknown table", CLIENT + ROWS + "[clint]\n", ("clint", "client")),
    ("an unknown key of an object", CLIENT + 'auth = { type = "bearer", tokn = "x" }\n' + ROWS,
     ("3:", "tokn", "token")),
    ("no base_url", '[client]\nheaders = {}\n' + ROWS, ("base_url",)),
    ("no resources", CLIENT, ("resources",)),
    ("a resource without a name", CLIENT + '[[resources]]\npath = "items"\n', ("name",)),
    ("two resources of one name", CLIENT + ROWS + ROWS, ("rows",)),
    ("an unknown paginator", CLIENT + ROWS + 'paginator = { type = "clairvoyant" }\n', ("6:", "clairvoyant")),
    ("an unknown option of a paginator", CLIENT + ROWS + 'paginator = { type = "offset", limt = 10 }\n',
     ("6:", "limt", "limit")),
    ("an option of a paginator that is no number", CLIENT + ROWS + 'paginator = { type = "offset", limit = "ten" }\n',
     ("6:", "limit")),
    ("a paginator that never ends",
     CLIENT + ROWS + 'paginator = { type = "page_number", stop_after_empty_page = false }\n', ("6:",)),
    ("an unknown login", CLIENT + 'auth = { type = "handshake" }\n' + ROWS, ("3:", "handshake", "bearer")),
    ("a login without its secret", CLIENT + 'auth = { type = "bearer" }\n' + ROWS, ("3:", "token")),
    ("an unknown parent", CLIENT + '[[resources]]\nname = "rows"\npath = "items/{resources.nobody.id}"\n',
     ("5:", "nobody")),
    ("parents in a circle",
     CLIENT + '[[resources]]\nname = "a"\npath = "{resources.b.id}"\n[[resources]]\nname = "b"\npath = "{resources.a.id}"\n',
     ("a", "b")),
    ("a placeholder of nothing", CLIENT + '[[resources]]\nname = "rows"\npath = "items/{weather}"\n',
     ("5:", "weather")),
    ("a brace that is not closed", CLIENT + '[[resources]]\nname = "rows"\npath = "items/{resources"\n', ("5:",)),
    ("merge without a key", CLIENT + ROWS + 'write_disposition = "merge"\n', ("merge", "primary_key")),
    ("an unknown write_disposition", CLIENT + ROWS + 'write_disposition = "upsert"\n', ("6:", "upsert", "merge")),
    ("an unknown method", CLIENT + ROWS + 'method = "DELETE"\n', ("6:", "DELETE", "GET")),
    ("a selector that is no path", CLIENT + ROWS + 'data_selector = "$.items["\n', ("6:", "$.items[")),
    ("a name that is no table", CLIENT + '[[resources]]\nname = "../escape"\npath = "items"\n', ("4:", "../escape")),
    ("a limit of nothing", CLIENT + "limits = { max_concurrency = 0 }\n" + ROWS, ("3:", "max_concurrency")),
    ("an unknown action", CLIENT + ROWS + 'response_actions = [{ status_code = 404, action = "shrug" }]\n',
     ("6:", "shrug", "ignore")),
    ("an unknown comparison", CLIENT + ROWS + 'filters = [{ path = "id", op = "~", value = 1 }]\n', ("6:", "~")),
    ("several mistakes at once", CLIENT + ROWS + 'methud = "GET"\nparans = {}\n', ("6:1", "7:1", "methud", "paran")),
]
