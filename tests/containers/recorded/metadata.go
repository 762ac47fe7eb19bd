// Task metadata of one known task (the one of tests/conftest.py), in the shapes and the member
// order of the agent's documents, and its task protection endpoint.
package main

import (
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"time"

	"github.com/gorilla/mux"
)

const endpoint = "5b7c1ad6-2a4f-4b1a-9d5c-0e8f6d3c2b1a"
const taskARN = "arn:aws:ecs:us-east-1:111122223333:task/default/00000000000000000000000000000000"

type limits struct {
	CPU    *float64 `json:"CPU,omitempty"`
	Memory *int64   `json:"Memory,omitempty"`
}

type port struct {
	ContainerPort uint16 `json:"ContainerPort,omitempty"`
	Protocol      string `json:"Protocol,omitempty"`
	HostPort      uint16 `json:"HostPort,omitempty"`
}

type addresses struct {
	NetworkMode   string   `json:"NetworkMode,omitempty"`
	IPv4Addresses []string `json:"IPv4Addresses,omitempty"`
	IPv6Addresses []string `json:"IPv6Addresses,omitempty"`
}

type interfaceV4 struct {
	addresses
	AttachmentIndex          *int     `json:"AttachmentIndex,omitempty"`
	MACAddress               string   `json:"MACAddress,omitempty"`
	IPv4SubnetCIDRBlock      string   `json:"IPv4SubnetCIDRBlock,omitempty"`
	DomainNameServers        []string `json:"DomainNameServers,omitempty"`
	DomainNameSearchList     []string `json:"DomainNameSearchList,omitempty"`
	PrivateDNSName           string   `json:"PrivateDNSName,omitempty"`
	SubnetGatewayIpv4Address string   `json:"SubnetGatewayIpv4Address,omitempty"`
}

type container struct {
	DockerId, Name, DockerName, Image, ImageID string
	Ports                                      []port            `json:"Ports,omitempty"`
	Labels                                     map[string]string `json:"Labels,omitempty"`
	DesiredStatus, KnownStatus                 string
	ExitCode                                   *int `json:"ExitCode,omitempty"`
	Limits                                     limits
	CreatedAt                                  *time.Time  `json:"CreatedAt,omitempty"`
	StartedAt                                  *time.Time  `json:"StartedAt,omitempty"`
	Type                                       string
	Networks                                   []addresses `json:"Networks,omitempty"`
	LogDriver                                  string      `json:"LogDriver,omitempty"`
	ContainerARN                               string      `json:"ContainerARN,omitempty"`
}

type containerV4 struct {
	*container
	Networks    []interfaceV4 `json:"Networks,omitempty"`
	Snapshotter string        `json:"Snapshotter,omitempty"`
}

type task struct {
	Cluster, TaskARN, Family, Revision string
	DesiredStatus                      string `json:"DesiredStatus,omitempty"`
	KnownStatus                        string
	Containers                         []container       `json:"Containers,omitempty"`
	Limits                             *limits           `json:"Limits,omitempty"`
	PullStartedAt                      *time.Time        `json:"PullStartedAt,omitempty"`
	PullStoppedAt                      *time.Time        `json:"PullStoppedAt,omitempty"`
	ExecutionStoppedAt                 *time.Time        `json:"ExecutionStoppedAt,omitempty"`
	AvailabilityZone                   string            `json:"AvailabilityZone,omitempty"`
	TaskTags                           map[string]string `json:"TaskTags,omitempty"`
	LaunchType                         string            `json:"LaunchType,omitempty"`
}

type taskV4 struct {
	*task
	Containers            []containerV4 `json:"Containers,omitempty"`
	VPCID                 string        `json:"VPCID,omitempty"`
	ServiceName           string        `json:"ServiceName,omitempty"`
	ClockDrift            *struct{}     `json:"ClockDrift,omitempty"`
	FaultInjectionEnabled bool          `json:"FaultInjectionEnabled"`
}

func pointer[T any](value T) *T { return &value }

