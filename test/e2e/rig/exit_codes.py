"""trawl's exit codes, as `trawl help exit-codes` lists them: the one place of the tests that knows the numbers."""

OK = 0
UNEXPECTED = 1   # a bug of ours
USAGE = 2        # an option, an argument or a URL that has no meaning
CONNECT = 3      # no address, no connection, no answer in time
STATUS = 4       # the source answered with an HTTP error
PAGE = 5         # not JSON, no records, pages that contradict each other
LAKE = 6         # the table cannot be written or read
SQL = 7          # the query was refused
OUTPUT = 8       # standard output cannot be written
INTERRUPTED = 130

ALL = (OK, UNEXPECTED, USAGE, CONNECT, STATUS, PAGE, LAKE, SQL, OUTPUT, INTERRUPTED)
