module bench_echo_go

go 1.19