func at(text string) *time.Time {
	moment, err := time.Parse(time.RFC3339Nano, text)
	if err != nil {
		panic(err)
	}
	return &moment
}

func repeated(digit string, count int) string {
	text := ""
	for len(text) < count {
		text += digit
	}
	return text
}

func made(name, dockerID, dockerName, image, digit, arn string, cpu float64, memory int64, ports []port, labels map[string]string) container {
	labels["com.amazonaws.ecs.cluster"] = "default"
	labels["com.amazonaws.ecs.container-name"] = name
	labels["com.amazonaws.ecs.task-arn"] = taskARN
	labels["com.amazonaws.ecs.task-definition-family"] = "api"
	labels["com.amazonaws.ecs.task-definition-version"] = "3"
	return container{
		DockerId: dockerID + repeated("0", 61), Name: name, DockerName: dockerName, Image: image,
		ImageID: "sha256:" + repeated(digit, 64), Ports: ports, Labels: labels,
		DesiredStatus: "RUNNING", KnownStatus: "RUNNING",
		Limits:    limits{&cpu, &memory},
		CreatedAt: at("2026-01-02T01:59:57.12Z"), StartedAt: at("2026-01-02T01:59:59.12Z"), Type: "NORMAL",
		Networks:     []addresses{{NetworkMode: "awsvpc", IPv4Addresses: []string{"172.31.0.12"}}},
		ContainerARN: "arn:aws:ecs:us-east-1:111122223333:container/default/" + repeated("0", 32) + "/" + arn,
	}
}

func containers() []container {
	return []container{
		made("web", "d0c", "ecs-api-3-web-c2e5f6e0cf91b0bead01", "web:<1>", "1", "c1", 10, 128,
			[]port{{8080, "tcp", 8080}, {53, "udp", 53}}, map[string]string{"who": "us & them"}),
		made("log", "a11", "ecs-api-3-log-0123456789abcdef0123", "log", "2", "c2", 0, 0, nil, map[string]string{}),
	}
}

func inV4(each container) containerV4 {
	return containerV4{container: &each, Networks: []interfaceV4{{
		addresses: each.Networks[0], AttachmentIndex: pointer(0), MACAddress: "02:6a:11:22:33:44",
		IPv4SubnetCIDRBlock: "172.31.0.0/20", DomainNameServers: []string{"172.31.0.2"},
		DomainNameSearchList: []string{"ec2.internal"}, PrivateDNSName: "ip-172-31-0-12.ec2.internal",
		SubnetGatewayIpv4Address: "172.31.0.1/20",
	}}}
}

func inV2(tags bool) *task {
	answer := &task{
		Cluster: "default", TaskARN: taskARN, Family: "api", Revision: "3",
		DesiredStatus: "RUNNING", KnownStatus: "RUNNING", Containers: containers(),
		Limits:        &limits{pointer(0.25), pointer(int64(512))},
		PullStartedAt: at("2026-01-02T01:59:51.12Z"), PullStoppedAt: at("2026-01-02T01:59:56.12Z"),
		AvailabilityZone: "us-east-1a", LaunchType: "EC2",
	}
	if tags {
		answer.TaskTags = map[string]string{"team": "R&D"}
	}
	return answer
}

func write(w http.ResponseWriter, status int, value any) {
	body, _ := json.Marshal(value)
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(status)
	w.Write(body)
}

// answering gives each handler the version of its route, and refuses unknown ids in its words.
func answering(routes *mux.Router, version int, path string, unknown int, told string, answer func() any) {
	routes.HandleFunc(fmt.Sprintf("/v%d/{id:[^/]*}%s", version, path), func(w http.ResponseWriter, r *http.Request) {
		id := mux.Vars(r)["id"]
		if id == endpoint {
			write(w, 200, answer())
			return
		}
		write(w, unknown, fmt.Sprintf("V%d %s%s", version, told, id))
	})
}

