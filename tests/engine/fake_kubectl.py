#!/usr/bin/env python3
"""A kubectl with a cluster of one Deployment inside, for tests of `plimsoll run` without Kubernetes.

FAKE_CLUSTER names a folder: settings.json says what is wrong with the cluster (keys below), requests.log gets
a line for each request, and what stands in the cluster at the end is written to left.json.
"""
import http.server
import json
import os
import pathlib
import re
import socketserver
import sys
import threading
import time
import urllib.parse

FOLDER = pathlib.Path(os.environ["FAKE_CLUSTER"])
SETTINGS = {"denied": [], "metrics": True, "prometheus": True, "receiver": True, "ready": True, "stuck": False, "bad_rules": False,
            "exec_exit": 0, "prometheus_fails_after": None,
            **json.loads((FOLDER / "settings.json").read_text())}
KINDS = {"/api/v1": {"Namespace": "namespaces", "Service": "services", "ConfigMap": "configmaps", "Pod": "pods"},
         "/apis/apps/v1": {"Deployment": "deployments"}, "/apis/batch/v1": {"Job": "jobs"},
         "/apis/autoscaling/v2": {"HorizontalPodAutoscaler": "horizontalpodautoscalers"}}
PROMETHEUS = "/api/v1/namespaces/monitoring/services/prometheus:9090/proxy"
RECEIVER = "/api/v1/namespaces/monitoring/services/receiver:8080/proxy"
ALERTMANAGER = "/api/v1/namespaces/monitoring/services/alertmanager:9093/proxy"
RULES = "/api/v1/namespaces/monitoring/configmaps/prometheus-rules"


def merge(old, new):
    if not isinstance(new, dict):
        return new
    merged = dict(old) if isinstance(old, dict) else {}
    for key, value in new.items():
        if value is None:
            merged.pop(key, None)
        else:
            merged[key] = merge(merged.get(key), value)
    return merged


