# Built by `make docker`; everything that the service needs is in the image.
FROM swift:6.3-bookworm AS build
# Debian's stable release serves one version of each package at a time.
# hadolint ignore=DL3008
RUN apt-get update && apt-get install -y --no-install-recommends \
      libsqlite3-dev libcurl4-openssl-dev libssl-dev libhiredis-dev libpq-dev librdkafka-dev pkg-config \
    && rm -rf /var/lib/apt/lists/*
WORKDIR /src
COPY Package.swift ./
COPY Sources Sources
COPY Tests Tests
# Package.swift has targets there; SwiftPM refuses a package with a missing target.
COPY Benchmarks/Cases Benchmarks/Cases
COPY Benchmarks/Guard Benchmarks/Guard
RUN swift build -c release --product timerd --static-swift-stdlib \
    && install -D "$(swift build -c release --show-bin-path)/timerd" /out/timerd \
    && strip /out/timerd

FROM debian:bookworm-slim
# hadolint ignore=DL3008
RUN apt-get update && apt-get install -y --no-install-recommends \
      ca-certificates libcurl4 libssl3 libhiredis0.14 libpq5 librdkafka1 libsqlite3-0 \
    && rm -rf /var/lib/apt/lists/* \
    && useradd --system --uid 10001 --home-dir /var/lib/timerd --create-home timerd
COPY --from=build /out/timerd /usr/local/bin/timerd
USER 10001
WORKDIR /var/lib/timerd
ENV TIMERD_LISTEN=0.0.0.0:8080
VOLUME /var/lib/timerd
EXPOSE 8080
HEALTHCHECK --interval=5s --timeout=3s --start-period=20s CMD ["timerd", "healthcheck"]
# SIGTERM drains; docs/operations.md says how long that takes: docker stop -t 40.
STOPSIGNAL SIGTERM
ENTRYPOINT ["timerd"]
CMD ["serve"]
