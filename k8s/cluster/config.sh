# Configuration files of containerd, CNI, kubelet and kube-proxy. Sourced by up.sh.

write_config() {
  mkdir -p "$STATE/cni"
  cat >"$STATE/cni/10-bridge.conflist" <<X
{"cniVersion":"0.4.0","name":"plimsoll","plugins":[{"type":"bridge","bridge":"cni0","isGateway":true,"ipMasq":true,"hairpinMode":true,
 "ipam":{"type":"host-local","ranges":[[{"subnet":"$POD_CIDR"}]],"routes":[{"dst":"0.0.0.0/0"}],"dataDir":"$STATE/cni/ipam"}},
 {"type":"portmap","capabilities":{"portMappings":true}}]}
X
  # restrict_oom_score_adj: needed where CAP_SYS_RESOURCE is missing
  cat >"$STATE/containerd.toml" <<X
version = 2
root = "$STATE/containerd"
state = "/run/containerd"
[grpc]
  address = "/run/containerd/containerd.sock"
[plugins."io.containerd.grpc.v1.cri"]
  sandbox_image = "docker.io/plimsoll/pause:dev"
  restrict_oom_score_adj = true
  disable_apparmor = true
  [plugins."io.containerd.grpc.v1.cri".cni]
    bin_dir = "$PACKAGES/usr/lib/cni"
    conf_dir = "$STATE/cni"
X
  # crashLoopBackOff keeps repeated OOM kills quick; syncFrequency keeps a changed ConfigMap quick.
  # KubeletInUserNamespace lets kubelet go on where it may not set sysctls (see node.sh) or oom_score_adj.
  cat >"$STATE/kubelet.yaml" <<X
apiVersion: kubelet.config.k8s.io/v1beta1
kind: KubeletConfiguration
authentication: {anonymous: {enabled: false}, webhook: {enabled: true}, x509: {clientCAFile: $STATE/pki/ca.crt}}
authorization: {mode: Webhook}
cgroupDriver: cgroupfs
cgroupRoot: /$CGROUP
failCgroupV1: false
failSwapOn: false
clusterDNS: [$DNS_IP]
clusterDomain: cluster.local
containerRuntimeEndpoint: unix:///run/containerd/containerd.sock
tlsCertFile: $STATE/pki/kubelet-serving.crt
tlsPrivateKeyFile: $STATE/pki/kubelet-serving.key
address: $NODE_IP
evictionHard: {memory.available: 100Mi, nodefs.available: "1%", imagefs.available: "1%"}
imageGCHighThresholdPercent: 100
localStorageCapacityIsolation: false
resolvConf: /dev/null
syncFrequency: 10s
crashLoopBackOff: {maxContainerRestartPeriod: 5s}
featureGates: {KubeletInUserNamespace: true, KubeletCrashLoopBackOffMax: true}
podLogsDir: $STATE/podlogs
X
  cat >"$STATE/kube-proxy.yaml" <<X
apiVersion: kubeproxy.config.k8s.io/v1alpha1
kind: KubeProxyConfiguration
clientConnection: {kubeconfig: $STATE/kube-proxy.conf}
mode: iptables
clusterCIDR: $POD_CIDR
hostnameOverride: $NODE_NAME
conntrack: {maxPerCore: 0, min: 0, tcpEstablishedTimeout: 0s, tcpCloseWaitTimeout: 0s}
X
}
