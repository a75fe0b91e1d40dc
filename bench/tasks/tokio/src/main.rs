//! tokio's line in bench/tasks: the same cases as trawl_tasks.cpp, on the current-thread runtime.
//!
//! Usage: bench_tokio <case> <n> <size>. Where tokio has several idioms, `<case>:<idiom>` chooses one, so that it can be
//! seen that the plain name is the fastest.
use std::time::{Duration, Instant};

use futures_util::future::join_all;
use tokio::sync::mpsc;
use tokio::task::{JoinSet, LocalSet};

async fn produce(sender: mpsc::Sender<i32>, n: u64) {
    for i in 0..n {
        sender.send(i as i32).await.unwrap();
    }
}

async fn consume(mut receiver: mpsc::Receiver<i32>) -> u64 {
    let mut sum = 0;
    while let Some(item) = receiver.recv().await {
        sum += item as u64;
    }
    sum
}

async fn hand_over(n: u64, capacity: u64) -> u64 {
    let (sender, receiver) = mpsc::channel(capacity as usize);
    tokio::spawn(produce(sender, n));
    tokio::spawn(consume(receiver)).await.unwrap()
}

/// The consumer is not a task of its own but what the runtime blocks on.
async fn hand_over_main(n: u64, capacity: u64) -> u64 {
    let (sender, receiver) = mpsc::channel(capacity as usize);
    tokio::spawn(produce(sender, n));
    consume(receiver).await
}

async fn hand_over_local(n: u64, capacity: u64) -> u64 {
    let (sender, receiver) = mpsc::channel(capacity as usize);
    let local = LocalSet::new();
    local.spawn_local(produce(sender, n));
    let consumer = local.spawn_local(consume(receiver));
    local.await;
    consumer.await.unwrap()
}

async fn hand_over_unconstrained(n: u64, capacity: u64) -> u64 {
    let (sender, receiver) = mpsc::channel(capacity as usize);
    tokio::spawn(tokio::task::unconstrained(produce(sender, n)));
    tokio::spawn(tokio::task::unconstrained(consume(receiver))).await.unwrap()
}

async fn end_at_once() -> u64 {
    1
}

async fn spawn_and_join(n: u64, batch: u64) -> u64 {
    let mut ended = 0;
    for _ in 0..n / batch {
        let tasks: Vec<_> = (0..batch).map(|_| tokio::spawn(end_at_once())).collect();
        for task in tasks {
            ended += task.await.unwrap();
        }
    }
    ended
}

async fn spawn_join_set(n: u64, batch: u64) -> u64 {
    let mut ended = 0;
    for _ in 0..n / batch {
        let mut tasks = JoinSet::new();
        for _ in 0..batch {
            tasks.spawn(end_at_once());
        }
        while let Some(task) = tasks.join_next().await {
            ended += task.unwrap();
        }
    }
    ended
}

async fn spawn_local(n: u64, batch: u64) -> u64 {
    let mut ended = 0;
    let local = LocalSet::new();
    for _ in 0..n / batch {
        let spawn_all = async {
            let tasks: Vec<_> = (0..batch).map(|_| tokio::task::spawn_local(end_at_once())).collect();
            let mut ended = 0;
            for task in tasks {
                ended += task.await.unwrap();
            }
            ended
        };
        ended += local.run_until(spawn_all).await;
    }
    ended
}

async fn number(i: u64) -> i32 {
    i as i32
}

fn in_place(results: &[i32]) -> u64 {
    results.iter().enumerate().filter(|(i, result)| **result == *i as i32).count() as u64
}

/// Spawned tasks, awaited in order.
async fn gather_spawned(n: u64, batch: u64) -> u64 {
    let mut placed = 0;
    for _ in 0..n / batch {
        let tasks: Vec<_> = (0..batch).map(|i| tokio::spawn(number(i))).collect();
        let mut results = Vec::with_capacity(batch as usize);
        for task in tasks {
            results.push(task.await.unwrap());
        }
        placed += in_place(&results);
    }
    placed
}

/// Futures inside the one task that awaits them: the runtime does not know of them.
async fn gather_join_all(n: u64, batch: u64) -> u64 {
    let mut placed = 0;
    for _ in 0..n / batch {
        placed += in_place(&join_all((0..batch).map(number)).await);
    }
    placed
}

async fn sleep_all(n: u64, milliseconds: u64) -> u64 {
    let sleep = move || async move {
        tokio::time::sleep(Duration::from_millis(milliseconds)).await;
        1
    };
    let tasks: Vec<_> = (0..n).map(|_| tokio::spawn(sleep())).collect();
    let mut woken = 0;
    for task in tasks {
        woken += task.await.unwrap();
    }
    woken
}

/// The same without a task each: the sleeps are polled by the one that joins them.
async fn sleep_joined(n: u64, milliseconds: u64) -> u64 {
    let sleep = move || async move {
        tokio::time::sleep(Duration::from_millis(milliseconds)).await;
        1
    };
    join_all((0..n).map(|_| sleep())).await.into_iter().sum()
}

async fn run_case(case: &str, n: u64, size: u64) -> u64 {
    match case {
        "switch" => hand_over(n, size).await,
        "switch:main" => hand_over_main(n, size).await,
        "switch:local" => hand_over_local(n, size).await,
        "switch:unconstrained" => hand_over_unconstrained(n, size).await,
        "spawn" => spawn_and_join(n, size).await,
        "spawn:join-set" => spawn_join_set(n, size).await,
        "spawn:local" => spawn_local(n, size).await,
        "gather" => gather_join_all(n, size).await,
        "gather:spawned" => gather_spawned(n, size).await,
        "asleep" => sleep_all(n, size).await,
        "asleep:join_all" => sleep_joined(n, size).await,
        _ => panic!("no case {case}"),
    }
}

fn memory_bytes(line: &str) -> u64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap();
    let found = status.lines().find(|text| text.starts_with(line)).unwrap();
    found.split_whitespace().nth(1).unwrap().parse::<u64>().unwrap() * 1024
}

fn cpu_seconds() -> f64 {
    let mut time = libc::timespec { tv_sec: 0, tv_nsec: 0 };
    unsafe { libc::clock_gettime(libc::CLOCK_PROCESS_CPUTIME_ID, &mut time) };
    time.tv_sec as f64 + time.tv_nsec as f64 * 1e-9
}

fn main() {
    let words: Vec<String> = std::env::args().collect();
    let (case, n, size) = (words[1].as_str(), words[2].parse::<u64>().unwrap(), words[3].parse().unwrap());
    let runtime = tokio::runtime::Builder::new_current_thread().enable_time().build().unwrap();
    let (memory, wall, cpu) = (memory_bytes("VmRSS:"), Instant::now(), cpu_seconds());
    let sum = runtime.block_on(run_case(case, n, size));
    let (wall, cpu) = (wall.elapsed().as_secs_f64(), cpu_seconds() - cpu);
    let grown = memory_bytes("VmHWM:").saturating_sub(memory) as f64 / n as f64;
    println!(
        "{{\"case\": \"{case}\", \"n\": {n}, \"ns_per_op\": {:.3}, \"seconds\": {wall:.6}, \"cpu_seconds\": {cpu:.6}, \
         \"bytes_per_task\": {grown:.1}, \"sum\": {sum}}}",
        cpu / n as f64 * 1e9
    );
}
