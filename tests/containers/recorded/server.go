// The servers that transcripts.json was recorded from, with Go 1.26: the routers and the limiter of
// the originals, in the versions that they pin, around handlers that answer one known workload.
//
//	github.com/gorilla/mux v1.8.0, github.com/didip/tollbooth v4.0.2+incompatible (amazon-ecs-agent)
//	github.com/go-chi/chi/v5 v5.2.3 (aws-lambda-runtime-interface-emulator)
//	github.com/golang-jwt/jwt/v5 v5.2.0 (eks-pod-identity-agent)
package main

import (
	"encoding/json"
	"fmt"
	"net"
	"net/http"
	"strings"

	"github.com/didip/tollbooth"
	chi "github.com/go-chi/chi/v5"
	"github.com/golang-jwt/jwt/v5"
	"github.com/gorilla/mux"
)

const known = "16105516-51c7-41a2-ad8a-ba7411f309a0"
const pending = "00000000-51c7-41a2-ad8a-ba7411f309a0"

type triple struct {
	AccessKeyId, SecretAccessKey, Token, Expiration string
}

var held = triple{"ASIAQQQQQQQQQQQQQQQQ", "wJalr/XUtn+FEMI", "IQoJ//b3JpZ2lu==", "2026-01-02T09:00:00Z"}

type failure struct {
	Code          string `json:"code"`
	Message       string `json:"message"`
	HTTPErrorCode int
}

func credentials(w http.ResponseWriter, version int, id string) {
	status, code, message := 200, "", ""
	switch id {
	case known:
	case "":
		status, code, message = 400, "NoIdInRequest", "No Credential ID in the request"
	case pending:
		status, code, message = 503, "CredentialsUninitialized", "Credentials uninitialized for ID"
	default:
		status, code, message = 400, "InvalidIdInRequest", "Credentials not found"
	}
	body, _ := json.Marshal(struct {
		RoleArn string
		triple
	}{"arn:aws:iam::111122223333:role/web", held})
	if code != "" {
		message = fmt.Sprintf("CredentialsV%dRequest: %s", version, message)
		body, _ = json.Marshal(failure{code, message, status})
	}
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(status)
	w.Write(body)
}

// The order of the EKS agent: host, token, its claims; then what the cloud says, here of one pod.
func podIdentity(w http.ResponseWriter, r *http.Request) {
	host, addresses := r.Host, []string{"169.254.170.23", "fd00:ec2::23"}
	if name, _, err := net.SplitHostPort(host); err == nil {
		host = name
	}
	if bare := strings.TrimSuffix(strings.TrimPrefix(host, "["), "]"); len(bare) == len(host)-2 {
		host = bare
	}
	if host != addresses[0] && host != addresses[1] {
		text := "Access Denied. Called agent through invalid address, please use either %s address not %s"
		http.Error(w, fmt.Sprintf(text, addresses, host), http.StatusForbidden)
		return
	}
	presented := r.Header.Get("Authorization")
	if presented == "" {
		http.Error(w, "Service account token cannot be empty", http.StatusBadRequest)
		return
	}
	token, _, err := jwt.NewParser().ParseUnverified(presented, &jwt.RegisteredClaims{})
	if err != nil {
		http.Error(w, fmt.Sprintf("Service account token cannot be parsed: %v", err), http.StatusBadRequest)
		return
	}
	if err := jwt.NewValidator().Validate(token.Claims); err != nil {
		text := fmt.Sprintf("Service account token failed basic claim validations: %v", err)
		http.Error(w, text, http.StatusBadRequest)
		return
	}
	if missing := missingOfPod(presented); missing != "" {
		text := "failed to get pod uid from service account token: Service account token missing " + missing
		http.Error(w, text, http.StatusBadRequest)
		return
	}
	body, _ := json.Marshal(struct {
		AccessKeyId, SecretAccessKey, Token, AccountId, Expiration string
	}{held.AccessKeyId, held.SecretAccessKey, held.Token, "111122223333", held.Expiration})
	w.Header().Add("Content-Type", "application/json")
	w.Write(body)
}

func missingOfPod(presented string) string {
	token, _, _ := jwt.NewParser().ParseUnverified(presented, jwt.MapClaims{})
	kubernetes, ok := token.Claims.(jwt.MapClaims)["kubernetes.io"].(map[string]interface{})
	if !ok {
		return "kubernetes.io claims"
	}
	pod, ok := kubernetes["pod"].(map[string]interface{})
	if !ok {
		return "pod claims"
	}
	if _, ok := pod["uid"].(string); !ok {
		return "pod uid"
	}
	return ""
}

func executionEnvironment(w http.ResponseWriter, r *http.Request) {
	status := http.StatusOK
	if r.Method != http.MethodGet {
		status = http.StatusMethodNotAllowed
	} else if r.Header.Get("Authorization") != "Bearer open-sesame" {
		status = http.StatusUnauthorized
	}
	if status != http.StatusOK {
		http.Error(w, http.StatusText(status), status)
		return
	}
	w.Header().Set("Content-Type", "application/json")
	w.Header().Set("Cache-Control", "private, max-age=43200, immutable")
	w.Write([]byte(`{"AvailabilityZoneID":"use1-az1"}`))
}

func main() {
	routes := mux.NewRouter().SkipClean(false)
	routes.HandleFunc("/v1/credentials", func(w http.ResponseWriter, r *http.Request) {
		credentials(w, 1, r.URL.Query().Get("id"))
	})
	routes.HandleFunc("/v2/credentials/{id:.*}", func(w http.ResponseWriter, r *http.Request) {
		credentials(w, 2, mux.Vars(r)["id"])
	})
	metadata(routes)
	protection(routes)
	ecs := mux.NewRouter().SkipClean(false)
	limiter := tollbooth.NewLimiter(40, nil).SetBurst(60)
	ecs.Handle("/{root:.*}", tollbooth.LimitHandler(limiter, routes))

	// One request in a thousand seconds: whoever comes second is turned away.
	throttled := mux.NewRouter().SkipClean(false)
	throttled.Handle("/{root:.*}", tollbooth.LimitHandler(tollbooth.NewLimiter(0.001, nil).SetBurst(1), routes))

	runtime := chi.NewRouter()
	lambda := chi.NewRouter()
	lambda.Get("/credentials", func(w http.ResponseWriter, r *http.Request) {
		if r.Header.Get("Authorization") != "open-sesame" {
			http.Error(w, "cannot get credentials for the provided token", http.StatusNotFound)
			return
		}
		body, _ := json.Marshal(held)
		fmt.Fprint(w, string(body))
	})
	runtime.Mount("/2021-04-23", lambda)

	eks := http.NewServeMux()
	eks.HandleFunc("/v1/credentials", podIdentity)

	for address, handler := range map[string]http.Handler{
		"127.0.0.1:18101": ecs,
		"127.0.0.1:18102": runtime,
		"127.0.0.1:18103": throttled,
		"127.0.0.1:18105": vault(),
		"127.0.0.1:18106": eks,
		"127.0.0.1:18107": http.HandlerFunc(executionEnvironment),
	} {
		listener, err := net.Listen("tcp", address)
		if err != nil {
			panic(err)
		}
		go http.Serve(listener, handler)
	}
	select {}
}
