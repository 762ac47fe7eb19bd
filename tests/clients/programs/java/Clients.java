import java.util.Arrays;
import java.util.function.Supplier;
import software.amazon.awssdk.auth.credentials.AwsSessionCredentials;
import software.amazon.awssdk.auth.credentials.StaticCredentialsProvider;
import software.amazon.awssdk.awscore.exception.AwsServiceException;
import software.amazon.awssdk.core.exception.SdkException;
import software.amazon.awssdk.core.util.VersionInfo;
import software.amazon.awssdk.services.sts.StsClient;
import software.amazon.awssdk.services.sts.model.AssumeRoleRequest;
import software.amazon.awssdk.services.sts.model.AssumeRootRequest;
import software.amazon.awssdk.services.sts.model.Credentials;
import software.amazon.awssdk.services.sts.model.DecodeAuthorizationMessageRequest;
import software.amazon.awssdk.services.sts.model.GetAccessKeyInfoRequest;
import software.amazon.awssdk.services.sts.model.GetFederationTokenRequest;
import software.amazon.awssdk.services.sts.model.GetSessionTokenRequest;
import software.amazon.awssdk.services.sts.model.PolicyDescriptorType;
import software.amazon.awssdk.services.sts.model.Tag;

/**
 * The default chain of the AWS SDK for Java v2: who it is, or every STS operation there is.
 *
 * <p>`identity [CALLS]`, `operations ROLE_ARN POLICY_ARN ENCODED_MESSAGE`, or `version` of what is
 * linked; one JSON object a line.
 */
public final class Clients {
    private static final String SESSION_POLICY =
            """
            {"Version": "2012-10-17", "Statement":
                {"Effect": "Allow", "Action": "sts:*", "Resource": "*"}}""";
    private static final String TASK_POLICY =
            "arn:aws:iam::aws:policy/root-task/IAMAuditRootUserCredentials";

    public static void main(String[] arguments) {
        try (StsClient sts = StsClient.create()) {
            if (Arrays.equals(arguments, new String[] {"identity"})) {
                identity(sts, 1);
            } else if (arguments.length == 2 && arguments[0].equals("identity")) {
                identity(sts, Integer.parseInt(arguments[1]));
            } else if (Arrays.equals(arguments, new String[] {"version"})) {
                System.out.printf("{\"aws-sdk-java\": %s}%n", quoted(VersionInfo.SDK_VERSION));
            } else if (arguments.length == 4 && arguments[0].equals("operations")) {
                operations(sts, arguments[1], arguments[2], arguments[3]);
            } else {
                throw new IllegalArgumentException(
                        "identity [CALLS], operations ROLE_ARN POLICY_ARN ENCODED_MESSAGE, or version");
            }
        }
    }

    /** The last call counts; those before it may fail. */
    private static void identity(StsClient sts, int calls) {
        for (int call = 1; call < calls; call++) {
            try {
                sts.getCallerIdentity();
            } catch (SdkException failed) {
                // what it leaves behind shows in the next call
            }
        }
        var answer = sts.getCallerIdentity();
        System.out.printf(
                "{\"Arn\": %s, \"UserId\": %s, \"Account\": %s}%n",
                quoted(answer.arn()), quoted(answer.userId()), quoted(answer.account()));
    }

    private static void operations(StsClient sts, String role, String policyArn, String message) {
        var policy = PolicyDescriptorType.builder().arn(policyArn).build();
        var taskPolicy = PolicyDescriptorType.builder().arn(TASK_POLICY).build();
        var tag = Tag.builder().key("project").value("blue").build();

        var assumeRole = AssumeRoleRequest.builder()
                .roleArn(role)
                .roleSessionName("operations")
                .policy(SESSION_POLICY)
                .policyArns(policy)
                .tags(tag)
                .transitiveTagKeys("project")
                .sourceIdentity("alice")
                .externalId("open")
                .durationSeconds(900)
                .build();
        call("AssumeRole", () -> whose(sts.assumeRole(assumeRole).credentials()));

        var getSessionToken = GetSessionTokenRequest.builder().durationSeconds(900).build();
        call("GetSessionToken", () -> whose(sts.getSessionToken(getSessionToken).credentials()));

        var federate = GetFederationTokenRequest.builder()
                .name("bob")
                .policy(SESSION_POLICY)
                .policyArns(policy)
                .tags(tag)
                .durationSeconds(900)
                .build();
        call("GetFederationToken", () -> whose(sts.getFederationToken(federate).credentials()));

        var assumeRoot = AssumeRootRequest.builder()
                .targetPrincipal("444455556666")
                .taskPolicyArn(taskPolicy)
                .durationSeconds(900)
                .build();
        call("AssumeRoot", () -> whose(sts.assumeRoot(assumeRoot).credentials()));

        var key = GetAccessKeyInfoRequest.builder().accessKeyId("ASIAY34FZKBOKMUTVV7A").build();
        call("GetAccessKeyInfo", () -> sts.getAccessKeyInfo(key).account());

        var decode = DecodeAuthorizationMessageRequest.builder().encodedMessage(message).build();
        call(
                "DecodeAuthorizationMessage",
                () -> sts.decodeAuthorizationMessage(decode).decodedMessage());
    }

    /** Whose credentials these are, as GetCallerIdentity says when it is asked with them. */
    private static String whose(Credentials minted) {
        var theirs =
                AwsSessionCredentials.create(
                        minted.accessKeyId(), minted.secretAccessKey(), minted.sessionToken());
        var provider = StaticCredentialsProvider.create(theirs);
        try (StsClient sts = StsClient.builder().credentialsProvider(provider).build()) {
            return sts.getCallerIdentity().arn();
        }
    }

    private static void call(String operation, Supplier<String> answered) {
        String ok = "true";
        String code = "null";
        String answer = "null";
        try {
            answer = quoted(answered.get());
        } catch (AwsServiceException error) { // anything else is nothing that the STS said
            ok = "false";
            code = quoted(error.awsErrorDetails().errorCode());
        }
        System.out.printf(
                "{\"operation\": \"%s\", \"ok\": %s, \"code\": %s, \"answer\": %s}%n",
                operation, ok, code, answer);
    }

    private static String quoted(String text) {
        return '"' + text.replace("\\", "\\\\").replace("\"", "\\\"") + '"';
    }
}
