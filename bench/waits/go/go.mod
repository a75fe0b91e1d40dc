module bench_waits_go

go 1.19
