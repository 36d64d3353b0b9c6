# Certificates and kubeconfigs of one cluster life: made anew at each up, valid for 30 days. Sourced by up.sh.

certificate() { # NAME SUBJECT EXTENSION [CA]
  local name=$1 subject=$2 extension=$3 ca=${4:-ca}
  openssl req -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -keyout "$name.key" -out "$name.csr" -subj "$subject" 2>/dev/null
  openssl x509 -req -in "$name.csr" -CA "$ca.crt" -CAkey "$ca.key" -CAcreateserial -days 30 -out "$name.crt" \
    -extfile <(echo "$extension") 2>/dev/null
}

kubeconfig() { # NAME FILE: credentials embedded, one context
  local name=$1 config=(kubectl --kubeconfig="$2" config)
  "${config[@]}" set-cluster plimsoll --server="https://$NODE_IP:6443" --certificate-authority=ca.crt --embed-certs
  "${config[@]}" set-credentials "$name" --client-certificate="$name.crt" --client-key="$name.key" --embed-certs
  "${config[@]}" set-context plimsoll --cluster=plimsoll --user="$name"
  "${config[@]}" use-context plimsoll
} >/dev/null

make_pki() (
  umask 077
  mkdir -p "$STATE/pki"; cd "$STATE/pki"
  for ca in ca front-proxy-ca; do
    openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -keyout $ca.key -out $ca.crt -days 30 -subj "/CN=plimsoll-$ca" 2>/dev/null
  done
  openssl genrsa -out sa.key 2048 2>/dev/null; openssl rsa -in sa.key -pubout -out sa.pub 2>/dev/null
  certificate apiserver /CN=apiserver "subjectAltName=IP:$NODE_IP,IP:127.0.0.1,IP:$API_SERVICE_IP,DNS:kubernetes.default.svc"
  certificate admin /O=system:masters/CN=admin extendedKeyUsage=clientAuth
  certificate controller-manager /CN=system:kube-controller-manager extendedKeyUsage=clientAuth
  certificate scheduler /CN=system:kube-scheduler extendedKeyUsage=clientAuth
  certificate kube-proxy /CN=system:kube-proxy extendedKeyUsage=clientAuth
  certificate kubelet "/O=system:nodes/CN=system:node:$NODE_NAME" extendedKeyUsage=clientAuth
  certificate kubelet-serving "/CN=$NODE_NAME" "subjectAltName=IP:$NODE_IP,DNS:$NODE_NAME"
  certificate apiserver-kubelet /O=system:masters/CN=apiserver-kubelet extendedKeyUsage=clientAuth
  certificate front-proxy /CN=front-proxy-client extendedKeyUsage=clientAuth front-proxy-ca
  for user in controller-manager scheduler kube-proxy kubelet; do kubeconfig $user "$STATE/$user.conf"; done
  kubeconfig admin "$KUBECONFIG_FILE"
)
