//! Runs the service: `DATABASE=school.db WONDE_TOKEN=… PEPPER=… STAFF_TOKEN=… SCHOOLS=A1329183376 cargo run`

use std::env;
use std::error::Error;

use onroll::wonde::{Client, Schedule};
use onroll_axum_service::{Service, open};
use tokio::net::TcpListener;

#[tokio::main]
async fn main() -> Result<(), Box<dyn Error>> {
    let setting = |name: &str| env::var(name).map_err(|_| format!("set {name} in the environment"));
    let database = open(&setting("DATABASE")?).await?;
    let wonde = Client::new(&setting("WONDE_TOKEN")?)?;
    let service = Service::new(database, wonde, setting("PEPPER")?.as_bytes(), &setting("STAFF_TOKEN")?).await?;

    let schools: Vec<String> = setting("SCHOOLS")?.split(',').map(str::to_owned).collect();
    let (night, schedule) = (service.clone(), Schedule::daily("02:30")?);
    tokio::spawn(async move { night.sync_nightly(&schools, &schedule).await });

    let listener = TcpListener::bind("127.0.0.1:8080").await?;
    println!("listening on http://{}", listener.local_addr()?);
    axum::serve(listener, service.routes()).await?;
    Ok(())
}
