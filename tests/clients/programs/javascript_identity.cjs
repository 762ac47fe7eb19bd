// The default chain of the JS SDK v3 and GetCallerIdentity, once or as often as the argument says.
const { STSClient, GetCallerIdentityCommand } = require("@aws-sdk/client-sts");
const { fromNodeProviderChain } = require("@aws-sdk/credential-providers");

const client = new STSClient({ credentials: fromNodeProviderChain() });
const ask = () => client.send(new GetCallerIdentityCommand({}));

async function main() {
  const calls = Number(process.argv[2] ?? 1);
  for (let call = 1; call < calls; call++) await ask().catch(() => {}); // the last call counts
  const answer = await ask();
  console.log(JSON.stringify({ Arn: answer.Arn, UserId: answer.UserId, Account: answer.Account }));
}

main().catch((error) => {
  console.error(error);
  process.exit(1);
});
