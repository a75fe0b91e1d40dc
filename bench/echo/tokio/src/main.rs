//! tokio's server in bench/echo, on the current-thread runtime: a task per connection.
//!
//! Usage: bench_echo_tokio [plain] [<timers>]; prints its port.
use std::time::Duration;

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};

async fn echo(mut stream: TcpStream) {
    let mut buffer = [0u8; 4096];
    loop {
        match stream.read(&mut buffer).await {
            Ok(size) if size > 0 => {
                if stream.write_all(&buffer[..size]).await.is_err() {
                    return;
                }
            }
            _ => return,
        }
    }
}

async fn serve(timers: u64) -> std::io::Result<()> {
    let listener = TcpListener::bind("127.0.0.1:0").await?;
    println!("{}", listener.local_addr()?.port());
    for _ in 0..timers {
        tokio::spawn(tokio::time::sleep(Duration::from_secs(3600)));
    }
    loop {
        let (stream, _) = listener.accept().await?;
        stream.set_nodelay(true)?;
        tokio::spawn(echo(stream));
    }
}

fn main() {
    let timers = std::env::args().nth(2).map_or(0, |text| text.parse().unwrap());
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    runtime.block_on(serve(timers)).unwrap();
}
