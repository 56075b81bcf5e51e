// What an application does with S3 through the SDK for Rust, with its default settings. Built by
// s3_tools_test.py in a project that has the SDK; ENDPOINT says where S3 is.
use aws_sdk_s3::error::ProvideErrorMetadata;
use aws_sdk_s3::presigning::PresigningConfig;
use aws_sdk_s3::primitives::ByteStream;
use aws_sdk_s3::types::{CompletedMultipartUpload, CompletedPart, Delete, ObjectIdentifier};
use std::error::Error;
use std::io::{Read, Write};
use std::net::TcpStream;
use std::time::Duration;

const BUCKET: &str = "rustic";
const PART: usize = 5 << 20;

type Client = aws_sdk_s3::Client;
type Result<T> = std::result::Result<T, Box<dyn Error>>;

fn expect(holds: bool, what: &str) {
    assert!(holds, "not as expected: {what}");
}

async fn body(client: &Client, key: &str) -> Result<Vec<u8>> {
    let got = client.get_object().bucket(BUCKET).key(key).send().await?;
    Ok(got.body.collect().await?.into_bytes().to_vec())
}

async fn one_object(client: &Client, key: &str) -> Result<()> {
    let bytes = ByteStream::from_static(b"hello");
    client.put_object().bucket(BUCKET).key(key).body(bytes).metadata("who", "me").send().await?;
    let got = client.get_object().bucket(BUCKET).key(key).send().await?;
    expect(got.metadata().and_then(|m| m.get("who")).map(String::as_str) == Some("me"), "metadata");
    expect(got.body.collect().await?.into_bytes().as_ref() == b"hello", "an object");
    let range = client.get_object().bucket(BUCKET).key(key).range("bytes=1-2").send().await?;
    expect(range.body.collect().await?.into_bytes().as_ref() == b"el", "a range");
    Ok(())
}

async fn in_parts(client: &Client) -> Result<()> {
    let large = b"0123456789abcdef".repeat(12 << 16);
    let begun = client.create_multipart_upload().bucket(BUCKET).key("large").send().await?;
    let upload = begun.upload_id().unwrap();
    let mut parts = Vec::new();
    for (index, piece) in large.chunks(PART).enumerate() {
        let number = index as i32 + 1;
        let sent = client
            .upload_part()
            .bucket(BUCKET)
            .key("large")
            .upload_id(upload)
            .part_number(number)
            .body(ByteStream::from(piece.to_vec()))
            .send()
            .await?;
        let part = CompletedPart::builder()
            .part_number(number)
            .set_e_tag(sent.e_tag().map(str::to_owned))
            .set_checksum_crc32(sent.checksum_crc32().map(str::to_owned));
        parts.push(part.build());
    }
    let done = CompletedMultipartUpload::builder().set_parts(Some(parts)).build();
    let call = client.complete_multipart_upload().bucket(BUCKET).key("large").upload_id(upload);
    call.multipart_upload(done).send().await?;
    expect(body(client, "large").await? == large, "a large object");
    Ok(())
}

async fn listed(client: &Client) -> Result<Vec<ObjectIdentifier>> {
    for n in 0..5 {
        let key = format!("page/{n}");
        client.put_object().bucket(BUCKET).key(key).send().await?;
    }
    let mut keys = Vec::new();
    let mut pages = client.list_objects_v2().bucket(BUCKET).max_keys(2).into_paginator().send();
    while let Some(page) = pages.next().await {
        for object in page?.contents() {
            keys.push(ObjectIdentifier::builder().key(object.key().unwrap()).build()?);
        }
    }
    expect(keys.len() == 7, "a listing");
    Ok(keys)
}

// By hand: what it was signed for is all that the URL needs.
fn fetch(url: &str) -> Result<String> {
    let (host, path) = url.strip_prefix("http://").unwrap().split_once('/').unwrap();
    let port = host.rsplit_once(':').unwrap().1.parse::<u16>()?;
    let mut stream = TcpStream::connect(("127.0.0.1", port))?;
    write!(stream, "GET /{path} HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\n\r\n")?;
    let mut answer = String::new();
    stream.read_to_string(&mut answer)?;
    Ok(answer)
}

async fn refusals(client: &Client, key: &str) -> Result<()> {
    let again = client.put_object().bucket(BUCKET).key(key).if_none_match("*").send().await;
    expect(again.unwrap_err().code() == Some("PreconditionFailed"), "a refused write");
    let absent = client.get_object().bucket(BUCKET).key("absent").send().await.unwrap_err();
    expect(absent.into_service_error().is_no_such_key(), "a missing key");
    Ok(())
}

#[tokio::main]
async fn main() -> Result<()> {
    let config = aws_config::load_defaults(aws_config::BehaviorVersion::latest()).await;
    let settings = aws_sdk_s3::config::Builder::from(&config)
        .endpoint_url(std::env::var("ENDPOINT")?)
        .force_path_style(std::env::var("PATH_STYLE").is_ok_and(|value| value == "yes"));
    let client = Client::from_conf(settings.build());
    let key = "a/ü b+c";
    client.create_bucket().bucket(BUCKET).send().await?;
    one_object(&client, key).await?;
    in_parts(&client).await?;
    let keys = listed(&client).await?;
    refusals(&client, key).await?;

    let minute = PresigningConfig::expires_in(Duration::from_secs(60))?;
    let signed = client.get_object().bucket(BUCKET).key(key).presigned(minute).await?;
    expect(fetch(signed.uri())?.ends_with("\r\n\r\nhello"), "a presigned URL");

    let all = Delete::builder().set_objects(Some(keys)).build()?;
    client.delete_objects().bucket(BUCKET).delete(all).send().await?;
    client.delete_bucket().bucket(BUCKET).send().await?;
    println!("all is well");
    Ok(())
}
