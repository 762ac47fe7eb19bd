// The versions of what is imported.
const names = ["@aws-sdk/credential-providers", "@smithy/credential-provider-imds"];
console.log(JSON.stringify(Object.fromEntries(names.map((name) => [name, require(`${name}/package.json`).version]))));
