// The servers that transcripts.json was recorded from, with Go 1.26: the routers and the limiter of
// the originals, in the versions that they pin, around handlers that answer one known workload.
//
//	github.com/gorilla/mux v1.8.0, github.com/didip/tollbooth v4.0.2+incompatible (amazon-ecs-agent)
//	github.com/go-chi/chi/v5 v5.2.3 (aws-lambda-runtime-interface-emulator)
package main

import (
	"encoding/json"
	"fmt"
	"net"
	"net/http"

	"github.com/didip/tollbooth"
	chi "github.com/go-chi/chi/v5"
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

	for address, handler := range map[string]http.Handler{"127.0.0.1:18101": ecs, "127.0.0.1:18102": runtime, "127.0.0.1:18103": throttled, "127.0.0.1:18105": vault()} {
		listener, err := net.Listen("tcp", address)
		if err != nil {
			panic(err)
		}
		go http.Serve(listener, handler)
	}
	select {}
}
