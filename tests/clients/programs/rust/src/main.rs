//! The default chain of the AWS SDK for Rust: who it is, or every STS operation there is.
//!
//! `identity [CALLS]`, `operations ROLE_ARN POLICY_ARN ENCODED_MESSAGE`, or `version` of what is
//! linked; one JSON object a line.

use aws_config::{BehaviorVersion, SdkConfig};
use aws_sdk_sts::config::Credentials;
use aws_sdk_sts::error::ProvideErrorMetadata;
use aws_sdk_sts::types::{Credentials as Minted, PolicyDescriptorType, Tag};
use aws_sdk_sts::Client;
use serde_json::{json, Value};

const SESSION_POLICY: &str = r#"{"Version": "2012-10-17", "Statement":
    {"Effect": "Allow", "Action": "sts:*", "Resource": "*"}}"#;
const TASK_POLICY: &str = "arn:aws:iam::aws:policy/root-task/IAMAuditRootUserCredentials";

fn main() {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .unwrap();
    runtime.block_on(async {
        // Without TLS: it is what takes long to build, and everything here is on loopback.
        let http_client = aws_smithy_http_client::Builder::new().build_http();
        let config = aws_config::defaults(BehaviorVersion::latest())
            .http_client(http_client)
            .load()
            .await;
        match arguments.iter().map(String::as_str).collect::<Vec<_>>()[..] {
            ["identity"] => identity(&Client::new(&config), 1).await,
            ["identity", calls] => identity(&Client::new(&config), calls.parse().unwrap()).await,
            ["version"] => version(),
            ["operations", role, policy, message] => {
                operations(&config, role, policy, message).await
            }
            _ => panic!("identity [CALLS], operations ROLE_ARN POLICY_ARN ENCODED_MESSAGE, or version"),
        }
    });
}

/// The last call counts; those before it may fail.
async fn identity(sts: &Client, calls: u32) {
    for _ in 1..calls {
        let _ = sts.get_caller_identity().send().await;
    }
    let answer = sts.get_caller_identity().send().await.unwrap();
    println!(
        "{}",
        json!({"Arn": answer.arn(), "UserId": answer.user_id(), "Account": answer.account()})
    );
}

fn version() {
    println!(
        "{}",
        json!({"aws-config": locked("aws-config"), "aws-sdk-sts": locked("aws-sdk-sts")})
    );
}

/// The version of a package in the lock file that this was built with.
fn locked(package: &str) -> Option<&'static str> {
    let name = format!("name = \"{package}\"");
    let mut lines = include_str!("../Cargo.lock").lines();
    lines.find(|line| *line == name)?;
    lines.next()?.split('"').nth(1)
}

async fn operations(config: &SdkConfig, role: &str, policy: &str, message: &str) {
    let sts = Client::new(config);
    let policy = PolicyDescriptorType::builder().arn(policy).build();
    let tag = Tag::builder().key("project").value("blue").build().unwrap();
    let task_policy = PolicyDescriptorType::builder().arn(TASK_POLICY).build();

    let answer = sts
        .assume_role()
        .role_arn(role)
        .role_session_name("operations")
        .policy(SESSION_POLICY)
        .policy_arns(policy.clone())
        .tags(tag.clone())
        .transitive_tag_keys("project")
        .source_identity("alice")
        .external_id("open")
        .duration_seconds(900)
        .send()
        .await;
    let arn = whose(config, answer.as_ref().ok().and_then(|it| it.credentials())).await;
    tell("AssumeRole", answer.map(|_| arn));

    let answer = sts.get_session_token().duration_seconds(900).send().await;
    let arn = whose(config, answer.as_ref().ok().and_then(|it| it.credentials())).await;
    tell("GetSessionToken", answer.map(|_| arn));

    let answer = sts
        .get_federation_token()
        .name("bob")
        .policy(SESSION_POLICY)
        .policy_arns(policy)
        .tags(tag)
        .duration_seconds(900)
        .send()
        .await;
    let arn = whose(config, answer.as_ref().ok().and_then(|it| it.credentials())).await;
    tell("GetFederationToken", answer.map(|_| arn));

    let answer = sts
        .assume_root()
        .target_principal("444455556666")
        .task_policy_arn(task_policy)
        .duration_seconds(900)
        .send()
        .await;
    let arn = whose(config, answer.as_ref().ok().and_then(|it| it.credentials())).await;
    tell("AssumeRoot", answer.map(|_| arn));

    let answer = sts
        .get_access_key_info()
        .access_key_id("ASIAY34FZKBOKMUTVV7A")
        .send()
        .await;
    tell(
        "GetAccessKeyInfo",
        answer.map(|it| it.account().map(String::from)),
    );

    let answer = sts
        .decode_authorization_message()
        .encoded_message(message)
        .send()
        .await;
    tell(
        "DecodeAuthorizationMessage",
        answer.map(|it| it.decoded_message().map(String::from)),
    );
}

/// Whose credentials these are, as GetCallerIdentity says when it is asked with them.
async fn whose(config: &SdkConfig, minted: Option<&Minted>) -> Option<String> {
    let minted = minted?;
    let credentials = Credentials::new(
        minted.access_key_id(),
        minted.secret_access_key(),
        Some(minted.session_token().into()),
        None,
        "the STS",
    );
    let theirs = aws_sdk_sts::config::Builder::from(config).credentials_provider(credentials);
    let answer = Client::from_conf(theirs.build())
        .get_caller_identity()
        .send()
        .await
        .unwrap();
    answer.arn().map(String::from)
}

fn tell<E: ProvideErrorMetadata + std::fmt::Debug>(
    operation: &str,
    outcome: Result<Option<String>, E>,
) {
    let line: Value = match outcome {
        Ok(answer) => json!({"operation": operation, "ok": true, "code": null, "answer": answer}),
        Err(error) => match error.code() {
            Some(code) => {
                json!({"operation": operation, "ok": false, "code": code, "answer": null})
            }
            None => panic!("{operation}: {error:?}"), // nothing that the STS said
        },
    };
    println!("{line}");
}
