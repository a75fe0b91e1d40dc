//! tokio's line in bench/threads: the same cases as trawl_threads.cpp.
//!
//! Usage: bench_threads_tokio <case> <n> <size>. `<case>:<idiom>` chooses another way to do a case.
use std::time::Instant;

use futures_util::future::join_all;
use tokio::runtime::{Builder, Runtime};
use tokio::sync::mpsc;
use tokio::task::spawn_blocking;

fn current_thread() -> Runtime {
    Builder::new_current_thread().enable_time().build().unwrap()
}

async fn send_numbers(sender: mpsc::Sender<i32>, n: u64) {
    for i in 0..n {
        sender.send(i as i32).await.unwrap();
    }
}

async fn receive_numbers(mut receiver: mpsc::Receiver<i32>) -> u64 {
    let mut sum = 0;
    while let Some(item) = receiver.recv().await {
        sum += item as u64;
    }
    sum
}

/// Two threads with a runtime each, as trawl's loops.
fn channel(n: u64, size: u64) -> u64 {
    let (sender, receiver) = mpsc::channel(size as usize);
    let thread = std::thread::spawn(move || current_thread().block_on(send_numbers(sender, n)));
    let sum = current_thread().block_on(receive_numbers(receiver));
    thread.join().unwrap();
    sum
}

/// One runtime of two threads, which moves tasks between them.
fn channel_multi(n: u64, size: u64) -> u64 {
    let runtime = Builder::new_multi_thread().worker_threads(2).enable_time().build().unwrap();
    let (sender, receiver) = mpsc::channel(size as usize);
    runtime.spawn(send_numbers(sender, n));
    let receiving = runtime.spawn(receive_numbers(receiver));
    runtime.block_on(receiving).unwrap()
}

fn one() -> u64 {
    1
}

async fn call_in_turn(n: u64) -> u64 {
    let mut sum = 0;
    for _ in 0..n {
        sum += spawn_blocking(one).await.unwrap();
    }
    sum
}

async fn call_at_once(n: u64, size: u64) -> u64 {
    let mut sum = 0;
    for _ in 0..n / size {
        let calls: Vec<_> = (0..size).map(|_| spawn_blocking(one)).collect();
        sum += join_all(calls).await.into_iter().map(|got| got.unwrap()).sum::<u64>();
    }
    sum
}

/// Calls from several threads, by an unbounded channel: the nearest to a loop's post.
fn post(n: u64, size: u64) -> u64 {
    let (sender, mut receiver) = mpsc::unbounded_channel::<Box<dyn FnOnce(&mut u64) + Send>>();
    let threads: Vec<_> = (0..size)
        .map(|_| {
            let sender = sender.clone();
            std::thread::spawn(move || {
                for _ in 0..n / size {
                    sender.send(Box::new(|sum| *sum += 1)).ok().unwrap();
                }
            })
        })
        .collect();
    drop(sender);
    let sum = current_thread().block_on(async move {
        let mut sum = 0;
        while let Some(call) = receiver.recv().await {
            call(&mut sum);
        }
        sum
    });
    threads.into_iter().for_each(|thread| thread.join().unwrap());
    sum
}

fn run_case(case: &str, n: u64, size: u64) -> u64 {
    // As many threads for blocking calls as trawl has.
    let calling = || Builder::new_current_thread().enable_time().max_blocking_threads(32).build().unwrap();
    match case {
        "channel" => channel(n, size),
        "channel:multi" => channel_multi(n, size),
        "call" => calling().block_on(call_in_turn(n)),
        "burst" => calling().block_on(call_at_once(n, size)),
        "post" => post(n, size),
        _ => panic!("no case {case}"),
    }
}

fn cpu_seconds() -> f64 {
    let mut time = libc::timespec { tv_sec: 0, tv_nsec: 0 };
    unsafe { libc::clock_gettime(libc::CLOCK_PROCESS_CPUTIME_ID, &mut time) };
    time.tv_sec as f64 + time.tv_nsec as f64 * 1e-9
}

fn main() {
    let words: Vec<String> = std::env::args().collect();
    let (case, n, size) = (words[1].as_str(), words[2].parse::<u64>().unwrap(), words[3].parse().unwrap());
    let (wall, cpu) = (Instant::now(), cpu_seconds());
    let sum = run_case(case, n, size);
    let (wall, cpu) = (wall.elapsed().as_secs_f64(), cpu_seconds() - cpu);
    println!(
        "{{\"case\": \"{case}\", \"n\": {n}, \"seconds\": {wall:.6}, \"cpu_seconds\": {cpu:.6}, \"sum\": {sum}}}"
    );
}
