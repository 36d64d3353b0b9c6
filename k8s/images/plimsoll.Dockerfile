# The scenario runner; in a pod it is the webhook receiver. No shell.
# Build from the root of the repository: docker build -f k8s/images/plimsoll.Dockerfile -t plimsoll/plimsoll:dev .
# The build stage is the same in every Dockerfile here up to the last two lines, so a builder makes it once.
FROM debian:bookworm-slim AS build
RUN apt-get update && apt-get install -y --no-install-recommends \
      g++ cmake ninja-build libboost1.81-dev libfmt-dev nlohmann-json3-dev libcli11-dev \
      prometheus-cpp-dev libhiredis-dev libc-ares-dev libssl-dev libnghttp2-dev libyaml-cpp-dev zlib1g-dev \
    && rm -rf /var/lib/apt/lists/*
WORKDIR /src
COPY CMakeLists.txt CMakePresets.json ./
COPY cmake cmake
COPY core core
COPY reports reports
COPY loadgen loadgen
COPY cpuburn cpuburn
COPY membloat membloat
COPY target target
COPY scenarios/engine scenarios/engine
RUN cmake --preset release -DBUILD_TESTING=OFF
COPY k8s/images/rootfs.sh k8s/images/rootfs.sh
RUN cmake --build build --target plimsoll
RUN k8s/images/rootfs.sh plimsoll build/bin /rootfs

FROM scratch
COPY --from=build /rootfs/ /
USER 65532:65532
EXPOSE 8080
LABEL org.opencontainers.image.title="plimsoll-plimsoll" org.opencontainers.image.licenses="Apache-2.0"
ENTRYPOINT ["/usr/bin/plimsoll"]
CMD ["receiver"]
