//! Tests the service over HTTP as schools and children use it, with the fake Wonde.

use std::error::Error;

use onroll::testing::FakeWonde;
use onroll::wonde::Client;
use onroll_axum_service::{Service, open};
use reqwest::{Response, StatusCode};
use serde_json::{Value, json};
use sqlx::Row;
use sqlx::sqlite::SqlitePool;
use tempfile::TempDir;

type Result<T = ()> = std::result::Result<T, Box<dyn Error>>;

/// A service that runs until it is dropped.
struct Host {
    /// The folder of the database, which is deleted when the `Host` is dropped.
    _folder: TempDir,
    database: SqlitePool,
    address: String,
    http: reqwest::Client,
}

const STAFF: &str = "token-of-the-staff";

impl Host {
    async fn start(wonde: &FakeWonde) -> Result<Self> {
        let folder = tempfile::tempdir()?;
        let path = folder.path().join("school.db");
        let database = open(path.to_str().ok_or("a path in UTF-8")?).await?;
        let client = Client::new(FakeWonde::TOKEN)?.domain(&wonde.domain())?;
        let service = Service::new(database.clone(), client, b"a pepper", STAFF).await?;
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await?;
        let address = format!("http://{}", listener.local_addr()?);
        tokio::spawn(async move { axum::serve(listener, service.routes()).await });
        Ok(Self { _folder: folder, database, address, http: reqwest::Client::new() })
    }

    async fn staff(&self, path: &str, body: &str) -> Result<Response> {
        let asked = self.http.post(format!("{}/schools/{path}", self.address)).bearer_auth(STAFF);
        Ok(asked.body(body.to_owned()).send().await?)
    }

    async fn sign_in(&self, school: &str, username: &str, password: &str) -> Result<Response> {
        let asked = self.http.post(format!("{}/schools/{school}/sign-in", self.address));
        let body = json!({ "username": username, "password": password }).to_string();
        Ok(asked.header("content-type", "application/json").body(body).send().await?)
    }

    /// Returns the number of rows that meet a condition.
    async fn count(&self, condition: &'static str) -> Result<i64> {
        let query = format!("SELECT count(*) FROM account WHERE {condition}");
        Ok(sqlx::query_scalar(sqlx::AssertSqlSafe(query)).fetch_one(&self.database).await?)
    }
}

async fn json_of(response: Response) -> Result<Value> {
    let status = response.status();
    let text = response.text().await?;
    match status {
        StatusCode::OK => Ok(serde_json::from_str(&text)?),
        _ => Err(format!("{status}: {text}").into()),
    }
}

/// Returns the usernames and passwords in a CSV of credentials.
fn credentials(imported: &Value) -> Vec<(String, String)> {
    let csv = imported["credentials"].as_str().unwrap_or_default().trim_start_matches('\u{feff}');
    let headings: Vec<&str> = csv.lines().next().unwrap_or_default().split(',').collect();
    let column = |name: &str| headings.iter().position(|heading| *heading == name).expect("a heading of credentials");
    let (username, password) = (column("Username"), column("Password"));
    let fields = csv.lines().skip(1).map(|line| line.split(',').map(str::to_owned).collect::<Vec<_>>());
    fields.map(|fields| (fields[username].clone(), fields[password].clone())).collect()
}

const MESSY: &str = "\
Amelia Hart,Amelia Hart,Year 5,5A,F,No,WBRI,No,No
Zoë Okafor,Zoë Okafor,Year 5,5A,Female,No,Kestrel,No,No
Noah Ali,,Year 5,5A,Male,No,APKN,No,No
";
const FIXED: &str = "\
Amelia Hart,Amelia Hart,Year 5,5A,F,No,WBRI,No,No
Zoë Okafor,Zoë Okafor,Year 5,5A,Female,No,BAFR,No,No
Noah Ali,Noah Ali,Year 5,5A,Male,No,APKN,No,No
";

