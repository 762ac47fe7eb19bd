// The server of `aws-vault exec --ecs-server` (99designs/aws-vault 7, server/ecsserver.go): its checks,
// its routes and how it writes, around credentials that do not change.
package main

import (
	"encoding/json"
	"net/http"
)

func vaultError(w http.ResponseWriter, message string, status int) {
	w.Header().Set("Content-Type", "application/json; charset=utf-8")
	w.WriteHeader(status)
	json.NewEncoder(w).Encode(map[string]string{"Message": message})
}

func vault() http.Handler {
	answer := func(w http.ResponseWriter, r *http.Request) {
		json.NewEncoder(w).Encode(map[string]string{
			"AccessKeyId": held.AccessKeyId, "SecretAccessKey": held.SecretAccessKey,
			"Token": held.Token, "Expiration": held.Expiration,
		})
	}
	routes := http.NewServeMux()
	routes.HandleFunc("/", answer)
	routes.HandleFunc("/role-arn/", func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path == "/role-arn/arn:aws:iam::111122223333:role/none" {
			vaultError(w, "AccessDenied: no", 500)
			return
		}
		answer(w, r)
	})
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.Header.Get("Authorization") != "open-sesame" {
			vaultError(w, "invalid Authorization token", http.StatusForbidden)
			return
		}
		routes.ServeHTTP(w, r)
	})
}
