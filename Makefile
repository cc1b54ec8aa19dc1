.DEFAULT_GOAL := help
PACKAGES := libsqlite3-dev libcurl4-openssl-dev libssl-dev libhiredis-dev libpq-dev librdkafka-dev pkg-config
TEST_PACKAGES := python3-venv openssl nghttp2-server nginx postgresql-15 pgbouncer redis-server redis-sentinel redis-tools kcat \
  prometheus docker-compose valgrind libmariadb-dev mariadb-server
# These wait for servers of their own most of the time: the machine is enough for all at once, but not for others beside them.
SERVER_TESTS := IngestKafkaTests|KafkaClientTests|OutboxKafkaTests|PersistenceMySQLTests|SchedulerRedisTests
# Each of these wants the machine for itself.
LONE_TESTS := IntegrationTests|PersistencePostgresTests
# These compute for minutes. Beside them, tests that start servers or have a time limit would wait for a processor.
LONG_TESTS := SimulationTests
# All tests at once would have hundreds of threads and servers, and each would wait for the others until its time is up.
export SWT_EXPERIMENTAL_MAXIMUM_PARALLELIZATION_WIDTH ?= 6
# What the sanitizers watch: unit, conformance and simulation tests. Tests of whole processes start the program as users do.
SANITIZED := --skip '$(SERVER_TESTS)|$(LONE_TESTS)|$(LONG_TESTS)|LoadTestTests'
FORMATTED := Sources Tests Package.swift Benchmarks/Cases Benchmarks/Guard Benchmarks/Micro/HotFunctions.swift \
  Benchmarks/Micro/Package.swift Benchmarks/Sources Benchmarks/Package.swift
# SwiftPM passes the traits of a package to the compiler in the order of a hash table. With a seed of its own, each run would give another
# order, and with it compile everything again.
BUILD := SWIFT_DETERMINISTIC_HASHING=1 swift build
SUDO := $(shell [ "$$(id -u)" = 0 ] || echo sudo)

define install
@dpkg -s $(1) >/dev/null 2>&1 || { $(SUDO) apt-get update -qq && $(SUDO) apt-get install -y -qq $(1); }
endef

help: ## Lists what can be done here
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 20

deps: ## Installs the Debian packages that building needs
	$(call install,$(PACKAGES))

test-deps: deps .venv ## Installs what the tests run besides
	$(call install,$(TEST_PACKAGES))

.venv: Tests/requirements.txt
	$(call install,$(TEST_PACKAGES))
	rm -rf .venv && python3 -m venv .venv && .venv/bin/pip install --quiet --requirement Tests/requirements.txt
	@touch .venv

build: deps ## Builds the service for use
	$(BUILD) -c release --product timerd

build-traits: test-deps ## Builds the service with every adapter, also those that are off by default
	$(BUILD) --product timerd --enable-all-traits

run: deps ## Runs a debug build, which is built soonest, on an embedded store under ./data; callbacks may go to this machine
	$(BUILD) --product timerd
	@echo 'This is a debug build. For use, make build makes .build/release/timerd.'
	.build/debug/timerd serve --callback-allow-networks 127.0.0.0/8,::1/128

dev: deps ## Runs a debug build; rebuilds and restarts it when a source changes
	@bash Scripts/dev

test: test-deps ## Runs all tests
	$(BUILD) --build-tests
	swift test --skip-build --skip '$(SERVER_TESTS)|$(LONE_TESTS)|$(LONG_TESTS)'
	swift test --skip-build --filter '$(LONG_TESTS)'
	swift test --skip-build --filter '$(SERVER_TESTS)'
	swift test --skip-build --no-parallel --filter '$(LONE_TESTS)'

test-integration: test-deps ## Runs the tests of whole processes and real servers
	$(BUILD) --build-tests
	swift test --skip-build --filter '$(SERVER_TESTS)'
	swift test --skip-build --no-parallel --filter '$(LONE_TESTS)'

test-all: test ## The same as test: nothing is left out of it