const noTask = "unable to get task arn from request: unable to get task Arn from v3 endpoint ID: "
const noContainer = "unable to get container ID from request: unable to get docker ID from v3 endpoint ID: "

func metadata(routes *mux.Router) {
	for _, version := range []int{3, 4} {
		status, statistics := 500, 400
		if version == 4 {
			status, statistics = 404, 404
		}
		answering(routes, version, "", status, "container metadata handler: "+noContainer, func() any {
			if version == 4 {
				return inV4(containers()[0])
			}
			return containers()[0]
		})
		for path, tags := range map[string]bool{"/task": false, "/taskWithTags": true} {
			answering(routes, version, path, status, "task metadata handler: "+noTask, func() any {
				if version == 4 {
					inner := inV2(tags)
					inner.Containers = nil
					answer := taskV4{task: inner, VPCID: "vpc-0a", ServiceName: "api"}
					for _, each := range containers() {
						answer.Containers = append(answer.Containers, inV4(each))
					}
					return answer
				}
				return inV2(tags)
			})
		}
		answering(routes, version, "/stats", statistics, "container stats handler: "+noTask, nil)
		answering(routes, version, "/task/stats", statistics, "task stats handler: "+noTask, nil)
	}
	byAddress := func(w http.ResponseWriter, r *http.Request) {
		write(w, 400, "Unable to get task arn from request: unable to associate '172.30.0.11' with task")
	}
	for _, path := range []string{"/v2/metadata", "/v2/metadata/", "/v2/metadata/{id:.+}", "/v2/metadataWithTags", "/v2/metadataWithTags/", "/v2/stats", "/v2/stats/", "/v2/stats/{id:.+}"} {
		routes.HandleFunc(path, byAddress)
	}
}

type protected struct {
	ExpirationDate    *time.Time
	ProtectionEnabled bool
	TaskArn           *string
}

type problem struct {
	Arn           string `json:"Arn,omitempty"`
	Code, Message string
}

type envelope struct {
	RequestID  *string    `json:"requestID,omitempty"`
	Protection *protected `json:"protection,omitempty"`
	Error      *problem   `json:"error,omitempty"`
}

func protection(routes *mux.Router) {
	path := "/api/{id:[^/]*}/task-protection/v1/state"
	notFound := envelope{Error: &problem{"", "ResourceNotFoundException", "Failed to find a task for the request"}}
	routes.HandleFunc(path, func(w http.ResponseWriter, r *http.Request) {
		if mux.Vars(r)["id"] != endpoint {
			write(w, 404, notFound)
			return
		}
		write(w, 200, envelope{Protection: &protected{nil, false, pointer(taskARN)}})
	}).Methods("GET")
	routes.HandleFunc(path, func(w http.ResponseWriter, r *http.Request) {
		var asked struct {
			ProtectionEnabled *bool
			ExpiresInMinutes  *int64
		}
		decoder := json.NewDecoder(r.Body)
		decoder.DisallowUnknownFields()
		err := decoder.Decode(&asked)
		io.Copy(io.Discard, r.Body)
		if err != nil {
			write(w, 400, envelope{Error: &problem{"", "InvalidParameterException", "UpdateTaskProtection: failed to decode request"}})
			return
		}
		if mux.Vars(r)["id"] != endpoint {
			write(w, 404, notFound)
			return
		}
		if asked.ProtectionEnabled == nil {
			write(w, 400, envelope{Error: &problem{taskARN, "InvalidParameterException", "Invalid request: does not contain 'ProtectionEnabled' field"}})
			return
		}
		answer := protected{nil, *asked.ProtectionEnabled, pointer(taskARN)}
		if *asked.ProtectionEnabled {
			minutes := int64(120)
			if asked.ExpiresInMinutes != nil {
				minutes = *asked.ExpiresInMinutes
			}
			answer.ExpirationDate = pointer(at("2026-01-02T03:04:05Z").Add(time.Duration(minutes) * time.Minute))
		}
		write(w, 200, envelope{Protection: &answer})
	}).Methods("PUT")
}
