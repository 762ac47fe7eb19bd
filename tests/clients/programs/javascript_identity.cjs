// The default chain of the JS SDK v3 and GetCallerIdentity.
const { STSClient, GetCallerIdentityCommand } = require("@aws-sdk/client-sts");
const { fromNodeProviderChain } = require("@aws-sdk/credential-providers");

new STSClient({ credentials: fromNodeProviderChain() })
  .send(new GetCallerIdentityCommand({}))
  .then((answer) => console.log(JSON.stringify({ Arn: answer.Arn, UserId: answer.UserId, Account: answer.Account })))
  .catch((error) => {
    console.error(error);
    process.exit(1);
  });