check: test-deps fmt lint ## What one runs before a commit: format, lint, all tests but those of servers and processes
	$(BUILD) --build-tests
	swift test --skip-build --skip '$(SERVER_TESTS)|$(LONE_TESTS)|$(LONG_TESTS)'
	swift test --skip-build --filter '$(LONG_TESTS)'

stack: build .venv ## Runs PostgreSQL, Redis, Kafka and two nodes from a temporary directory; Ctrl-C stops them
	$(call install,$(TEST_PACKAGES))
	Scripts/stack

smoke: ## Tries a running stack, by HTTP and by Kafka
	Scripts/smoke

docker: ## Builds the image timerd:local
	docker build --tag timerd:local .

bench: build .venv ## Measures the service against real servers; ARGS='create --quick' chooses what, see ARGS=--help
	$(call install,$(TEST_PACKAGES))
	cd Benchmarks && swift run -c release timerd-bench $(ARGS)

bench-compare: build .venv ## The same, compared with the file BASE that ARGS='--json FILE' wrote before
	$(call install,$(TEST_PACKAGES))
	cd Benchmarks && swift run -c release timerd-bench --compare $(abspath $(BASE)) $(ARGS)

bench-micro: deps ## Times the hot functions; ARGS='--filter decode.*' chooses some
	cd Benchmarks/Micro && swift package benchmark $(ARGS)

bench-guard: deps ## Counts instructions and allocations of the hot functions, fails if one has grown; ACCEPT=1 if it may
	$(call install,$(TEST_PACKAGES))
	$(BUILD) -c release --product timerd-guard
	Scripts/bench-guard $(if $(ACCEPT),--accept) $(ARGS)

fuzz: deps ## Fuzzes all parsers of what comes from outside; ARGS='--runs 100000 url time' does less, see Scripts/fuzz
	Scripts/fuzz $(ARGS)

# Under a sanitizer a test takes several times as long; more of them at once would run into their time limits.
asan tsan: export SWT_EXPERIMENTAL_MAXIMUM_PARALLELIZATION_WIDTH := 2

# Swift marks pointers in enums, so that LeakSanitizer takes what they point to for lost; `make kafka-leaks` looks for leaks of C objects.
asan: export ASAN_OPTIONS := detect_leaks=0
asan: test-deps ## Runs the unit, conformance and simulation tests under AddressSanitizer
	$(BUILD) --build-tests --sanitize address --scratch-path .build-asan
	swift test --skip-build --sanitize address --scratch-path .build-asan $(SANITIZED)
	SIMULATION_SEED=1-400 swift test --skip-build --sanitize address --scratch-path .build-asan --filter '$(LONG_TESTS)'

tsan: test-deps ## The same under ThreadSanitizer
	mkdir -p .build-tsan
	clang -shared -fPIC -O1 -Wall -o .build-tsan/mutex.so Tests/ThreadSanitizer/mutex.c
	$(BUILD) --build-tests --sanitize thread --scratch-path .build-tsan
	LD_PRELOAD=$(CURDIR)/.build-tsan/mutex.so swift test --skip-build --sanitize thread --scratch-path .build-tsan $(SANITIZED)
	SIMULATION_SEED=1-200 LD_PRELOAD=$(CURDIR)/.build-tsan/mutex.so swift test --skip-build --sanitize thread \
	  --scratch-path .build-tsan --filter '$(LONG_TESTS)'

kafka-leaks: test-deps ## Runs the Kafka client under LeakSanitizer, against a broker of its own
	$(BUILD)
	Scripts/kafka-leaks

lint: .venv ## Checks the format of all sources, docker-compose.yml, the Dockerfile and what the image is built from
	swift-format lint --strict --recursive --parallel $(FORMATTED)
	docker-compose config --quiet
	.venv/bin/hadolint Dockerfile
	Scripts/check-image-sources

fmt: ## Formats all sources
	swift-format format --in-place --recursive --parallel $(FORMATTED)

clean: ## Removes what was built
	rm -rf .build .build-* .venv

.PHONY: asan bench-micro bench-guard fuzz kafka-leaks tsan help deps test-deps build build-traits run dev test test-integration test-all check lint fmt clean stack smoke docker bench bench-compare
