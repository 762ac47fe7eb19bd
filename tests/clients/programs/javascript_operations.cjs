// Every STS operation there is, with the default chain; one JSON object a line.
// Arguments: ROLE_ARN POLICY_ARN ENCODED_MESSAGE.
const sdk = require("@aws-sdk/client-sts");
const { fromNodeProviderChain } = require("@aws-sdk/credential-providers");

const [role, policy, message] = process.argv.slice(-3);
const restricted = {
  Policy: `{"Version": "2012-10-17", "Statement":
    {"Effect": "Allow", "Action": "sts:*", "Resource": "*"}}`,
  PolicyArns: [{ arn: policy }],
  Tags: [{ Key: "project", Value: "blue" }],
  DurationSeconds: 900,
};
const sts = new sdk.STSClient({ credentials: fromNodeProviderChain() });

// Whose credentials these are, as GetCallerIdentity says when it is asked with them.
async function whose({ Credentials: minted }) {
  const credentials = {
    accessKeyId: minted.AccessKeyId,
    secretAccessKey: minted.SecretAccessKey,
    sessionToken: minted.SessionToken,
  };
  return (await new sdk.STSClient({ credentials }).send(new sdk.GetCallerIdentityCommand({}))).Arn;
}

async function call(operation, command, read) {
  let code = null;
  let answer = null;
  try {
    answer = await read(await sts.send(command));
  } catch (error) {
    code = error.Code ?? error.name; // the name has "Exception" where the wire has not
    if (error.$metadata?.httpStatusCode === undefined) throw error; // nothing that the STS said
  }
  console.log(JSON.stringify({ operation, ok: code === null, code, answer }));
}

async function main() {
  const assumeRole = {
    RoleArn: role,
    RoleSessionName: "operations",
    TransitiveTagKeys: ["project"],
    SourceIdentity: "alice",
    ExternalId: "open",
    ...restricted,
  };
  await call("AssumeRole", new sdk.AssumeRoleCommand(assumeRole), whose);
  await call("GetSessionToken", new sdk.GetSessionTokenCommand({ DurationSeconds: 900 }), whose);
  const getFederationToken = { Name: "bob", ...restricted };
  await call("GetFederationToken", new sdk.GetFederationTokenCommand(getFederationToken), whose);
  const assumeRoot = {
    TargetPrincipal: "444455556666",
    TaskPolicyArn: { arn: "arn:aws:iam::aws:policy/root-task/IAMAuditRootUserCredentials" },
    DurationSeconds: 900,
  };
  await call("AssumeRoot", new sdk.AssumeRootCommand(assumeRoot), whose);
  const key = { AccessKeyId: "ASIAY34FZKBOKMUTVV7A" };
  await call("GetAccessKeyInfo", new sdk.GetAccessKeyInfoCommand(key), (it) => it.Account);
  const encoded = { EncodedMessage: message };
  const decode = new sdk.DecodeAuthorizationMessageCommand(encoded);
  await call("DecodeAuthorizationMessage", decode, (it) => it.DecodedMessage);
}

main().catch((error) => {
  console.error(error);
  process.exit(1);
});
