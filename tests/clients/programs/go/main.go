// The default chain of the AWS SDK for Go v2: who it is, or every STS operation there is.
//
// `identity [CALLS]`, `operations ROLE_ARN POLICY_ARN ENCODED_MESSAGE`, or `version` of what is
// linked; one JSON object a line.
package main

import (
	"context"
	"encoding/json"
	"errors"
	"log"
	"os"
	"runtime/debug"
	"strconv"
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/config"
	"github.com/aws/aws-sdk-go-v2/credentials"
	"github.com/aws/aws-sdk-go-v2/service/sts"
	"github.com/aws/aws-sdk-go-v2/service/sts/types"
	"github.com/aws/smithy-go"
)

const sessionPolicy = `{"Version": "2012-10-17", "Statement":
    {"Effect": "Allow", "Action": "sts:*", "Resource": "*"}}`
const taskPolicy = "arn:aws:iam::aws:policy/root-task/IAMAuditRootUserCredentials"

func main() {
	ctx := context.Background()
	chain, err := config.LoadDefaultConfig(ctx)
	if err != nil {
		log.Fatal(err)
	}
	switch arguments := os.Args[1:]; {
	case len(arguments) == 1 && arguments[0] == "identity":
		identity(ctx, sts.NewFromConfig(chain), 1)
	case len(arguments) == 2 && arguments[0] == "identity":
		calls, err := strconv.Atoi(arguments[1])
		if err != nil {
			log.Fatal(err)
		}
		identity(ctx, sts.NewFromConfig(chain), calls)
	case len(arguments) == 1 && arguments[0] == "version":
		version()
	case len(arguments) == 4 && arguments[0] == "operations":
		operations(ctx, chain, arguments[1], arguments[2], arguments[3])
	default:
		log.Fatal("identity [CALLS], operations ROLE_ARN POLICY_ARN ENCODED_MESSAGE, or version")
	}
}

// The last call counts; those before it may fail.
func identity(ctx context.Context, client *sts.Client, calls int) {
	for range calls - 1 {
		_, _ = client.GetCallerIdentity(ctx, &sts.GetCallerIdentityInput{})
	}
	answer, err := client.GetCallerIdentity(ctx, &sts.GetCallerIdentityInput{})
	if err != nil {
		log.Fatal(err)
	}
	show(map[string]any{"Arn": answer.Arn, "UserId": answer.UserId, "Account": answer.Account})
}

func version() {
	built, ok := debug.ReadBuildInfo()
	if !ok {
		log.Fatal("built without module support")
	}
	versions := map[string]any{}
	for _, module := range built.Deps {
		switch name := strings.TrimPrefix(module.Path, "github.com/aws/"); name {
		case "aws-sdk-go-v2", "aws-sdk-go-v2/config", "aws-sdk-go-v2/feature/ec2/imds":
			versions[name] = strings.TrimPrefix(module.Version, "v")
		}
	}
	show(versions)
}

func operations(ctx context.Context, chain aws.Config, role, policy, message string) {
	client := sts.NewFromConfig(chain)
	policies := []types.PolicyDescriptorType{{Arn: &policy}}
	tags := []types.Tag{{Key: aws.String("project"), Value: aws.String("blue")}}

	if answer, err := client.AssumeRole(ctx, &sts.AssumeRoleInput{
		RoleArn:           &role,
		RoleSessionName:   aws.String("operations"),
		Policy:            aws.String(sessionPolicy),
		PolicyArns:        policies,
		Tags:              tags,
		TransitiveTagKeys: []string{"project"},
		SourceIdentity:    aws.String("alice"),
		ExternalId:        aws.String("open"),
		DurationSeconds:   aws.Int32(900),
	}); err != nil {
		refused("AssumeRole", err)
	} else {
		answered("AssumeRole", whose(ctx, chain, answer.Credentials))
	}

	if answer, err := client.GetSessionToken(ctx, &sts.GetSessionTokenInput{
		DurationSeconds: aws.Int32(900),
	}); err != nil {
		refused("GetSessionToken", err)
	} else {
		answered("GetSessionToken", whose(ctx, chain, answer.Credentials))
	}

	if answer, err := client.GetFederationToken(ctx, &sts.GetFederationTokenInput{
		Name:            aws.String("bob"),
		Policy:          aws.String(sessionPolicy),
		PolicyArns:      policies,
		Tags:            tags,
		DurationSeconds: aws.Int32(900),
	}); err != nil {
		refused("GetFederationToken", err)
	} else {
		answered("GetFederationToken", whose(ctx, chain, answer.Credentials))
	}

	if answer, err := client.AssumeRoot(ctx, &sts.AssumeRootInput{
		TargetPrincipal: aws.String("444455556666"),
		TaskPolicyArn:   &types.PolicyDescriptorType{Arn: aws.String(taskPolicy)},
		DurationSeconds: aws.Int32(900),
	}); err != nil {
		refused("AssumeRoot", err)
	} else {
		answered("AssumeRoot", whose(ctx, chain, answer.Credentials))
	}

	if answer, err := client.GetAccessKeyInfo(ctx, &sts.GetAccessKeyInfoInput{
		AccessKeyId: aws.String("ASIAY34FZKBOKMUTVV7A"),
	}); err != nil {
		refused("GetAccessKeyInfo", err)
	} else {
		answered("GetAccessKeyInfo", answer.Account)
	}

	if answer, err := client.DecodeAuthorizationMessage(ctx, &sts.DecodeAuthorizationMessageInput{
		EncodedMessage: &message,
	}); err != nil {
		refused("DecodeAuthorizationMessage", err)
	} else {
		answered("DecodeAuthorizationMessage", answer.DecodedMessage)
	}
}

// whose says whose credentials these are, as GetCallerIdentity does when it is asked with them.
func whose(ctx context.Context, chain aws.Config, minted *types.Credentials) *string {
	client := sts.NewFromConfig(chain, func(options *sts.Options) {
		options.Credentials = credentials.NewStaticCredentialsProvider(
			*minted.AccessKeyId, *minted.SecretAccessKey, *minted.SessionToken)
	})
	answer, err := client.GetCallerIdentity(ctx, &sts.GetCallerIdentityInput{})
	if err != nil {
		log.Fatal(err)
	}
	return answer.Arn
}

func answered(operation string, answer *string) {
	show(map[string]any{"operation": operation, "ok": true, "code": nil, "answer": answer})
}

func refused(operation string, err error) {
	var said smithy.APIError
	if !errors.As(err, &said) {
		log.Fatal(operation, ": ", err) // nothing that the STS said
	}
	show(map[string]any{"operation": operation, "ok": false, "code": said.ErrorCode(), "answer": nil})
}

func show(line map[string]any) {
	if err := json.NewEncoder(os.Stdout).Encode(line); err != nil {
		log.Fatal(err)
	}
}
