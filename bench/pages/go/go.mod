module trawl.example/bench/pages

go 1.19
