//! Peer: reqwest on tokio's current-thread runtime. Fetches <pages> pages with <workers> tasks, every body read in full.
//!
//! Usage: bench_reqwest <base URL> <pages> <workers> [--http1 | --http2] [--ca FILE]. --http2 is for servers without TLS;
//! over TLS it is spoken where it is offered.
use std::cell::RefCell;
use std::env;
use std::rc::Rc;
use std::time::Instant;

use reqwest::{Certificate, Client, ClientBuilder};
use tokio::task::LocalSet;

const PAGE_COUNT: u64 = 100;

#[derive(Default)]
struct Work {
    total: u64,
    next: u64,
    pages: u64,
    bytes: u64,
}

async fn worker(client: Client, urls: Rc<Vec<String>>, work: Rc<RefCell<Work>>) {
    loop {
        let index = {
            let mut work = work.borrow_mut();
            if work.next == work.total {
                return;
            }
            work.next += 1;
            work.next - 1
        };
        let response = client.get(&urls[(index % PAGE_COUNT) as usize]).send().await.unwrap();
        let body = response.error_for_status().unwrap().bytes().await.unwrap();
        let mut work = work.borrow_mut();
        work.pages += 1;
        work.bytes += body.len() as u64;
    }
}

fn client(flags: &[String]) -> Client {
    let mut builder: ClientBuilder = Client::builder().no_proxy();
    let mut flags = flags.iter();
    while let Some(flag) = flags.next() {
        builder = match flag.as_str() {
            "--http1" => builder.http1_only(),
            "--http2" => builder.http2_prior_knowledge(),
            "--ca" => {
                let file = std::fs::read(flags.next().expect("--ca FILE")).unwrap();
                builder.tls_certs_only([Certificate::from_pem(&file).unwrap()])
            }
            other => panic!("{other}?"),
        };
    }
    builder.build().unwrap()
}

fn main() {
    let arguments: Vec<String> = env::args().collect();
    let base_url = &arguments[1];
    let total = arguments[2].parse().unwrap();
    let workers: usize = arguments[3].parse().unwrap();
    let urls = Rc::new((1..=PAGE_COUNT).map(|number| format!("{base_url}/page-{number}.json")).collect::<Vec<_>>());
    let work = Rc::new(RefCell::new(Work { total, ..Work::default() }));
    let client = client(&arguments[4..]);
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    let start = Instant::now();
    let all = LocalSet::new();
    for _ in 0..workers {
        all.spawn_local(worker(client.clone(), urls.clone(), work.clone()));
    }
    runtime.block_on(all);
    let work = work.borrow();
    let seconds = start.elapsed().as_secs_f64();
    println!("{{\"pages\": {}, \"bytes\": {}, \"seconds\": {seconds:.6}}}", work.pages, work.bytes);
}