class Cluster:
    def __init__(self):
        self.objects = {RULES: {"data": {}}, "/api/v1/namespaces/default": {}, "/api/v1/namespaces/monitoring": {},
                        "/api/v1/namespaces/kept": {},
                        "/api/v1/namespaces/kept/services/theirs": {"metadata": {"name": "theirs"}},
                        "/api/v1/namespaces/monitoring/services/prometheus": {"spec": {"selector": {"app": "prometheus"}}},
                        "/api/v1/namespaces/monitoring/pods/prometheus-1": {"metadata": {"name": "prometheus-1", "labels": {"app": "prometheus"}}}}
        self.loaded = {}
        self.began = time.monotonic()

    def pods(self, namespace):
        deployment = self.objects.get(f"/apis/apps/v1/namespaces/{namespace}/deployments/target")
        if not deployment:
            return []
        labels = deployment["spec"]["template"]["metadata"]["labels"]
        state = {"running": {}} if SETTINGS["ready"] else {"waiting": {"reason": "ImagePullBackOff", "message": "no such image"}}
        return [{"metadata": {"name": "target-1", "uid": "1", "labels": labels},
                 "status": {"phase": "Running", "conditions": [{"type": "Ready", "status": str(SETTINGS["ready"])}],
                            "containerStatuses": [{"name": "target", "ready": SETTINGS["ready"], "restartCount": 0, "state": state}]}}]

    def rules(self):
        groups = [group for text in self.loaded.values() for group in json.loads(text)["groups"]]
        for group in groups:
            for rule in group["rules"]:
                rule.update({"name": rule["alert"], "health": "err" if SETTINGS["bad_rules"] else "unknown",
                             "lastError": "made up" if SETTINGS["bad_rules"] else "", "alerts": []})
        return {"status": "success", "data": {"groups": groups}}

    def prometheus(self, method, path):
        after = SETTINGS["prometheus_fails_after"]
        if not SETTINGS["prometheus"] or (after is not None and time.monotonic() - self.began > after):
            return 503, {"kind": "Status", "message": 'no endpoints available for service "prometheus:9090"'}
        if path == "/-/reload" and method == "POST":
            self.loaded = dict(self.objects[RULES]["data"])
        if path == "/api/v1/rules":
            return 200, self.rules()
        return 200, {}

    def answer(self, method, path, query, body):
        if path == "/version":
            return 200, {"gitVersion": "v1.34.4"}
        if path.endswith("/selfsubjectaccessreviews"):
            asked = body["spec"]["resourceAttributes"]
            return 201, {"status": {"allowed": f"{asked['verb']} {asked['resource']}" not in SETTINGS["denied"]}}
        if path.endswith("/v1beta1.metrics.k8s.io"):
            return (200, {"status": {"conditions": [{"type": "Available", "status": "True"}]}}) if SETTINGS["metrics"] else (404, {})
        if path in KINDS:
            return 200, {"resources": [{"name": plural, "kind": kind, "namespaced": kind != "Namespace"} for kind, plural in KINDS[path].items()]}
        if path.startswith(PROMETHEUS):
            return self.prometheus(method, path[len(PROMETHEUS):])
        if path.startswith(RECEIVER):
            return (200, {"ok": True, "instance": "i", "last_seq": 0}) if SETTINGS["receiver"] else (503, {"message": "no endpoints"})
        if path.startswith(ALERTMANAGER):
            return 200, {}
        return self.object(method, path, query, body)

    def object(self, method, path, query, body):
        listed = re.fullmatch(r"(/api/v1|/apis/[^/]+/v\d)/namespaces/([^/]+)/(\w+)", path)
        if method == "POST" and path == "/api/v1/namespaces":
            self.objects[f"{path}/{body['metadata']['name']}"] = body
            return 201, body
        if method == "PATCH":
            self.objects[path] = merge(self.objects.get(path, {}), body)
            return 200, self.objects[path]
        if method == "DELETE":
            if path == "/api/v1/namespaces/" + path.split("/")[-1]:
                if SETTINGS["stuck"]:
                    self.objects[path].setdefault("status", {})["conditions"] = [
                        {"type": "NamespaceFinalizersRemaining", "status": "True", "message": "a finalizer holds it"}]
                    return 200, {}
                name = path.split("/")[-1]
                self.objects = {key: value for key, value in self.objects.items() if f"/namespaces/{name}" not in key}
            elif listed:
                self.objects = {key: value for key, value in self.objects.items() if not key.startswith(path + "/")}
            return (200, {}) if self.objects.pop(path, None) is not None else (404, {})
        if listed and path not in self.objects:
            namespace, plural = listed.group(2), listed.group(3)
            items = self.pods(namespace) if plural == "pods" and namespace != "monitoring" else [
                value for key, value in self.objects.items() if key.startswith(path + "/")]
            return 200, {"items": items}
        if path not in self.objects:
            return 404, {"kind": "Status", "message": f"{path} not found"}
        found = self.objects[path]
        if "/deployments/" in path:
            ready = 1 if SETTINGS["ready"] else 0
            found = merge(found, {"status": {"replicas": 1, "readyReplicas": ready, "updatedReplicas": 1, "availableReplicas": ready}})
        return 200, found


CLUSTER = Cluster()
if (FOLDER / "left.json").exists():  # a proxy that was killed and started again
    CLUSTER.objects = json.loads((FOLDER / "left.json").read_text())


LOCK = threading.Lock()


class Handler(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def handle_any(self):
        length = int(self.headers.get("Content-Length", 0))
        body = json.loads(self.rfile.read(length)) if length else None
        parts = urllib.parse.urlsplit(self.path)
        with open(FOLDER / "requests.log", "a") as log:
            log.write(f"{self.command} {self.path}\n")
        status, answer = CLUSTER.answer(self.command, parts.path, parts.query, body)
        text = b"" if "/deliveries" in parts.path else json.dumps(answer).encode()
        with LOCK:
            (FOLDER / "left.json.new").write_text(json.dumps(CLUSTER.objects))
            (FOLDER / "left.json.new").rename(FOLDER / "left.json")
        self.send_response(status)
        self.send_header("Content-Length", str(len(text)))
        self.end_headers()
        self.wfile.write(text)

    do_GET = do_POST = do_PATCH = do_DELETE = handle_any

    def log_message(self, *args):
        pass

    def address_string(self):
        return "unix"


class Server(socketserver.ThreadingMixIn, socketserver.UnixStreamServer):
    daemon_threads = True


def main(arguments):
    if arguments[0].startswith("--context="):
        arguments = arguments[1:]
    if arguments[:2] == ["config", "current-context"]:
        print("fake")
    elif arguments[0] == "proxy":
        with Server(arguments[1].split("=", 1)[1], Handler) as server:
            print("Starting to serve", flush=True)
            server.serve_forever()
    elif arguments[0] == "exec":
        print("burning")
        sys.exit(SETTINGS["exec_exit"])
    else:
        sys.exit(f"fake kubectl: unknown {arguments}")


main(sys.argv[1:])