#[tokio::test]
async fn a_school_uploads_its_file_and_its_children_sign_in() -> Result {
    let host = Host::start(&FakeWonde::start(1)?).await?;
    let file = |rows: &str| onroll::template_csv() + rows;

    let refused = host.staff("oakfield/students", &file(MESSY)).await?;
    assert_eq!(refused.status(), StatusCode::UNPROCESSABLE_ENTITY);
    let report = refused.text().await?;
    assert!(report.contains("Kestrel") && report.contains("Username"), "{report}");
    assert_eq!(host.count("1").await?, 0);

    let imported = json_of(host.staff("oakfield/students", &file(FIXED)).await?).await?;
    let given = credentials(&imported);
    assert_eq!(given.len(), 3, "{imported}");
    assert_eq!(host.count("password_hash LIKE '$argon2id$%' AND active").await?, 3);
    // No column of any row has a password in it.
    for row in sqlx::query("SELECT * FROM account").fetch_all(&host.database).await? {
        for column in 1..row.len() {
            let text: String = row.try_get_unchecked::<Option<String>, _>(column)?.unwrap_or_default();
            let is_hash = text.starts_with("$argon2id$");
            assert!(is_hash || given.iter().all(|(_, password)| !text.contains(password.as_str())), "{column}");
        }
    }

    // Uploading the same file again changes nothing, and gives no student a new password.
    let again = json_of(host.staff("oakfield/students", &file(FIXED)).await?).await?;
    assert!(
        credentials(&again).is_empty() && again["summary"].as_str().unwrap_or("").contains("3 unchanged"),
        "{again}"
    );

    let (_, password) = given.iter().find(|(username, _)| username == "Zoë Okafor").ok_or("Zoë has an account")?;
    let signed_in = json_of(host.sign_in("oakfield", "zoe okafor", &password.to_lowercase()).await?).await?;
    assert_eq!(signed_in, json!({ "full_name": "Zoë Okafor", "class_name": "5A" }));
    Ok(())
}

#[tokio::test]
async fn wrong_passwords_delay_only_their_own_account() -> Result {
    let host = Host::start(&FakeWonde::start(1)?).await?;
    let imported = json_of(host.staff("oakfield/students", &(onroll::template_csv() + FIXED)).await?).await?;
    let given = credentials(&imported);

    // The first wrong passwords cost nothing. Then the answer says how long to wait, and the right password must wait
    // too.
    let mut waited = None;
    for _ in 0..6 {
        let answer = host.sign_in("oakfield", "Noah Ali", "????").await?;
        match answer.status() {
            StatusCode::UNAUTHORIZED => {}
            StatusCode::TOO_MANY_REQUESTS => {
                waited = answer.headers().get("retry-after").and_then(|wait| wait.to_str().ok()?.parse::<u64>().ok());
                break;
            }
            other => return Err(format!("{other}").into()),
        }
    }
    assert!(waited.is_some_and(|seconds| seconds >= 1), "{waited:?}");
    let (username, password) =
        given.iter().find(|(username, _)| username == "Noah Ali").ok_or("Noah has an account")?;
    assert_eq!(host.sign_in("oakfield", username, password).await?.status(), StatusCode::TOO_MANY_REQUESTS);
    let (other, others) = given.iter().find(|(username, _)| username != "Noah Ali").ok_or("others have accounts")?;
    assert_eq!(host.sign_in("oakfield", other, others).await?.status(), StatusCode::OK);
    assert_eq!(host.sign_in("oakfield", "Nobody", "????").await?.status(), StatusCode::UNAUTHORIZED);
    // A different school has its own accounts.
    assert_eq!(host.sign_in("ashwood", other, others).await?.status(), StatusCode::UNAUTHORIZED);
    Ok(())
}

#[tokio::test]
async fn the_nightly_sync_keeps_accounts_in_step_with_wonde() -> Result {
    let wonde = FakeWonde::start(120)?;
    let host = Host::start(&wonde).await?;
    let path = format!("{}/sync", FakeWonde::SCHOOL);
    let first = json_of(host.staff(&path, "").await?).await?;
    assert_eq!((credentials(&first).len(), host.count("active").await?), (120, 120), "{first}");

    // If a page fails, nothing changes, because no school is read in part.
    wonde.control(r#"{"fault": {"list": "students", "page": 1, "kind": "422", "times": 1}}"#);
    assert_eq!(host.staff(&path, "").await?.status(), StatusCode::BAD_GATEWAY);
    assert_eq!(host.count("active").await?, 120);

    // A term later, ten students have left and ten have joined. Only the joiners get passwords.
    wonde.control(r#"{"change": "a term"}"#);
    let term = json_of(host.staff(&path, "").await?).await?;
    assert_eq!((credentials(&term).len(), host.count("active").await?, host.count("NOT active").await?), (10, 120, 10));
    let (username, password) = credentials(&term).swap_remove(0);
    assert_eq!(host.sign_in(FakeWonde::SCHOOL, &username, &password).await?.status(), StatusCode::OK);

    // An answer without students is an error, and makes no leavers.
    wonde.control(r#"{"change": "lose everybody"}"#);
    assert_eq!(host.staff(&path, "").await?.status(), StatusCode::BAD_GATEWAY);
    assert_eq!(host.count("active").await?, 120);
    Ok(())
}

#[tokio::test]
async fn staff_requests_need_the_token() -> Result {
    let host = Host::start(&FakeWonde::start(1)?).await?;
    for path in ["oakfield/students", "oakfield/sync"] {
        let asked = host.http.post(format!("{}/schools/{path}", host.address));
        assert_eq!(asked.bearer_auth("another").send().await?.status(), StatusCode::UNAUTHORIZED);
    }
    Ok(())
}
