# The production server, without what only development uses: `docker build --tag udam .`

FROM rust:1.95-slim-bookworm AS build
WORKDIR /src
COPY . .
RUN --mount=type=cache,target=/usr/local/cargo/registry --mount=type=cache,target=/src/target \
    cargo build --release --locked --no-default-features --package udam-server && \
    cp target/release/udam /usr/local/bin/udam

FROM debian:bookworm-slim
# The roots that Stripe, services and PostgreSQL are verified against.
RUN apt-get update && apt-get install --yes --no-install-recommends ca-certificates && rm -rf /var/lib/apt/lists/*
COPY --from=build /usr/local/bin/udam /usr/local/bin/udam
# Nobody's in particular: the server writes no files.
USER 10001:10001
# 9090 has /metrics and /readyz, for operators: publish 8080 alone.
ENV UDAM_LISTEN=0.0.0.0:8080 UDAM_ADMIN_LISTEN=0.0.0.0:9090
EXPOSE 8080 9090
# Whether the process lives, not whether it is ready: a restart does not mend a database.
HEALTHCHECK --interval=10s --timeout=3s --start-period=10s CMD ["bash", "-c", \
    "exec 3<>/dev/tcp/127.0.0.1/9090 && printf 'GET /healthz HTTP/1.0\\r\\n\\r\\n' >&3 && read -r status <&3 && [[ $status == *' 200 '* ]]"]
ENTRYPOINT ["udam"]
CMD ["serve"]
