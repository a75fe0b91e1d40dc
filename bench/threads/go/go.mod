module trawl.example/bench/threads

go 1.19
